import type { LeadState } from '../lead/lead-state.ts'
import { handoffIdOf, type LeadId } from '../model/activity.ts'
import type { StageId } from '../model/deal.ts'
import type { Decision } from '../model/decision.ts'
import type { HandoffRules, Member, Team } from '../model/handoff-rules.ts'
import type { Quota } from '../sending/confirmation-limit.ts'
import {
  type AssignedBecause,
  type Assignment,
  assignedId,
  type Handoff,
  notifySendId,
  requestedId,
  startDeadlines,
  stopDeadlines,
} from './handoff.ts'
import { placeOf } from './routing.ts'

/** The chosen owner, and the reason. */
export interface Choice {
  readonly team: Team
  /** A member of the team, or its lead. */
  readonly member: Member
  readonly because: AssignedBecause
  /** Who chose by hand, and why in their own words. */
  readonly by?: string
  readonly reason?: string
}

/**
 * Assigns another owner, who gets an email. If the handoff awaits an answer, the owner's deadlines start at `now`; if it was
 * accepted, there are none. The previous owner stays in `assignments`.
 */
export const assignOwner = (
  handoff: Handoff,
  choice: Choice,
  { accept }: Pick<HandoffRules, 'accept'>,
  now: string,
): Handoff => {
  const { handoffId } = handoff
  const given = { team: choice.team.id, owner: nameOf(choice.member) }
  const assigned =
    handoff.answer.state === 'accepted'
      ? {
          ...handoff,
          ...given,
          assignments: [...handoff.assignments, { ...assignmentOf(choice, now), accepted: true } as const],
        }
      : {
          ...handoff,
          ...given,
          ...stopDeadlines(handoff, now),
          ...startDeadlines(now, accept, choice.team),
          assignments: [...withClock(handoff), assignmentOf(choice, now)],
        }
  const cause = { causationId: requestedId(handoff), correlationId: handoffId }
  return { ...assigned, outbox: [...handoff.outbox, ...assignmentDecisions(assigned, choice, cause, now)] }
}

/** All assignments, the latest with its deadlines, which are about to be replaced. */
const withClock = ({
  assignments,
  dueAt,
  deadlines = {},
}: Pick<Handoff, 'assignments' | 'dueAt' | 'deadlines'>): readonly Assignment[] =>
  assignments.map((one, index) => (index === assignments.length - 1 ? { ...one, dueAt, deadlines } : one))

export const assignmentOf = ({ team, member, because, by, reason }: Choice, at: string): Assignment => ({
  team: team.id,
  owner: nameOf(member),
  at,
  because,
  ...(by !== undefined && { by }),
  ...(reason !== undefined && { reason }),
})

export const nameOf = ({ name, email }: Member): Handoff['owner'] => ({ name, email })

type Cause = Pick<Decision, 'causationId' | 'correlationId'>
type Assigned = Pick<Handoff, 'handoffId' | 'leadId' | 'assignments'>

/** The decision about the latest assignment. Outside the table a member is identified by the index in the team. */
export const assignedDecision = (
  handoff: Assigned,
  { team, member, because }: Choice,
  cause: Cause,
  now: string,
): Decision => ({
  ...cause,
  id: assignedId(handoff),
  type: 'HandoffAssigned',
  occurredAt: now,
  leadId: handoff.leadId,
  data: {
    handoffId: handoff.handoffId,
    team: team.id,
    ...placeOf(team, member),
    because,
    assignment: handoff.assignments.length,
    ...(wasAccepted(handoff) && { accepted: true }),
  },
})

/** Whether the current owner took over an accepted handoff. */
const wasAccepted = ({ assignments }: Pick<Handoff, 'assignments'>): boolean =>
  assignments.at(-1)?.accepted ?? false

/** The decision, with an email to the new owner. */
const assignmentDecisions = (
  handoff: Assigned,
  choice: Choice,
  cause: Cause,
  now: string,
): readonly Decision[] => {
  const { handoffId, leadId, assignments } = handoff
  const sendId = notifySendId(handoff)
  const email = wasAccepted(handoff) ? 'reassigned' : 'handoff'
  return [
    assignedDecision(handoff, choice, cause, now),
    {
      ...cause,
      id: sendId,
      type: 'EmailRequested',
      occurredAt: now,
      leadId,
      data: { handoffId, sendId, email, recipient: 'owner', assignment: assignments.length },
    },
  ]
}

export interface Qualified {
  readonly leadId: LeadId
  readonly cycle: number
  readonly score: number
  readonly explored?: number
  readonly stage: StageId
  /** Id of the LeadQualified decision. */
  readonly decisionId: string
  readonly correlationId: string
}

/** A request to hand off a lead. */
interface HandoffRequest {
  readonly qualified: Qualified
  /** The owner. */
  readonly choice: Choice
  readonly rules: Pick<HandoffRules, 'accept'>
  readonly now: string
}

export const requestHandoff = (request: HandoffRequest): Handoff => {
  const { leadId, cycle } = request.qualified
  return open({ handoffId: handoffIdOf(leadId, cycle), version: 0, assignments: [], outbox: [] }, request)
}

/** Reopens a withdrawn handoff whose lead qualifies again in the same cycle. */
export const reopenHandoff = (earlier: Handoff, request: HandoffRequest): Handoff => {
  const { handoffId, version, outbox, overdueSince, round = 1 } = earlier
  const kept = { handoffId, version, assignments: withClock(earlier), outbox, round: round + 1 }
  return open(overdueSince === undefined ? kept : { ...kept, overdueSince }, request)
}

/** Withdraws an open handoff. An email to its owner that was not sent yet will find it closed. */
export const withdrawHandoff = (handoff: Handoff, now: string): Handoff => ({
  ...handoff,
  ...stopDeadlines(handoff, now),
  answer: { state: 'expired', at: now, reason: 'withdrawn' },
})

export const isWithdrawn = ({ answer }: Handoff): boolean =>
  answer.state === 'expired' && answer.reason === 'withdrawn'

const open = (
  kept: Pick<Handoff, 'handoffId' | 'version' | 'assignments' | 'outbox' | 'round' | 'overdueSince'>,
  { qualified, choice, rules, now }: HandoffRequest,
): Handoff => {
  const { leadId, score, stage, explored } = qualified
  const trial = explored === undefined ? {} : { explored }
  const { team } = choice
  const handoff: Handoff = {
    ...kept,
    leadId,
    team: team.id,
    owner: nameOf(choice.member),
    assignments: [...kept.assignments, assignmentOf(choice, now)],
    score,
    ...trial,
    stage,
    requestedAt: now,
    ...startDeadlines(now, rules.accept, team),
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
    data: { handoffId, team: team.id, score, ...trial, stage, dueAt },
  }
  return {
    ...handoff,
    outbox: [...kept.outbox, requested, ...assignmentDecisions(handoff, choice, cause, now)],
  }
}

const hour = 3_600_000
const usual = 10

/** Whether everything known of the lead may be invented: it filled in a form, and never confirmed the address. */
export const isUnconfirmed = ({ confirmed, seen }: Pick<LeadState, 'confirmed' | 'seen'>): boolean =>
  confirmed === undefined && seen['form.submitted'] !== undefined

/** The current hour's quota of such handoffs. */
export const unconfirmedQuota = ({ unconfirmed }: Pick<HandoffRules, 'unconfirmed'>, now: string): Quota => ({
  key: `handoffs:hour:${now.slice(0, 13)}`,
  most: unconfirmed?.perHour ?? usual,
  until: new Date(Math.floor(Date.parse(now) / hour + 1) * hour).toISOString(),
})
