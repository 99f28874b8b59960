import type { StageId } from '../funnel/funnel-rules.ts'
import type { Decision } from '../lead/decision.ts'
import type { LeadId } from '../lead/lead-id.ts'
import { addBusinessTime } from './business-hours.ts'
import type { Handoff } from './handoff.ts'
import type { HandoffRules, Team } from './handoff-rules.ts'

const hour = 3_600_000
/** Where the playbook sets no deadline: an answer is due within one working day. */
const defaultDue = 8 * hour

/** One handoff for each cycle of a lead: the same qualification always asks for the same one. */
export const handoffIdOf = (leadId: LeadId, cycle: number): string => `${leadId}.${cycle}`

/** The lead whose handoff this is, from the id alone. */
export const leadIdOfHandoff = (handoffId: string): string =>
  handoffId.slice(0, Math.max(0, handoffId.lastIndexOf('.')))

export interface Qualified {
  readonly leadId: LeadId
  readonly cycle: number
  readonly score: number
  readonly stage: StageId
  /** Id of the LeadQualified decision. */
  readonly decisionId: string
  readonly correlationId: string
}

/** @param turn the team's running number for this handoff; the round goes over the members in their order. */
export const requestHandoff = (
  qualified: Qualified,
  team: Team,
  turn: number,
  rules: HandoffRules,
  now: string,
): Handoff => {
  const handoffId = handoffIdOf(qualified.leadId, qualified.cycle)
  const owner = team.members[turn % team.members.length] ?? team.members[0]
  const { leadId, score, stage } = qualified
  const decision = (type: Decision['type'], id: string, data: Decision['data']): Decision => ({
    id: `${handoffId}:${id}`,
    type,
    occurredAt: now,
    causationId: qualified.decisionId,
    correlationId: qualified.correlationId,
    leadId,
    data: { handoffId, ...data },
  })
  const dueAt = addBusinessTime(now, rules.accept.escalate ?? defaultDue, team)
  return {
    handoffId,
    leadId,
    team: team.id,
    owner: { name: owner.name, email: owner.email },
    score,
    stage,
    requestedAt: now,
    dueAt,
    answer: { state: 'requested' },
    version: 0,
    outbox: [
      decision('HandoffRequested', 'requested', { team: team.id, score, stage, dueAt }),
      decision('HandoffAssigned', 'assigned', { team: team.id, member: turn % team.members.length }),
      decision('EmailRequested', 'notify', {
        sendId: `${handoffId}:notify`,
        email: 'handoff',
        recipient: 'owner',
      }),
    ],
  }
}
