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
