import { acceptanceOf } from './accepted.ts'
import type { Handoff, HandoffAnswer } from './handoff.ts'

/** A handoff as it stood at `at` (RFC 3339 UTC): with whoever had it then, and the answer of then. @returns undefined before it was asked for. */
export const handoffAt = (handoff: Handoff, at: string): Handoff | undefined => {
  if (handoff.requestedAt > at) return undefined
  const assignments = handoff.assignments.filter((assignment) => assignment.at <= at)
  const { team, owner } = assignments.at(-1) ?? handoff
  return { ...handoff, team, owner, assignments, answer: answerAt(handoff, at) }
}

const answerAt = ({ answer }: Handoff, at: string): HandoffAnswer => {
  if (answer.state === 'requested' || answer.at <= at) return answer
  const accepted = acceptanceOf({ answer })
  return accepted && accepted.at <= at ? { state: 'accepted', ...accepted } : { state: 'requested' }
}
