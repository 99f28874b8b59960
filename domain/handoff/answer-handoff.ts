import type { Activity } from '../model/activity.ts'
import type { Decision } from '../model/decision.ts'
import type { EmailRequest } from '../model/email-request.ts'
import type { DecisionType } from '../model/events.ts'
import type { HandoffRules, Member, Team } from '../model/handoff-rules.ts'
import {
  type Deadline,
  type DeadlineType,
  type Handoff,
  notifySendId,
  requestedId,
  stopDeadlines,
} from './handoff.ts'
import { assignedDecision, assignmentOf, assignOwner, type Choice, nameOf } from './request-handoff.ts'
import { isSameAddress, memberOf } from './routing.ts'

/**
 * Accepting makes a team member the owner, even of a handoff assigned to somebody else. An address outside the team, such as an
 * accountant's, does not change the owner.
 */
const takeOver = (
  handoff: Handoff,
  by: string,
  { teams }: Pick<HandoffRules, 'teams'>,
  now: string,
): Handoff => {
  const team = Object.hasOwn(teams, handoff.team) ? teams[handoff.team] : undefined
  const member = team && memberOf(team, by)
  if (!team || !member || isSameAddress(by, handoff.owner.email)) return handoff
  const choice = { team, member, because: 'by-hand', by } as const
  const taken = {
    ...handoff,
    owner: nameOf(member),
    assignments: [...handoff.assignments, assignmentOf(choice, now)],
  }
  const cause = { causationId: requestedId(handoff), correlationId: handoff.handoffId }
  return { ...taken, outbox: [...handoff.outbox, assignedDecision(taken, choice, cause, now)] }
}

export type HandoffReply =
  | { readonly type: 'accept'; readonly by: string; readonly assignment?: number }
  | {
      readonly type: 'reject'
      readonly by: string
      /** Number of the assignment answered; absent: the current one. */
      readonly assignment?: number
      readonly reason: string
      /** In the salesperson's own words. */
      readonly note?: string
    }

export type AnswerResult =
  | { readonly type: 'answered'; readonly handoff: Handoff }
  /** The same person has given the same answer before: nothing to do, and no error. */
  | { readonly type: 'repeated'; readonly handoff: Handoff }
  | { readonly type: 'no-longer-open'; readonly handoff: Handoff }
  /** The handoff has another owner now. */
  | { readonly type: 'handed-on'; readonly handoff: Handoff }
  | { readonly type: 'unknown-reason'; readonly reasons: readonly string[] }

/** Applies a salesperson's answer. Only an open handoff can be answered: the first answer counts. */
export const answerHandoff = (
  handoff: Handoff,
  reply: HandoffReply,
  rules: HandoffRules,
  now: string,
): AnswerResult => {
  if (reply.type === 'reject' && !Object.hasOwn(rules.reject, reply.reason))
    return { type: 'unknown-reason', reasons: Object.keys(rules.reject) }
  if (handoff.answer.state !== 'requested')
    return isSameAnswer(handoff, reply) ? { type: 'repeated', handoff } : { type: 'no-longer-open', handoff }
  if (reply.assignment !== undefined && reply.assignment !== handoff.assignments.length)
    return { type: 'handed-on', handoff }
  switch (reply.type) {
    case 'accept':
      return { type: 'answered', handoff: accept(takeOver(handoff, reply.by, rules, now), reply.by, now) }
    case 'reject':
      return { type: 'answered', handoff: reject(handoff, reply, now) }
    default:
      return reply satisfies never
  }
}

const accept = (handoff: Handoff, by: string, now: string): Handoff => {
  const told = outcome(handoff, 'HandoffAccepted', now, { handoffId: handoff.handoffId })
  const answer = { state: 'accepted', at: now, by } as const
  return { ...handoff, ...stopDeadlines(handoff, now), answer, outbox: [...handoff.outbox, told] }
}

const reject = (
  handoff: Handoff,
  { by, reason, note }: Extract<HandoffReply, { type: 'reject' }>,
  now: string,
): Handoff => {
  const told = outcome(handoff, 'HandoffRejected', now, { handoffId: handoff.handoffId, reason })
  const answer = { state: 'rejected', at: now, by, reason, ...(note !== undefined && { note }) } as const
  return { ...handoff, ...stopDeadlines(handoff, now), answer, outbox: [...handoff.outbox, told] }
}

