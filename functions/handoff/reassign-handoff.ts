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
  /** @default the current team */
  readonly team?: string
  /** Address of a member or of the team lead. @default the next member of the team other than the current owner */
  readonly owner?: string
  /** Reassign only if this address is the owner. @default any owner */
  readonly from?: string
  /** Who requests it, and why in their own words. */
  readonly by: string
  readonly reason?: string
}

export type ReassignOutcome =
  /** `isAway`: the new owner is away today, but was named or is the only one left. */
  | { readonly type: 'assigned'; readonly handoff: Handoff; readonly isAway: boolean }
  /** The new owner has it already, or `from` does not have it. */
  | { readonly type: 'unchanged'; readonly handoff: Handoff }
  | { readonly type: 'no-longer-open'; readonly handoff: Handoff }
  | { readonly type: 'nobody-else'; readonly handoff: Handoff }
  | { readonly type: 'unknown-handoff' }
  | { readonly type: 'unknown-team'; readonly teams: readonly string[] }
  | { readonly type: 'unknown-member'; readonly members: readonly string[] }

/** Reassigns an open or accepted handoff by hand. A named person gets it even if away or full; otherwise the next member of the team. */
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
          // Whoever asked before may have died before publishing.
          return { type: 'unchanged', handoff: await publishHandoff(ports, stored) }
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

/** @returns undefined for an id that the playbook has no team of, whatever it is called. */
const teamOf = ({ teams }: Pick<HandoffRules, 'teams'>, id: string): Team | undefined =>
  Object.hasOwn(teams, id) ? teams[id] : undefined

/** The team, and the member if one is named: without a team, the member is looked for in all teams. */
const placeFor = (rules: Pick<HandoffRules, 'teams'>, handoff: Handoff, request: ReassignRequest): Place => {
  const { teams } = rules
  const team = teamOf(rules, request.team ?? handoff.team)
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

/** The next member by turn; if all others are away or full, the one with the fewest open handoffs. */
const byTurn: Choose = (team, status) => {
  const isElse = ({ email }: Member) => !status.except?.some((address) => isSameAddress(address, email))
  return (
    chooseMember(team, status) ?? (team.members.some(isElse) ? chooseRegardless(team, status) : undefined)
  )
}

/** A message sent to the handoff queue first sets the new deadlines, and publishes if this process dies. */
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
      /** Handoffs with a new owner. */
      readonly handoffs: readonly Handoff[]
      /** Handoffs still to reassign by another call. */
      readonly left: number
    }
  /** Neither a member nor somebody who has handoffs of the team. */
  | { readonly type: 'unknown-owner' }
  /** The first failure. */
  | Extract<ReassignOutcome, { type: 'nobody-else' | 'unknown-team' | 'unknown-member' }>

/** One call must finish well before its client's timeout. */
const mostAtOnce = 50

/**
 * Reassigns all open and accepted handoffs of a member who leaves or falls ill: each by the team's strategy, unless the request
 * names a person. Idempotent: handoffs that already have another owner keep them.
 */
export const makeReassignMember = (ports: ReassignMemberPorts) => {
  const reassign = makeReassignHandoff(ports)
  return async (team: string, email: string, request: ReassignRequest): Promise<MemberOutcome> => {
    const counted = await ports.rounds.counted(team)
    const theirs = counted.filter(({ isOpen, owner }) => isOpen && isSameAddress(owner, email))
    const known = teamOf(ports.rules, team)
    if (theirs.length === 0 && !(known && memberOf(known, email))) return { type: 'unknown-owner' }
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
