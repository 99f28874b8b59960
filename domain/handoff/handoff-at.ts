import { acceptanceOf } from './accepted.ts'
import { type Deadlines, type DeadlineType, deadlineTypes } from './deadlines.ts'
import type { Handoff, HandoffAnswer } from './handoff.ts'

/**
 * A handoff as it stood at `at` (RFC 3339 UTC): with whoever had it then, their deadlines and which of these had passed, and
 * the answer of then. @returns undefined before it was asked for.
 */
export const handoffAt = (handoff: Handoff, at: string): Handoff | undefined => {
  if (handoff.requestedAt > at) return undefined
  const { overdueSince, ...rest } = handoff
  const assignments = handoff.assignments.filter((assignment) => assignment.at <= at)
  const { team, owner } = assignments.at(-1) ?? handoff
  const { dueAt, deadlines = {} } = clockAt(handoff, assignments.length)
  return {
    ...rest,
    ...(overdueSince !== undefined && overdueSince <= at && { overdueSince }),
    ...{ team, owner, assignments, dueAt, deadlines },
    passed: passedAt(handoff, deadlines, at),
    answer: answerAt(handoff, at),
  }
}

type Clock = Pick<Handoff, 'dueAt' | 'deadlines'>

/** Of the `nth` owner, from 1: who took it over accepted has that of whoever had it before, which nobody stopped. */
const clockAt = (handoff: Handoff, nth: number): Clock => {
  const stopped = handoff.assignments.slice(Math.max(0, nth - 1)).find(({ dueAt }) => dueAt !== undefined)
  return stopped?.dueAt === undefined ? handoff : { ...stopped, dueAt: stopped.dueAt }
}

/** Those that came before the answer. */
const passedAt = ({ answer }: Handoff, deadlines: Deadlines, at: string): readonly DeadlineType[] => {
  const answeredAt = acceptanceOf({ answer })?.at ?? (answer.state === 'requested' ? undefined : answer.at)
  return deadlineTypes.filter((type) => {
    const time = deadlines[`${type}At`]
    return time !== undefined && time <= at && (answeredAt === undefined || time < answeredAt)
  })
}

const answerAt = ({ answer }: Handoff, at: string): HandoffAnswer => {
  if (answer.state === 'requested' || answer.at <= at) return answer
  const accepted = acceptanceOf({ answer })
  return accepted && accepted.at <= at ? { state: 'accepted', ...accepted } : { state: 'requested' }
}