const isSameAnswer = (handoff: Handoff, reply: HandoffReply): boolean => {
  switch (reply.type) {
    case 'accept':
      return handoff.answer.state === 'accepted' && handoff.answer.by === reply.by
    case 'reject':
      return (
        handoff.answer.state === 'rejected' &&
        handoff.answer.by === reply.by &&
        handoff.answer.reason === reply.reason
      )
    default:
      return reply satisfies never
  }
}

/** The decision published for an answer. @param data `because`: the activity in the log that answered. */
export const outcome = <Type extends 'HandoffAccepted' | 'HandoffRejected'>(
  handoff: Handoff,
  type: Type,
  now: string,
  data: Decision<Type>['data'],
): Decision<Type> => ({
  id: `${handoff.handoffId}:${type === 'HandoffAccepted' ? 'accepted' : 'rejected'}`,
  type,
  occurredAt: now,
  causationId: requestedId(handoff),
  correlationId: handoff.handoffId,
  leadId: handoff.leadId,
  data,
})

/**
 * An answer is also an activity of the lead: the fold recycles or closes a rejected lead. Only the activity contains the
 * remark, which may name people; events do not.
 */
export const activityOfAnswer = (decision: Decision, { answer }: Handoff): Activity | undefined => {
  if (decision.type !== 'HandoffAccepted' && decision.type !== 'HandoffRejected') return undefined
  if (decision.data.because !== undefined) return undefined
  const note = decision.type === 'HandoffRejected' && answer.state === 'rejected' ? answer.note : undefined
  return {
    id: decision.id,
    type: decision.type === 'HandoffAccepted' ? 'handoff.accepted' : 'handoff.rejected',
    subject: { leadId: decision.leadId },
    occurredAt: decision.occurredAt,
    timeAssumed: false,
    properties: { ...decision.data, ...(note !== undefined && { note }) },
  }
}

/**
 * Expires an unanswered handoff with nobody left to ask: the lead returns to marketing as if rejected for the reason in
 * `handoff.yaml`.
 * @returns the same handoff if the playbook sets no expiry.
 */
export const expireHandoff = (
  handoff: Handoff,
  { accept, reject }: Pick<HandoffRules, 'accept' | 'reject'>,
  now: string,
): Handoff => {
  const reason = accept.expire?.reason
  if (handoff.answer.state !== 'requested' || reason === undefined || !Object.hasOwn(reject, reason))
    return handoff
  return {
    ...handoff,
    ...stopDeadlines(handoff, now),
    answer: { state: 'expired', at: now, returnedAs: reason },
    outbox: [
      ...handoff.outbox,
      outcome(handoff, 'HandoffRejected', now, { handoffId: handoff.handoffId, reason, expired: true }),
    ],
  }
}

/** Emails about an unanswered handoff. */
type DeadlineEmail = 'reminder' | 'escalation'

/** One id per assignment, even if the same person is assigned twice. */
const deadlineSendId = (
  { handoffId, assignments }: Pick<Handoff, 'handoffId' | 'assignments'>,
  email: DeadlineEmail,
): string => `${handoffId}:${email}:${assignments.length}`

/**
 * Applies due deadlines to an open handoff: each is published once, in order.
 * @param due unprocessed deadlines from `dueDeadlines`.
 * @param team the handoff's current team; undefined if it was removed from the playbook.
 */
export const passDeadlines = (
  handoff: Handoff,
  due: readonly Deadline[],
  team: Team | undefined,
  now: string,
): Handoff => ({
  ...handoff,
  passed: [...(handoff.passed ?? []), ...due.map(({ type }) => type)],
  outbox: [...handoff.outbox, ...due.flatMap(({ type }) => deadlineDecisions(handoff, type, team, now))],
})

const deadlineDecisions = (
  handoff: Handoff,
  type: DeadlineType,
  team: Team | undefined,
  now: string,
): readonly Decision[] => {
  switch (type) {
    case 'remind':
      return [decision(handoff, 'HandoffReminded', now), email(handoff, 'reminder', now)]
    case 'escalate': {
      const isWithLead = team?.lead && isSameAddress(team.lead.email, handoff.owner.email)
      const escalated = decision(handoff, 'HandoffEscalated', now)
      return team?.lead && !isWithLead ? [escalated, email(handoff, 'escalation', now)] : [escalated]
    }
    case 'reassign':
    case 'expire':
      // Published with the new owner, or with the end.
      return []
    default:
      return type satisfies never
  }
}

