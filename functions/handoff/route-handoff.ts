import { type AssignedBecause, lastAccepted } from '../../domain/handoff/handoff.ts'
import type { Choice } from '../../domain/handoff/request-handoff.ts'
import {
  type AssignedTurn,
  accountsOf,
  type CurrentWeights,
  chooseMember,
  chooseRegardless,
  defaultTeam,
  isAvailable,
  isSameAddress,
  loadsOf,
  memberOf,
  needsLoads,
  type TeamStatus,
  type Turn,
} from '../../domain/handoff/routing.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import type { HandoffRules, Member, StickyTo, Team } from '../../domain/model/handoff-rules.ts'
import { type Clock, Conflict, type Handoffs } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { AccountOwners, RoundRobins } from '../webhook-ports.ts'

interface EarlierOwnerPorts {
  readonly handoffs: Pick<Handoffs, 'list'>
  readonly accounts: Pick<AccountOwners, 'latest'>
  readonly rules: { readonly playbook: { readonly handoff: Pick<HandoffRules, 'teams'> } }
}

interface RoutedLead {
  readonly leadId: LeadId
  readonly members?: readonly LeadId[]
  readonly email?: string
  readonly state: LeadState
}

/** A member and their team. */
interface TeamMember {
  readonly team: Team
  readonly member: Member
}

/**
 * Previous owners of the lead or of its company, in the order in which the team's settings prefer them. People who changed
 * teams keep their leads; people who left the playbook are skipped.
 */
const earlierOwners = async (
  ports: EarlierOwnerPorts,
  lead: RoutedLead,
  team: Team,
): Promise<readonly TeamMember[]> => {
  const { teams } = ports.rules.playbook.handoff
  const found: TeamMember[] = []
  for (const to of team.sticky ?? []) {
    const address = await addressOf(ports, lead, to)
    const inTeam = address === undefined ? undefined : findMember([team, ...Object.values(teams)], address)
    if (inTeam) found.push(inTeam)
  }
  return found
}

const addressOf = async (
  { handoffs, accounts }: EarlierOwnerPorts,
  lead: RoutedLead,
  to: StickyTo,
): Promise<string | undefined> => {
  switch (to) {
    case 'lead': {
      const leadIds = [lead.leadId, ...(lead.members ?? [])]
      return lastAccepted((await Promise.all(leadIds.map(handoffs.list))).flat())?.owner.email
    }
    case 'account':
      for (const account of accountsOf(lead)) {
        const owner = await accounts.latest(account)
        if (owner !== undefined) return owner
      }
      return undefined
    default:
      return to satisfies never
  }
}

const findMember = (teams: readonly Team[], address: string): TeamMember | undefined => {
  for (const team of teams) {
    const member = memberOf(team, address)
    if (member) return { team, member }
  }
  return undefined
}

export interface RouteHandoffPorts extends AssignTurnPorts, EarlierOwnerPorts {
  readonly handoffs: AssignTurnPorts['handoffs'] & EarlierOwnerPorts['handoffs']
  readonly rules: { readonly playbook: { readonly handoff: HandoffRules } }
  /** Logs the line that raises the alarm: no member of a team could take a handoff. */
  readonly alertEmptyTeam: (team: string, handoffId: string) => void
}

interface RouteRequest {
  readonly handoffId: string
  /** From 1. */
  readonly assignment: number
  /** The team that the routes choose. */
  readonly team: Team
  readonly lead: RoutedLead
}

/**
 * Chooses the owner: the previous one, where the team wants that; else the next member; if all are away or full, a member of
 * the default team; finally that team's lead or its member with the fewest handoffs. A handoff always finds an owner.
 * @throws Conflict
 */
export const makeRouteHandoff = (ports: RouteHandoffPorts, assign: AssignTurn) => {
  const choice = async (request: TurnRequest): Promise<Choice | undefined> => {
    const turn = await assign(request)
    return turn && { team: request.team, ...turn }
  }

  const toEarlierOwner = async (request: RouteRequest): Promise<Choice | undefined> => {
    for (const { team, member } of await earlierOwners(ports, request.lead, request.team)) {
      const chosen = await choice({
        ...request,
        team,
        because: 'sticky',
        member,
        choose: ifAvailable(member),
      })
      if (chosen) return chosen
    }
    return undefined
  }

  return async (request: RouteRequest): Promise<Choice> => {
    const { handoffId, assignment, team } = request
    const chosen =
      (await toEarlierOwner(request)) ?? (await choice({ handoffId, assignment, team, because: 'routed' }))
    if (chosen) return chosen
    ports.alertEmptyTeam(team.id, handoffId)
    const fallback = { handoffId, assignment, team: defaultTeam(ports.rules.playbook.handoff) }
    const stoodIn =
      (await choice({ ...fallback, because: 'fallback' })) ??
      (await choice({ ...fallback, because: 'fallback', choose: leadOrLeastLoaded }))
    if (!stoodIn) throw new Error(`handoff ${handoffId}: found no owner in ${fallback.team.id}`)
    return stoodIn
  }
}

