import type { Guard } from './access/guard.ts'
import type { Activity } from './activity.ts'
import type { VirtualClock } from './clock.ts'
import { Deliveries } from './deliveries.ts'
import type { QueueEngine } from './engines/queue-engine.ts'
import { type BusEvent, EventBuses } from './events/event-bus.ts'
import type { Faults } from './gateway/faults.ts'
import type { Functions } from './lambda/functions.ts'
import { AsyncInvocations } from './queues/async-invocations.ts'
import { type RunningRule, startRules } from './start-rules.ts'
import type { StackModel } from './template/model.ts'
import { ACCOUNT, REGION } from './template/place.ts'

export interface EventParts {
  readonly model: StackModel
  readonly clock: VirtualClock
  readonly activity: Activity
  readonly guard: Guard
  readonly faults: Faults
  readonly engine: QueueEngine
  readonly functions: Functions
  readonly newId: () => string
  readonly log: (line: string) => void
}

export interface RunningEvents {
  readonly buses: EventBuses
  readonly deliveries: Deliveries
  readonly later: AsyncInvocations
  /** The last events that passed over the buses, oldest first. */
  readonly events: readonly BusEvent[]
  readonly rules: readonly RunningRule[]
}

const KEPT_EVENTS = 10_000

/** The buses with their rules, and the ways from them to queues and functions. */
export function startEvents(parts: EventParts): RunningEvents {
  const { model, clock, activity, guard, faults, engine, functions, newId, log } = parts
  const events: BusEvent[] = []
  const deliveries = new Deliveries({
    guard,
    faults,
    engine,
    rules: new Map(model.ofType('AWS::Events::Rule').map(({ name, arn }) => [name, arn])),
    buses: () => buses,
    invokeLater: (arn, event) => later.invoke(arn, event),
  })
  const buses: EventBuses = new EventBuses({
    clock,
    newId,
    account: ACCOUNT,
    region: REGION,
    deliver: (delivery) => deliveries.fromRule(delivery),
    onEvent: (event) => {
      events.push(event)
      if (events.length > 1.1 * KEPT_EVENTS) events.splice(0, events.length - KEPT_EVENTS)
    },
    onDropped: ({ rule, target }, error) =>
      log(`rule ${rule}: dropped an event for ${target.arn}: ${error.message}`),
  })
  const later = new AsyncInvocations({
    engine,
    functions,
    activity,
    clock,
    configs: model.ofType('AWS::Lambda::EventInvokeConfig'),
    deliver: (arn, body) => deliveries.toDestination(arn, body),
    onDropped: (name, reason) => log(`${name}: dropped an asynchronous invocation: ${reason}`),
  })
  for (const bus of model.ofType('AWS::Events::EventBus')) buses.addBus(bus.name, bus.arn)
  return { buses, deliveries, later, events, rules: startRules(model.ofType('AWS::Events::Rule'), buses) }
}
