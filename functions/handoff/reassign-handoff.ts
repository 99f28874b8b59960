import { assignOwner, type Choice } from '../../domain/handoff/assign-owner.ts'
import { isAbsent } from '../../domain/handoff/availability.ts'
import { chooseMember, chooseRegardless } from '../../domain/handoff/choose-member.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { HandoffRules, Member, Team } from '../../domain/handoff/handoff-rules.ts'
import { isSameAddress, memberOf } from '../../domain/handoff/team-members.ts'
import { type RetryOptions, retryConflicts } from '../retry-conflicts.ts'
import { type Choose, type ClaimTurnPorts, makeClaimTurn } from './claim-turn.ts'
import { promisePublishing, type TellHandoff } from './promise-publishing.ts'
import { type PublishHandoffPorts, publishHandoff } from './publish-handoff.ts'

export interface ReassignHandoffPorts extends ClaimTurnPorts, PublishHandoffPorts {
  readonly handoffs: PublishHandoffPorts['handoffs']
  readonly tellHandoff: TellHandoff
  readonly rules: Pick<HandoffRules, 'teams' | 'accept'>
  readonly pauseUpTo: NonNullable<RetryOptions['pauseUpTo']>
}

export interface ReassignWish {
  /** @default the team that has it */
  readonly team?: string
  /** Address of a member or of the lead. @default whose turn it is in the team, not whoever has it */
  readonly owner?: string
  /** Only while this address has it. @default whoever has it */
  readonly from?: string
  /** Who wants it so, and why in their own words. */
  readonly by: string
  readonly reason?: string
}

export type ReassignOutcome =
  /** `isAway`: whoever has it now is not there today, named so or for want of anybody else. */
  | { readonly type: 'assigned'; readonly handoff: Handoff; readonly isAway: boolean }
  /** They have it already, or whoever was to give it away has not. */
  | { readonly type: 'unchanged'; readonly handoff: Handoff }
  | { readonly type: 'no-longer-open'; readonly handoff: Handoff }
  | { readonly type: 'nobody-else'; readonly handoff: Handoff }
  | { readonly type: 'unknown-handoff' }
  | { readonly type: 'unknown-team'; readonly teams: readonly string[] }
  | { readonly type: 'unknown-member'; readonly members: readonly string[] }

/**
 * Gives a handoff that waits for an answer or was accepted to somebody else by hand. Whoever is named gets it, away or full
 * or not; where nobody is, it is the turn of somebody in the team.
 */
export const makeReassignHandoff = (ports: ReassignHandoffPorts) => {
  const claim = makeClaimTurn(ports)
  return (handoffId: string, wish: ReassignWish): Promise<ReassignOutcome> =>
    retryConflicts(
      async () => {
        const stored = await ports.handoffs.find(handoffId)
        if (!stored) return { type: 'unknown-handoff' }
        if (stored.answer.state !== 'requested' && stored.answer.state !== 'accepted')
          return { type: 'no-longer-open', handoff: stored }
        if (wish.from !== undefined && !isSameAddress(wish.from, stored.owner.email))
          return { type: 'unchanged', handoff: stored }
        const place = placeFor(ports.rules, stored, wish)
        if (place.type !== 'place') return place
        const { team, member } = place
        if (member && isSameAddress(member.email, stored.owner.email) && team.id === stored.team)
          return { type: 'unchanged', handoff: stored }
        const turn = await claim({
          handoffId,
          assignment: stored.assignments.length + 1,
          team,
          because: 'by-hand',
          except: member ? [] : [stored.owner.email],
          ...(member ? { member, choose: only(member) } : { choose: byTurn }),
        })
        if (!turn) return { type: 'nobody-else', handoff: stored }
        const { by, reason } = wish
        return assign(ports, stored, { team, ...turn, by, ...(reason !== undefined && { reason }) })
      },
      { pauseUpTo: ports.pauseUpTo },
    )
}

type Place =
  | { readonly type: 'place'; readonly team: Team; readonly member?: Member }
  | Extract<ReassignOutcome, { type: 'unknown-team' | 'unknown-member' }>

/** Which team, and who of it where somebody is named: who is in no team that was asked for is found in any. */
const placeFor = ({ teams }: Pick<HandoffRules, 'teams'>, handoff: Handoff, wish: ReassignWish): Place => {
  const id = wish.team ?? handoff.team
  const team = Object.hasOwn(teams, id) ? teams[id] : undefined
  if (!team && (wish.team !== undefined || wish.owner === undefined))
    return { type: 'unknown-team', teams: Object.keys(teams) }
  const { owner } = wish
  if (owner === undefined && team) return { type: 'place', team }
  const asked =
    wish.team === undefined ? [...(team ? [team] : []), ...Object.values(teams)] : team ? [team] : []
  for (const one of asked) {
    const member = memberOf(one, owner ?? '')
    if (member) return { type: 'place', team: one, member }
  }
  return {
    type: 'unknown-member',
    members: [...new Set(asked.flatMap(({ members }) => members.map(({ email }) => email)))],
  }
}

const only =
  (member: Member): Choose =>
  (_team, { owed }) => ({ member, owed })

/** In turn; where all others are away or full, the one of them with the least to do. */
const byTurn: Choose = (team, standing) => {
  const isElse = ({ email }: Member) => !standing.except?.some((address) => isSameAddress(address, email))
  return (
    chooseMember(team, standing) ?? (team.members.some(isElse) ? chooseRegardless(team, standing) : undefined)
  )
}

/** The handoff queue holds a message beforehand: by it the new deadlines are set, and what was cut short is told. */
const assign = async (
  ports: ReassignHandoffPorts,
  stored: Handoff,
  choice: Choice,
): Promise<ReassignOutcome> => {
  const now = ports.clock()
  const assigned = assignOwner(stored, choice, ports.rules, now)
  await promisePublishing(ports.tellHandoff, stored.handoffId)
  await ports.handoffs.commit(assigned)
  const handoff = await publishHandoff(ports, { ...assigned, version: assigned.version + 1 })
  return { type: 'assigned', handoff, isAway: isAbsent(choice.member, choice.team, now) }
}
