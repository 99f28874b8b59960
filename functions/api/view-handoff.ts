import { acceptanceOf } from '../../domain/handoff/accepted.ts'
import { isOverdue, overdueSince } from '../../domain/handoff/deadlines.ts'
import { byActivity } from '../../domain/handoff/follow-lead.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { HandoffRules } from '../../domain/handoff/handoff-rules.ts'
import { isOfTeam } from '../../domain/handoff/team-members.ts'

/**
 * A handoff as the console shows it at `now`; `reason` is why sales sent it back, or why it is no longer open, and
 * `deadlines` are those of the present owner.
 */
export const viewHandoff = (handoff: Handoff, now: string) => ({
  handoffId: handoff.handoffId,
  leadId: handoff.leadId,
  state: handoff.answer.state,
  owner: handoff.owner,
  team: handoff.team,
  score: handoff.score,
  stage: handoff.stage,
  requestedAt: handoff.requestedAt,
  dueAt: handoff.dueAt,
  overdue: isOverdue(handoff, now),
  overdueSince: overdueSince(handoff, now) ?? null,
  deadlines: handoff.deadlines ?? {},
  passed: handoff.passed ?? [],
  reason: reasonOf(handoff),
  answeredBy: handoff.answer.state === 'rejected' ? handoff.answer.by : (acceptanceOf(handoff)?.by ?? null),
})

const reasonOf = ({ answer }: Handoff): string | null => {
  if (answer.state === 'expired') return answer.returnedAs ?? answer.reason ?? null
  return answer.state === 'rejected' ? answer.reason : null
}

/** Of one that is in hand: nobody of today's team has it. It waits for its next deadline, or for whoever reassigns it. */
export const orphaned = (handoff: Handoff, { teams }: Pick<HandoffRules, 'teams'>) =>
  (handoff.answer.state === 'requested' || handoff.answer.state === 'accepted') && !isOfTeam(teams, handoff)
    ? { ownerLeft: true as const }
    : {}

/** Why nothing can be done about it any more: "This handoff is already accepted by Anna." */
export const alreadyText = ({ state, answeredBy }: ReturnType<typeof viewHandoff>): string => {
  const isAnswer = state === 'accepted' || state === 'rejected'
  const who = answeredBy === byActivity ? 'an activity' : answeredBy
  return `This handoff is already ${state}${isAnswer && who !== null ? ` by ${who}` : ''}.`
}

/** The same with everybody who had it, oldest first, and why. */
export const viewHandoffInFull = (handoff: Handoff, now: string) => ({
  ...viewHandoff(handoff, now),
  assignments: handoff.assignments,
})
