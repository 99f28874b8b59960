import type { Decision, DecisionType } from '../lead/decision.ts'
import { assignOwner, type Choice } from './assign-owner.ts'
import type { Deadline, DeadlineType } from './deadlines.ts'
import type { Handoff } from './handoff.ts'
import { requestedId } from './handoff-ids.ts'
import type { HandoffRules, Team } from './handoff-rules.ts'
import { isSameAddress } from './team-members.ts'

/** Emails about a handoff that nobody answers. */
export type DeadlineEmail = 'reminder' | 'escalation'

/** One for each owner, however often one and the same person has it. */
export const deadlineSendId = (
  { handoffId, assignments }: Pick<Handoff, 'handoffId' | 'assignments'>,
  email: DeadlineEmail,
): string => `${handoffId}:${email}:${assignments.length}`

/**
 * What deadlines that have come make of an open handoff: each is told once, in their order.
 * @param due of its own that are still to be seen to, as `dueDeadlines` has them.
 * @param team the handoff's as it is now; undefined where the playbook has it no more.
 */
export const passDeadlines = (
  handoff: Handoff,
  due: readonly Deadline[],
  team: Team | undefined,
  now: string,
): Handoff => ({
  ...handoff,
  passed: [...(handoff.passed ?? []), ...due.map(({ type }) => type)],
  outbox: [...handoff.outbox, ...due.flatMap(({ type }) => told(handoff, type, team, now))],
})

const told = (
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
      // What follows is told with the new owner, or with the end.
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

/** Addresses of those who have had the handoff since it was asked for: they do not get it again. */
export const hadIt = ({ assignments, requestedAt }: Handoff): readonly string[] =>
  assignments.filter(({ at }) => at >= requestedAt).map(({ owner }) => owner.email)

/**
 * Gives a handoff to the next one because its owner has let it lie. With the lead of the team it stays: they are
 * reminded, and nobody else is left before it expires.
 */
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
