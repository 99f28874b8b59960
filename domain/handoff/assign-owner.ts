import type { Decision } from '../lead/decision.ts'
import { startDeadlines, stopDeadlines } from './deadlines.ts'
import type { AssignedBecause, Assignment, Handoff } from './handoff.ts'
import { assignedId, notifySendId, requestedId } from './handoff-ids.ts'
import type { HandoffRules, Member, Team } from './handoff-rules.ts'
import { placeOf } from './team-members.ts'

/** Who is to have a handoff, and why. */
export interface Choice {
  readonly team: Team
  /** A member of the team, or its lead. */
  readonly member: Member
  readonly because: AssignedBecause
  /** Whoever chose by hand, and why in their own words. */
  readonly by?: string
  readonly reason?: string
}

/**
 * Gives a handoff to somebody else, who gets an email of their own. Where it waits for an answer their clock starts at
 * `now`; where it was accepted nothing is asked of them any more. Whoever had it before keeps their place in `assignments`.
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
  return { ...assigned, outbox: [...handoff.outbox, ...tellOwner(assigned, choice, cause, now)] }
}

/** All assignments, the latest with its deadlines: another's take their place. */
export const withClock = ({
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

/** Tells of the latest assignment. Outside the table a member is known by their place in the team. */
export const tellTeam = (
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

/** Whether whoever has it now took it over accepted. */
export const wasAccepted = ({ assignments }: Pick<Handoff, 'assignments'>): boolean =>
  assignments.at(-1)?.accepted ?? false

/** The same, with an email to the new owner. */
export const tellOwner = (
  handoff: Assigned,
  choice: Choice,
  cause: Cause,
  now: string,
): readonly Decision[] => {
  const { handoffId, leadId, assignments } = handoff
  const sendId = notifySendId(handoff)
  const email = wasAccepted(handoff) ? 'reassigned' : 'handoff'
  return [
    tellTeam(handoff, choice, cause, now),
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
