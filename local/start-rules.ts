import { writeOffset } from './clock.ts'
import { Timekeeper } from './control/timekeeper.ts'
import { actionFor, Deliveries } from './deliveries.ts'
import type { QueueEngine } from './engines/queue-engine.ts'
import { EventBuses, EventLog, type EventTarget } from './events/event-bus.ts'
import { type Json, type JsonObject, numberOf, objectOf, objectsOf, textOf } from './json.ts'
import type { Functions } from './lambda/functions.ts'
import { AsyncInvocations } from './queues/async-invocations.ts'
import type { QueuePoller } from './queues/queue-poller.ts'
import { FileScheduleStore, MemoryScheduleStore } from './scheduler/schedule-store.ts'
import { Scheduler } from './scheduler/scheduler.ts'
import type { SharedParts } from './start-services.ts'
import { ACCOUNT, busName, REGION } from './template/intrinsics.ts'
import type { Resource } from './template/model.ts'

export interface RunningRule {
  readonly name: string
  readonly arn: string
  readonly bus: string
  readonly enabled: boolean
  /** JSON. */
  readonly pattern: string
  readonly targets: readonly string[]
}

/** Puts the template's rules on their buses. @throws Error naming the rule that cannot be run */
function startRules(rules: readonly Resource[], buses: EventBuses): RunningRule[] {
  return rules.map((rule) => {
    const where = `${rule.stack}/${rule.logicalId}`
    const { properties } = rule
    if (properties.EventPattern === undefined) {
      throw new Error(
        `${where}: rules with a ScheduleExpression are not run locally; use AWS::Scheduler::Schedule`,
      )
    }
    const targets = objectsOf(properties.Targets).map(targetOf)
    for (const { arn } of targets) {
      if (actionFor(arn) === undefined && !arn.startsWith('arn:aws:logs:')) {
        throw new Error(`${where}: the target ${arn} cannot be run locally`)
      }
    }
    const bus = busName(textOf(properties.EventBusName))
    const pattern = JSON.stringify(properties.EventPattern)
    const enabled = textOf(properties.State) !== 'DISABLED'
    try {
      buses.addRule({ name: rule.name, arn: rule.arn, busName: bus, pattern, enabled, targets })
    } catch (error) {
      throw new Error(`${where}: ${error instanceof Error ? error.message : error}`)
    }
    return { name: rule.name, arn: rule.arn, bus, enabled, pattern, targets: targets.map(({ arn }) => arn) }
  })
}

function targetOf(target: JsonObject): EventTarget {
  const transformer = objectOf(target.InputTransformer)
  const template = textOf(transformer.InputTemplate)
  const retry = objectOf(target.RetryPolicy)
  const attempts = numberOf(retry.MaximumRetryAttempts)
  const age = numberOf(retry.MaximumEventAgeInSeconds)
  const paths = Object.entries(objectOf(transformer.InputPathsMap)).map(([key, path]) => [
    key,
    textOf(path) ?? '',
  ])
  const text = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value })
  return {
    id: textOf(target.Id) ?? '',
    arn: textOf(target.Arn) ?? '',
    ...text('input', textOf(target.Input)),
    ...text('inputPath', textOf(target.InputPath)),
    ...(template === undefined
      ? {}
      : { inputTransformer: { inputPathsMap: Object.fromEntries(paths), inputTemplate: template } }),
    ...text('deadLetterArn', textOf(objectOf(target.DeadLetterConfig).Arn)),
    ...text('sqsMessageGroupId', textOf(objectOf(target.SqsParameters).MessageGroupId)),
    retry: {
      ...(attempts === undefined ? {} : { maximumRetryAttempts: attempts }),
      ...(age === undefined ? {} : { maximumEventAgeInSeconds: age }),
    },
  }
}

/** What takes events and messages, and what they are brought to. */
export interface EventParts extends SharedParts {
  readonly engine: QueueEngine
  readonly functions: Functions
}

interface RunningEvents {
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

/** The scheduler with the template's groups and schedules. `close` ends its store. */
export function startScheduler(
  { model, clock, data, log }: SharedParts,
  deliveries: Deliveries,
): Scheduler & { close(): void } {
  const file = data.schedules
  const store = file === undefined ? new MemoryScheduleStore() : new FileScheduleStore(file)
  const scheduler = new Scheduler({
    clock,
    store,
    account: ACCOUNT,
    region: REGION,
    deliver: (target, payload, context) => deliveries.fromSchedule(target, payload, context),
    onDropped: (target, _payload, error) => log(`a schedule for ${target.Arn} was dropped: ${error.message}`),
  })
  for (const group of model.ofType('AWS::Scheduler::ScheduleGroup')) scheduler.addGroup(group.name)
  const kept: string[] = []
  for (const schedule of model.ofType('AWS::Scheduler::Schedule')) {
    const properties: Record<string, Json | undefined> = { ...schedule.properties, Name: schedule.name }
    scheduler.addTemplateSchedule(properties)
    kept.push(`${textOf(properties.GroupName) ?? 'default'}/${schedule.name}`)
  }
  scheduler.retainTemplateSchedules(kept)
  return Object.assign(scheduler, { close: () => store.close() })
}

interface TimedParts extends Pick<SharedParts, 'clock' | 'activity' | 'onError'> {
  readonly clockFile: string | undefined
  readonly buses: EventBuses
  readonly scheduler: Scheduler
  readonly engine: QueueEngine
  pollers(): readonly QueuePoller[]
}

/** The timekeeper over everything that takes time or waits for it. */
export function startTimekeeper(parts: TimedParts): Timekeeper {
  const { clock, activity, buses, scheduler, engine, pollers, onError } = parts
  const isHeld = (handle: string) => pollers().some((poller) => poller.holds(handle))
  return new Timekeeper({
    clock,
    nextSchedule: () => scheduler.nextDue(),
    nextMessage: () =>
      engine.nextDue(
        pollers().map(({ queue }) => queue),
        isHeld,
      ),
    fireDue: () => scheduler.fireDue(),
    isQuiet: () =>
      activity.idle &&
      buses.inFlight === 0 &&
      scheduler.inFlight === 0 &&
      pollers().every(({ pending }) => pending === 0),
    jumped: (ms) => {
      writeOffset(parts.clockFile, clock.offsetMs)
      engine.elapse(ms, isHeld)
      for (const poller of pollers()) poller.wake()
    },
    hurry: (on) => {
      for (const poller of pollers()) poller.hurry = on
    },
    onError,
  })
}
