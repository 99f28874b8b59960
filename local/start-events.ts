import type { Guard } from './access/guard.ts'
import type { Activity } from './activity.ts'
import type { VirtualClock } from './clock.ts'
import { Deliveries } from './deliveries.ts'
import type { QueueEngine } from './engines/queue-engine.ts'
import { EventBuses } from './events/event-bus.ts'
import { EventLog } from './events/event-log.ts'
import type { Counts } from './gateway/counts.ts'
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
  readonly counts: Counts
  readonly engine: QueueEngine
  readonly functions: Functions
  readonly newId: () => string
  readonly log: (line: string) => void
}

export interface RunningEvents {
  readonly buses: EventBuses
  readonly deliveries: Deliveries
  readonly later: AsyncInvocations
  readonly events: EventLog
  readonly rules: readonly RunningRule[]
}

const KEPT_EVENTS = 10_000

/** The buses with their rules, and the ways from them to queues and functions. */
export function startEvents(parts: EventParts): RunningEvents {
  const { model, clock, activity, guard, faults, counts, engine, functions, newId, log } = parts
  const events = new EventLog(KEPT_EVENTS)
  const deliveries = new Deliveries({
    guard,
    faults,
    counts,
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
    onEvent: (text) => events.add(text),
    onDropped: ({ rule, target }, error) =>
      log(`rule ${rule}: dropped an event for ${target.arn}: ${error.message}`),
  })
  const later = new AsyncInvocations({
    engine,
    functions,
    activity,
    clock,
    configs: model.ofType('AWS::Lambda::EventInvokeConfig'),
    deliver: (name, arn, body) => deliveries.toDestination(name, arn, body),
    onDropped: (name, reason) => log(`${name}: dropped an asynchronous invocation: ${reason}`),
  })
  for (const bus of model.ofType('AWS::Events::EventBus')) buses.addBus(bus.name, bus.arn)
  return { buses, deliveries, later, events, rules: startRules(model.ofType('AWS::Events::Rule'), buses) }
}
