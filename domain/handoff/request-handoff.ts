import type { StageId } from '../funnel/funnel-rules.ts'
import type { Decision } from '../lead/decision.ts'
import type { LeadId } from '../lead/lead-id.ts'
import { assignmentOf, type Choice, nameOf, tellOwner, withClock } from './assign-owner.ts'
import { startDeadlines, stopDeadlines } from './deadlines.ts'
import type { Handoff } from './handoff.ts'
import { handoffIdOf, requestedId } from './handoff-ids.ts'
import type { HandoffRules } from './handoff-rules.ts'

export interface Qualified {
  readonly leadId: LeadId
  readonly cycle: number
  readonly score: number
  readonly stage: StageId
  /** Id of the LeadQualified decision. */
  readonly decisionId: string
  readonly correlationId: string
}

/** @param choice whoever is to have it. */
export const requestHandoff = (
  qualified: Qualified,
  choice: Choice,
  rules: Pick<HandoffRules, 'accept'>,
  now: string,
): Handoff => {
  const handoffId = handoffIdOf(qualified.leadId, qualified.cycle)
  return open({ handoffId, version: 0, assignments: [], outbox: [] }, qualified, choice, rules, now)
}

/** The lead qualifies again in the same cycle after its handoff was withdrawn: the same handoff, asked for once more. */
export const reopenHandoff = (
  earlier: Handoff,
  qualified: Qualified,
  choice: Choice,
  rules: Pick<HandoffRules, 'accept'>,
  now: string,
): Handoff => {
  const { handoffId, version, outbox, overdueSince, round = 1 } = earlier
  const kept = { handoffId, version, assignments: withClock(earlier), outbox, round: round + 1 }
  return open(overdueSince === undefined ? kept : { ...kept, overdueSince }, qualified, choice, rules, now)
}

/** What a qualification that is taken back makes of an open handoff. The email to its owner, if not sent yet, finds it closed. */
export const withdrawHandoff = (handoff: Handoff, now: string): Handoff => ({
  ...handoff,
  ...stopDeadlines(handoff, now),
  answer: { state: 'expired', at: now, reason: 'withdrawn' },
})

export const isWithdrawn = ({ answer }: Handoff): boolean =>
  answer.state === 'expired' && answer.reason === 'withdrawn'

const open = (
  kept: Pick<Handoff, 'handoffId' | 'version' | 'assignments' | 'outbox' | 'round' | 'overdueSince'>,
  qualified: Qualified,
  choice: Choice,
  { accept }: Pick<HandoffRules, 'accept'>,
  now: string,
): Handoff => {
  const { leadId, score, stage } = qualified
  const { team } = choice
  const handoff: Handoff = {
    ...kept,
    leadId,
    team: team.id,
    owner: nameOf(choice.member),
    assignments: [...kept.assignments, assignmentOf(choice, now)],
    score,
    stage,
    requestedAt: now,
    ...startDeadlines(now, accept, team),
    answer: { state: 'requested' },
  }
  const { handoffId, dueAt } = handoff
  const cause = { causationId: qualified.decisionId, correlationId: qualified.correlationId }
  const requested: Decision = {
    ...cause,
    id: requestedId(handoff),
    type: 'HandoffRequested',
    occurredAt: now,
    leadId,
    data: { handoffId, team: team.id, score, stage, dueAt },
  }
  return { ...handoff, outbox: [...kept.outbox, requested, ...tellOwner(handoff, choice, cause, now)] }
}
