import type { Handoff } from '../../domain/handoff/handoff.ts'
import { assignOwner, type Choice } from '../../domain/handoff/request-handoff.ts'
import {
  chooseMember,
  chooseRegardless,
  isAbsent,
  isSameAddress,
  memberOf,
} from '../../domain/handoff/routing.ts'
import type { HandoffRules, Member, Team } from '../../domain/model/handoff-rules.ts'
import { type RetryOptions, retryConflicts } from '../retry-conflicts.ts'
import type { RoundRobins } from '../webhook-ports.ts'
import {
  type EnqueueHandoff,
  type PublishHandoffPorts,
  promisePublishing,
  publishHandoff,
} from './publish-handoff.ts'
import { type AssignTurnPorts, type Choose, makeAssignTurn } from './route-handoff.ts'

interface ReassignHandoffPorts extends AssignTurnPorts, PublishHandoffPorts {
  readonly handoffs: PublishHandoffPorts['handoffs']
  readonly enqueueHandoff: EnqueueHandoff
  readonly rules: Pick<HandoffRules, 'teams' | 'accept'>
  readonly pauseUpTo: NonNullable<RetryOptions['pauseUpTo']>
}

export interface ReassignRequest {
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
  const assignTurn = makeAssignTurn(ports)
  return (handoffId: string, request: ReassignRequest): Promise<ReassignOutcome> =>
    retryConflicts(
      async () => {
        const stored = await ports.handoffs.find(handoffId)
        if (!stored) return { type: 'unknown-handoff' }
        if (stored.answer.state !== 'requested' && stored.answer.state !== 'accepted')
          return { type: 'no-longer-open', handoff: stored }
        if (request.from !== undefined && !isSameAddress(request.from, stored.owner.email))
          return { type: 'unchanged', handoff: stored }
        const place = placeFor(ports.rules, stored, request)
        if (place.type !== 'place') return place
        const { team, member } = place
        if (member && isSameAddress(member.email, stored.owner.email) && team.id === stored.team)
          return { type: 'unchanged', handoff: stored }
        const turn = await assignTurn({
          handoffId,
          assignment: stored.assignments.length + 1,
          team,
          because: 'by-hand',
          except: member ? [] : [stored.owner.email],
          ...(member ? { member, choose: only(member) } : { choose: byTurn }),
        })
        if (!turn) return { type: 'nobody-else', handoff: stored }
        const { by, reason } = request
        return assign(ports, stored, { team, ...turn, by, ...(reason !== undefined && { reason }) })
      },
      { pauseUpTo: ports.pauseUpTo },
    )
}

type Place =
  | { readonly type: 'place'; readonly team: Team; readonly member?: Member }
  | Extract<ReassignOutcome, { type: 'unknown-team' | 'unknown-member' }>

/** Which team, and who of it where somebody is named: who is in no team that was asked for is found in any. */
const placeFor = (
  { teams }: Pick<HandoffRules, 'teams'>,
  handoff: Handoff,
  request: ReassignRequest,
): Place => {
  const id = request.team ?? handoff.team
  const team = Object.hasOwn(teams, id) ? teams[id] : undefined
  if (!team && (request.team !== undefined || request.owner === undefined))
    return { type: 'unknown-team', teams: Object.keys(teams) }
  const { owner } = request
  if (owner === undefined && team) return { type: 'place', team }
  const asked =
    request.team === undefined ? [...(team ? [team] : []), ...Object.values(teams)] : team ? [team] : []
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
const byTurn: Choose = (team, status) => {
  const isElse = ({ email }: Member) => !status.except?.some((address) => isSameAddress(address, email))
  return (
    chooseMember(team, status) ?? (team.members.some(isElse) ? chooseRegardless(team, status) : undefined)
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
  await promisePublishing(ports.enqueueHandoff, stored.handoffId)
  const handoff = await publishHandoff(ports, await ports.handoffs.commit(assigned))
  return { type: 'assigned', handoff, isAway: isAbsent(choice.member, choice.team, now) }
}

export interface ReassignMemberPorts extends ReassignHandoffPorts {
  readonly rounds: RoundRobins
}

export type MemberOutcome =
  | {
      readonly type: 'reassigned'
      /** Those that have somebody else now. */
      readonly handoffs: readonly Handoff[]
      /** How many they still have: ask again. */
      readonly left: number
    }
  /** Why the first one that could not be given away could not. */
  | Extract<ReassignOutcome, { type: 'nobody-else' | 'unknown-team' | 'unknown-member' }>

/** One call is to be done well before its caller gives up. */
const mostAtOnce = 50

/**
 * Gives everything that somebody of a team has open or accepted to others: they leave, or fall ill. By the team's strategy,
 * each by itself, unless the wish names somebody. Safe to repeat: what is with somebody else by then stays there.
 */
export const makeReassignMember = (ports: ReassignMemberPorts) => {
  const reassign = makeReassignHandoff(ports)
  return async (team: string, email: string, request: ReassignRequest): Promise<MemberOutcome> => {
    const counted = await ports.rounds.counted(team)
    const theirs = counted.filter(({ isOpen, owner }) => isOpen && isSameAddress(owner, email))
    const handoffs: Handoff[] = []
    for (const { handoffId } of theirs.slice(0, mostAtOnce)) {
      const outcome = await reassign(handoffId, { ...request, from: email })
      switch (outcome.type) {
        case 'assigned':
          handoffs.push(outcome.handoff)
          break
        case 'unchanged':
        case 'no-longer-open':
        case 'unknown-handoff':
          break
        case 'nobody-else':
        case 'unknown-team':
        case 'unknown-member':
          return outcome
        default:
          outcome satisfies never
      }
    }
    return { type: 'reassigned', handoffs, left: Math.max(0, theirs.length - mostAtOnce) }
  }
}