const decision = (
  handoff: Handoff,
  type: DecisionType & ('HandoffReminded' | 'HandoffEscalated'),
  now: string,
): Decision => {
  const { handoffId, leadId, team, assignments, dueAt } = handoff
  const name = type === 'HandoffReminded' ? 'reminded' : 'escalated'
  return {
    id: `${handoffId}:${name}:${assignments.length}`,
    type,
    occurredAt: now,
    causationId: requestedId(handoff),
    correlationId: handoffId,
    leadId,
    data: { handoffId, team, assignment: assignments.length, dueAt },
  }
}

const email = (handoff: Handoff, name: DeadlineEmail, now: string): Decision => {
  const { handoffId, leadId, assignments } = handoff
  const sendId = deadlineSendId(handoff, name)
  return {
    id: sendId,
    type: 'EmailRequested',
    occurredAt: now,
    causationId: requestedId(handoff),
    correlationId: handoffId,
    leadId,
    data: { handoffId, sendId, email: name, recipient: 'owner', assignment: assignments.length },
  }
}

/** Addresses of all owners since the request: they do not get the handoff again. */
export const hadIt = ({ assignments, requestedAt }: Handoff): readonly string[] =>
  assignments.filter(({ at }) => at >= requestedAt).map(({ owner }) => owner.email)

/** Reassigns a handoff that its owner has not answered. The team's lead keeps it and is reminded: nobody else is left before it expires. */
export const passOn = (
  handoff: Handoff,
  choice: Choice,
  rules: Pick<HandoffRules, 'accept'>,
  now: string,
): Handoff => {
  const assigned = assignOwner(handoff, choice, rules, now)
  const { team, member } = choice
  const isMember = team.members.some(({ email }) => isSameAddress(email, member.email))
  if (isMember) return assigned
  const { remindAt, expireAt } = assigned.deadlines ?? {}
  const deadlines = {
    ...(remindAt !== undefined && { remindAt }),
    ...(expireAt !== undefined && { expireAt }),
  }
  return { ...assigned, deadlines }
}

/** Recipient of an email about a handoff, or why it is obsolete. */
type Addressee =
  | { readonly type: 'to'; readonly name: string; readonly email: string; readonly language?: string }
  | { readonly type: 'pointless'; readonly reason: string }

const pointless = (reason: string): Addressee => ({ type: 'pointless', reason })

/**
 * Checked immediately before sending: no email is sent once the handoff is answered or closed, except to a person who takes
 * over an accepted one; nor if it was requested for a previous owner.
 * @param team the handoff's current team; undefined if it was removed from the playbook.
 */
export const addresseeOf = (
  handoff: Handoff,
  { email, sendId }: Pick<EmailRequest, 'email' | 'sendId'>,
  team: Team | undefined,
): Addressee => {
  const { state } = handoff.answer
  const isTakenOver = email === 'reassigned' && state === 'accepted'
  if (state !== 'requested' && !isTakenOver) return pointless('already-answered')
  const { name, email: address } = handoff.owner
  const { language } = (team && memberOf(team, address)) ?? {}
  const owner = { type: 'to', name, email: address, ...(language !== undefined && { language }) } as const
  switch (email) {
    case 'reminder':
      return sendId === deadlineSendId(handoff, email) ? owner : pointless('reassigned')
    case 'escalation':
      if (sendId !== deadlineSendId(handoff, email)) return pointless('reassigned')
      return team?.lead ? toMember(team.lead) : pointless('no-team-lead')
    default:
      return isEarlier(handoff, sendId)
        ? pointless(wasWithdrawn(handoff) ? 'withdrawn' : 'reassigned')
        : owner
  }
}

const toMember = ({ name, email, language }: Member): Addressee => ({
  type: 'to',
  name,
  email,
  ...(language !== undefined && { language }),
})

/** The email about an earlier assignment: the current owner got another. */
const isEarlier = (handoff: Handoff, sendId: string): boolean =>
  sendId.startsWith(`${handoff.handoffId}:notify`) && sendId !== notifySendId(handoff)

/** Whether the current assignment followed a withdrawal, rather than another owner. */
const wasWithdrawn = ({ assignments }: Handoff): boolean =>
  !['deadline', 'by-hand'].includes(assignments.at(-1)?.because ?? '')
