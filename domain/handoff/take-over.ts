import { assignmentOf, nameOf, tellTeam } from './assign-owner.ts'
import type { Handoff } from './handoff.ts'
import { requestedId } from './handoff-ids.ts'
import type { HandoffRules } from './handoff-rules.ts'
import { isSameAddress, memberOf } from './team-members.ts'

/**
 * Whoever of the team accepts a handoff has it: also where it was given to somebody else. An address that is nobody's in the
 * team, such as that of somebody who keeps the books, changes nothing about who has it.
 */
export const takeOver = (
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
  return { ...taken, outbox: [...handoff.outbox, tellTeam(taken, choice, cause, now)] }
}
