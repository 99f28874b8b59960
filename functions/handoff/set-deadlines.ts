import { type Deadline, pendingDeadlines, remainingDeadlines } from '../../domain/handoff/deadlines.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import { wholeSecond } from '../../domain/sending/hold-email.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Alarms, Clock } from '../ports.ts'

export interface SetDeadlinesPorts {
  readonly alarms: Alarms
  readonly clock: Clock
}

/** Time for the call that sets an alarm: Scheduler promises nothing for times that have passed. */
const leadTime = 5_000

const alarmName = ({ handoffId }: Handoff, { type, at }: Deadline): string => `${handoffId}:${type}:${at}`

/** What is set for a handoff: an answer stops deadlines, not the alarms of them. */
export const deadlineAlarmNames = (handoff: Handoff): readonly string[] =>
  remainingDeadlines(handoff).map((deadline) => alarmName(handoff, deadline))

/** One alarm for each deadline to come. Safe to repeat. */
export const setDeadlines = async ({ alarms, clock }: SetDeadlinesPorts, handoff: Handoff): Promise<void> => {
  const soonest = addMilliseconds(clock(), leadTime)
  await Promise.all(
    pendingDeadlines(handoff).map((deadline) => {
      const { type, at } = deadline
      const due = wholeSecond(at < soonest ? soonest : at)
      const message = { type: 'deadline', handoffId: handoff.handoffId, deadline: type, at }
      return alarms.set(alarmName(handoff, deadline), due, message)
    }),
  )
}
