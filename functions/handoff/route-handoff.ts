import { type AssignedBecause, lastAccepted } from '../../domain/handoff/handoff.ts'
import type { Choice } from '../../domain/handoff/request-handoff.ts'
import {
  accountsOf,
  type Claim,
  chooseMember,
  chooseRegardless,
  defaultTeam,
  isAvailable,
  isSameAddress,
  loadsOf,
  memberOf,
  needsLoads,
  type Owed,
  type Standing,
  type Turn,
} from '../../domain/handoff/routing.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import type { HandoffRules, Member, StickyTo, Team } from '../../domain/model/handoff-rules.ts'
import { type Clock, Conflict, type Handoffs } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { AccountOwners, Rounds } from '../webhook-ports.ts'

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

/** Somebody in their team. */
interface TeamMember {
  readonly team: Team
  readonly member: Member
}

/**
 * Who had the lead, or others of its company, before: whoever the team wants its leads to stay with, those first that it
 * names first. Somebody who has changed teams keeps theirs; who has left the playbook is nobody.
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

export interface RouteHandoffPorts extends ClaimTurnPorts, EarlierOwnerPorts {
  readonly handoffs: ClaimTurnPorts['handoffs'] & EarlierOwnerPorts['handoffs']
  readonly rules: { readonly playbook: { readonly handoff: HandoffRules } }
  /** Writes the line that raises the alarm: nobody of a team could be given a handoff. */
  readonly alertEmptyTeam: (team: string, handoffId: string) => void
}

interface RouteWish {
  readonly handoffId: string
  /** From 1. */
  readonly assignment: number
  /** As the routes have it. */
  readonly team: Team
  readonly lead: RoutedLead
}

/**
 * Who gets a handoff: whoever had the lead before, where the team wants that; else whose turn it is; else, where all of the
 * team are away or full, somebody of the default team; at last the lead of that, or the one with the least to do. A handoff
 * always finds an owner. @throws Conflict
 */
export const makeRouteHandoff = (ports: RouteHandoffPorts, claim: ClaimTurn) => {
  const choice = async (wish: TurnWish): Promise<Choice | undefined> => {
    const turn = await claim(wish)
    return turn && { team: wish.team, ...turn }
  }

  const toEarlierOwner = async (wish: RouteWish): Promise<Choice | undefined> => {
    for (const { team, member } of await earlierOwners(ports, wish.lead, wish.team)) {
      const chosen = await choice({ ...wish, team, because: 'sticky', member, choose: ifAvailable(member) })
      if (chosen) return chosen
    }
    return undefined
  }

  return async (wish: RouteWish): Promise<Choice> => {
    const { handoffId, assignment, team } = wish
    const chosen =
      (await toEarlierOwner(wish)) ?? (await choice({ handoffId, assignment, team, because: 'routed' }))
    if (chosen) return chosen
    ports.alertEmptyTeam(team.id, handoffId)
    const fallback = { handoffId, assignment, team: defaultTeam(ports.rules.playbook.handoff) }
    const stoodIn =
      (await choice({ ...fallback, because: 'fallback' })) ??
      (await choice({ ...fallback, because: 'fallback', choose: leadOrLeastLoaded }))
    if (!stoodIn) throw new Error(`handoff ${handoffId}: nobody was found in ${fallback.team.id}`)
    return stoodIn
  }
}

const ifAvailable =
  (member: Member): Choose =>
  (team, standing) =>
    isAvailable(member, team, standing) ? { member, owed: standing.owed } : undefined

const leadOrLeastLoaded: Choose = (team, standing) =>
  team.lead ? { member: team.lead, owed: standing.owed } : chooseRegardless(team, standing)

export interface ClaimTurnPorts {
  readonly handoffs: Pick<Handoffs, 'find'>
  readonly rounds: Rounds
  readonly clock: Clock
}

interface TurnWish {
  readonly handoffId: string
  /** Which assignment of the handoff it is for, from 1. */
  readonly assignment: number
  readonly team: Team
  readonly because: AssignedBecause
  /** Addresses of those who are not to have it. */
  readonly except?: readonly string[]
  /** Nobody else will do. */
  readonly member?: Member
  /** @default chooseMember: by the team's strategy */
  readonly choose?: Choose
}

/** Picks one of a team as it stands. @returns undefined when nobody will do. */
export type Choose = (team: Team, standing: Standing) => Turn | undefined

interface GivenTurn {
  readonly member: Member
  readonly because: AssignedBecause
}

/** More than all containers work on at once: who comes back after so many others is given another turn, unless it was stored. */
const claimsKept = 50

/**
 * Gives a team's turn for one assignment of a handoff, once: whoever asks again, after a crash or beside another, is given
 * the same member, as long as the round remembers it. All handoffs of a team take turns at one item: those of a container
 * one after the other, so that only another container can be in the way.
 */
export const makeClaimTurn = (ports: ClaimTurnPorts) => {
  const lines = new Map<string, Promise<unknown>>()
  /** @returns undefined when nobody may have it. @throws Conflict */
  return (wish: TurnWish): Promise<GivenTurn | undefined> => {
    const before = lines.get(wish.team.id)
    const turn = (async () => {
      await before
      return retryConflicts(() => claimTurn(ports, wish))
    })()
    lines.set(
      wish.team.id,
      turn.catch(() => {}),
    )
    return turn
  }
}

export type ClaimTurn = ReturnType<typeof makeClaimTurn>

const claimTurn = async (
  { handoffs, rounds, clock }: ClaimTurnPorts,
  wish: TurnWish,
): Promise<GivenTurn | undefined> => {
  const { handoffId, assignment, team, because, except = [], choose = chooseMember } = wish
  const round = await rounds.load(team.id)
  const claimed = round.claims.find((claim) => isFor(claim, wish) && isAsWished(claim, wish))
  const before = claimed && memberOf(team, claimed.owner)
  if (before) return { member: before, because }
  // After the round: one that it has forgotten is stored.
  const stored = await handoffs.find(handoffId)
  if ((stored?.assignments.length ?? 0) >= assignment)
    throw new Conflict(`assignment ${assignment} of ${handoffId} was made meanwhile`)
  const asksForLoads = needsLoads(team) || choose !== chooseMember
  const counted = asksForLoads ? await rounds.counted(team.id) : []
  const now = clock()
  const loads = loadsOf(counted, round.claims, now)
  const turn = choose(team, { owed: round.owed, loads, now, except })
  if (!turn) return undefined
  const claim: Claim = { handoffId, assignment, owner: turn.member.email, because, at: now }
  const claims = [...round.claims.filter((other) => !isFor(other, wish)), claim].slice(-claimsKept)
  await rounds.commit({ ...round, owed: ofMembers(turn.owed, team), claims })
  return { member: turn.member, because }
}

const isFor = (claim: Claim, { handoffId, assignment }: TurnWish): boolean =>
  claim.handoffId === handoffId && claim.assignment === assignment

const isAsWished = ({ owner, because }: Claim, { because: wished, member, except = [] }: TurnWish): boolean =>
  because === wished &&
  (member === undefined || isSameAddress(member.email, owner)) &&
  !except.some((address) => isSameAddress(address, owner))

/** Without those who have left the team. */
const ofMembers = (owed: Owed, { members }: Team): Owed =>
  Object.fromEntries(
    members.flatMap(({ email }) => {
      const key = email.toLowerCase()
      return owed[key] === undefined ? [] : [[key, owed[key]]]
    }),
  )
