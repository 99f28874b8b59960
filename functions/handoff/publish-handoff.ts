import { activityOfAnswer } from '../../domain/handoff/answer-handoff.ts'
import {
  type Deadline,
  type Handoff,
  remainingDeadlines,
  timedDeadlines,
} from '../../domain/handoff/handoff.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import { wholeSecond } from '../../domain/sending/hold-email.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Bus, Clock, Handoffs, Timers } from '../ports.ts'

export interface PublishHandoffPorts {
  readonly bus: Bus
  readonly handoffs: Handoffs
}

/**
 * Updates the team's open counts and publishes the outbox of a stored handoff. Idempotent: decisions and activities keep their
 * ids.
 * @returns the handoff with an empty outbox.
 */
export const publishHandoff = async (ports: PublishHandoffPorts, handoff: Handoff): Promise<Handoff> => {
  if (handoff.outbox.length === 0) return handoff
  await ports.handoffs.count(handoff)
  const activities = handoff.outbox.flatMap((decision) => activityOfAnswer(decision, handoff) ?? [])
  await ports.bus.publish(handoff.outbox)
  if (activities.length > 0) await ports.bus.submit(activities)
  await ports.handoffs.clearOutbox(handoff)
  return { ...handoff, outbox: [] }
}

/** The handoff queue. `delay` is in seconds. */
export type EnqueueHandoff = (message: JsonObject, delay: number) => Promise<void>

/** Seconds, longer than any function runs: by then the commit has happened or never will. */
const finished = 120

/** Ensures that a handoff is published and its deadlines are set even if this process dies. Call it before the commit. Idempotent. */
export const promisePublishing = (enqueueHandoff: EnqueueHandoff, handoffId: string): Promise<void> =>
  enqueueHandoff({ type: 'publish', handoffId }, finished)

interface SetDeadlinesPorts {
  readonly timers: Timers
  readonly clock: Clock
}

/** Time for the call itself: Scheduler guarantees nothing for past times. */
const leadTime = 5_000

const timerName = ({ handoffId }: Handoff, { type, at }: Deadline): string => `${handoffId}:${type}:${at}`

/** All timers that may be set for a handoff: an answer ends its deadlines but leaves the timers. */
export const deadlineTimerNames = (handoff: Handoff): readonly string[] =>
  remainingDeadlines(handoff).map((deadline) => timerName(handoff, deadline))

/** Sets the timers of the deadlines that come next. Idempotent. */
export const setDeadlines = async ({ timers, clock }: SetDeadlinesPorts, handoff: Handoff): Promise<void> => {
  const now = clock()
  const soonest = addMilliseconds(now, leadTime)
  await Promise.all(
    timedDeadlines(handoff, now).map((deadline) => {
      const { type, at } = deadline
      const due = wholeSecond(at < soonest ? soonest : at)
      const message = { type: 'deadline', handoffId: handoff.handoffId, deadline: type, at }
      return timers.set(timerName(handoff, deadline), due, message)
    }),
  )
}

export interface AttendHandoffPorts extends PublishHandoffPorts, SetDeadlinesPorts {}

/**
 * Sets the deadlines of a stored handoff and publishes its outbox. Idempotent.
 * @returns the handoff with an empty outbox.
 */
export const attendHandoff = async (ports: AttendHandoffPorts, handoff: Handoff): Promise<Handoff> => {
  if (handoff.outbox.length === 0) return handoff
  await setDeadlines(ports, handoff)
  return publishHandoff(ports, handoff)
}

/** Finishes a request over HTTP, which cannot set deadlines and may have died before publishing. */
export const makeFinishHandoff =
  (ports: AttendHandoffPorts) =>
  async (handoffId: string): Promise<void> => {
    const handoff = await ports.handoffs.find(handoffId)
    if (!handoff) return
    await setDeadlines(ports, handoff)
    await publishHandoff(ports, handoff)
  }