const ifAvailable =
  (member: Member): Choose =>
  (team, status) =>
    isAvailable(member, team, status) ? { member, owed: status.owed } : undefined

const leadOrLeastLoaded: Choose = (team, status) =>
  team.lead ? { member: team.lead, owed: status.owed } : chooseRegardless(team, status)

export interface AssignTurnPorts {
  readonly handoffs: Pick<Handoffs, 'find'>
  readonly rounds: RoundRobins
  readonly clock: Clock
}

interface TurnRequest {
  readonly handoffId: string
  /** Number of the handoff's assignment, from 1. */
  readonly assignment: number
  readonly team: Team
  readonly because: AssignedBecause
  /** Addresses to leave out. */
  readonly except?: readonly string[]
  /** Only this member may get it. */
  readonly member?: Member
  /** @default chooseMember: by the team's strategy */
  readonly choose?: Choose
}

/** Chooses a member by the team's status. @returns undefined if there is no suitable one. */
export type Choose = (team: Team, status: TeamStatus) => Turn | undefined

interface GivenTurn {
  readonly member: Member
  readonly because: AssignedBecause
}

/** More than all containers handle at once: after so many others, a repeated request gets a new turn unless the handoff was stored. */
const turnsKept = 50

/**
 * Assigns a team's turn once: a repeated request, after a crash or concurrent, gets the same member as long as the round-robin
 * remembers it. The handoffs of a team share one item, so this container serialises its own; only other containers can
 * conflict.
 */
export const makeAssignTurn = (ports: AssignTurnPorts) => {
  const lines = new Map<string, Promise<unknown>>()
  /** @returns undefined if no member is available. @throws Conflict */
  return (request: TurnRequest): Promise<GivenTurn | undefined> => {
    const before = lines.get(request.team.id)
    const turn = (async () => {
      await before
      return retryConflicts(() => assignTurn(ports, request))
    })()
    lines.set(
      request.team.id,
      turn.catch(() => {}),
    )
    return turn
  }
}

export type AssignTurn = ReturnType<typeof makeAssignTurn>

const assignTurn = async (
  { handoffs, rounds, clock }: AssignTurnPorts,
  request: TurnRequest,
): Promise<GivenTurn | undefined> => {
  const { handoffId, assignment, team, because, except = [], choose = chooseMember } = request
  // Read at the same moment: only while 50 others have their turns could a handoff that was stored in between be missed, and
  // its commit meets a conflict then.
  const [round, stored] = await Promise.all([rounds.load(team.id), handoffs.find(handoffId)])
  const claimed = round.claims.find((claim) => isFor(claim, request) && isAsRequested(claim, request))
  const before = claimed && memberOf(team, claimed.owner)
  if (before) return { member: before, because }
  // A handoff that the round-robin has forgotten is stored.
  if ((stored?.assignments.length ?? 0) >= assignment)
    throw new Conflict(`assignment ${assignment} of ${handoffId} was made meanwhile`)
  const asksForLoads = needsLoads(team) || choose !== chooseMember
  const counted = asksForLoads ? await rounds.counted(team.id) : []
  const now = clock()
  const loads = loadsOf(counted, round.claims, now)
  const turn = choose(team, { owed: round.owed, loads, now, except })
  if (!turn) return undefined
  const claim: AssignedTurn = { handoffId, assignment, owner: turn.member.email, because, at: now }
  const claims = [...round.claims.filter((other) => !isFor(other, request)), claim].slice(-turnsKept)
  await rounds.commit({ ...round, owed: ofMembers(turn.owed, team), claims })
  return { member: turn.member, because }
}

const isFor = (claim: AssignedTurn, { handoffId, assignment }: TurnRequest): boolean =>
  claim.handoffId === handoffId && claim.assignment === assignment

const isAsRequested = (
  { owner, because }: AssignedTurn,
  { because: requested, member, except = [] }: TurnRequest,
): boolean =>
  because === requested &&
  (member === undefined || isSameAddress(member.email, owner)) &&
  !except.some((address) => isSameAddress(address, owner))

/** Drops members who have left the team. */
const ofMembers = (owed: CurrentWeights, { members }: Team): CurrentWeights =>
  Object.fromEntries(
    members.flatMap(({ email }) => {
      const key = email.toLowerCase()
      return owed[key] === undefined ? [] : [[key, owed[key]]]
    }),
  )
