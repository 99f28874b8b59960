import type { Activity } from './activity.ts'
import type { VirtualClock } from './clock.ts'
import { writeOffset } from './clock-file.ts'
import { Timekeeper } from './control/timekeeper.ts'
import type { QueueEngine } from './engines/queue-engine.ts'
import type { EventBuses } from './events/event-bus.ts'
import type { QueuePoller } from './queues/queue-poller.ts'
import type { Scheduler } from './scheduler/scheduler.ts'

export interface TimedParts {
  readonly clock: VirtualClock
  readonly clockFile: string | undefined
  readonly activity: Activity
  readonly buses: EventBuses
  readonly scheduler: Scheduler
  readonly engine: QueueEngine
  pollers(): readonly QueuePoller[]
  onError(error: unknown): void
}

/** The timekeeper over everything that takes time or waits for it. */
export function startTimekeeper(parts: TimedParts): Timekeeper {
  const { clock, activity, buses, scheduler, engine, pollers, onError } = parts
  return new Timekeeper({
    clock,
    nextSchedule: () => scheduler.nextDue(),
    nextMessage: () => nextMessage(engine, pollers(), clock),
    fireDue: () => scheduler.fireDue(),
    isQuiet: () =>
      activity.idle &&
      buses.inFlight === 0 &&
      scheduler.inFlight === 0 &&
      pollers().every(({ pending }) => pending === 0),
    jumped: (ms) => {
      writeOffset(parts.clockFile, clock.offsetMs)
      engine.elapse(ms)
      for (const poller of pollers()) poller.elapse(ms)
    },
    hurry: (on) => {
      for (const poller of pollers()) poller.hurry = on
    },
    onError,
  })
}

function nextMessage(
  engine: QueueEngine,
  pollers: readonly QueuePoller[],
  clock: VirtualClock,
): number | undefined {
  const retries = pollers.flatMap(({ nextRetry }) => nextRetry ?? []).map((at) => at + clock.offsetMs)
  const delayed = engine.nextDelayed(pollers.map(({ queue }) => queue))
  const times = delayed === undefined ? retries : [...retries, delayed]
  return times.length === 0 ? undefined : Math.min(...times)
}
