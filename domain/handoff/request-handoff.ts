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
  return open({ handoffId, version: 0, outbox: [] }, qualified, team, turn % team.members.length, rules, now)
}

/**
 * The lead qualifies again in the same cycle after its handoff was withdrawn: the same handoff, asked for once more.
 * @param team as it is now; the owner stays while among its members.
 */
export const reopenHandoff = (
  handoff: Handoff,
  qualified: Qualified,
  team: Team,
  rules: HandoffRules,
  now: string,
): Handoff => {
  const { handoffId, version, outbox, owner } = handoff
  const place = team.members.findIndex(({ email }) => email === owner.email)
  const round = (handoff.round ?? 1) + 1
  return open({ handoffId, version, outbox, round }, qualified, team, Math.max(0, place), rules, now)
}

/** What a qualification that is taken back makes of an open handoff. The email to its owner, if not sent yet, finds it closed. */
export const withdrawHandoff = (handoff: Handoff, now: string): Handoff => ({
  ...handoff,
  answer: { state: 'expired', at: now, reason: 'withdrawn' },
})

export const isWithdrawn = ({ answer }: Handoff): boolean =>
  answer.state === 'expired' && answer.reason === 'withdrawn'

/** Ids of what a handoff tells and sends differ from round to round. */
const inRound = (id: string, round: number | undefined): string =>
  round === undefined ? id : `${id}:${round}`

/** The email that tells the owner of the present round. */
export const notifySendId = ({ handoffId, round }: Pick<Handoff, 'handoffId' | 'round'>): string =>
  inRound(`${handoffId}:notify`, round)

/** The decision that asks for an answer in the present round. */
export const requestedId = ({ handoffId, round }: Pick<Handoff, 'handoffId' | 'round'>): string =>
  inRound(`${handoffId}:requested`, round)

const open = (
  kept: Pick<Handoff, 'handoffId' | 'version' | 'outbox' | 'round'>,
  qualified: Qualified,
  team: Team,
  place: number,
  rules: HandoffRules,
  now: string,
): Handoff => {
  const { handoffId, round } = kept
  const owner = team.members[place] ?? team.members[0]
  const { leadId, score, stage } = qualified
  const decision = (type: Decision['type'], id: string, data: Decision['data']): Decision => ({
    id: inRound(`${handoffId}:${id}`, round),
    type,
    occurredAt: now,
    causationId: qualified.decisionId,
    correlationId: qualified.correlationId,
    leadId,
    data: { handoffId, ...data },
  })
  const dueAt = addBusinessTime(now, rules.accept.escalate ?? defaultDue, team)
  return {
    ...kept,
    leadId,
    team: team.id,
    owner: { name: owner.name, email: owner.email },
    score,
    stage,
    requestedAt: now,
    dueAt,
    answer: { state: 'requested' },
    outbox: [
      ...kept.outbox,
      decision('HandoffRequested', 'requested', { team: team.id, score, stage, dueAt }),
      decision('HandoffAssigned', 'assigned', { team: team.id, member: place }),
      decision('EmailRequested', 'notify', {
        sendId: notifySendId(kept),
        email: 'handoff',
        recipient: 'owner',
      }),
    ],
  }
}
