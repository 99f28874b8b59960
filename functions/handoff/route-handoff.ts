import { type AssignedBecause, lastAccepted } from '../../domain/handoff/handoff.ts'
import type { Choice } from '../../domain/handoff/request-handoff.ts'
import {
  accountsOf,
  type Claim,
  type CountedHandoff,
  chooseMember,
  chooseRegardless,
  defaultTeam,
  isAvailable,
  isSameAddress,
  loadsOf,
  memberOf,
  needsLoads,
  type Owed,
  type Round,
  type Standing,
  type Turn,
} from '../../domain/handoff/routing.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { type LeadId, leadIdOfHandoff, parseLeadId } from '../../domain/model/activity.ts'
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

/** What became of one of several: its result, or why there is none. */
type Outcome<Result> =
  | { readonly type: 'done'; readonly result: Result }
  | { readonly type: 'failed'; readonly error: unknown }

interface Waiting<Wish, Result> {
  readonly wish: Wish
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Within this container work with the same name never meets itself: whatever is asked for while some is under way waits,
 * and is then done together.
 * @param work one outcome for each wish, in their order; what it throws becomes of all of them.
 */
export const takeTogether = <Wish, Result>(
  work: (wishes: readonly Wish[]) => Promise<readonly Outcome<Result>[]>,
): ((name: string, wish: Wish) => Promise<Result>) => {
  const lines = new Map<string, Waiting<Wish, Result>[]>()

  const takeAll = async (group: readonly Waiting<Wish, Result>[]): Promise<void> => {
    try {
      const outcomes = await work(group.map(({ wish }) => wish))
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index]
        if (outcome?.type === 'done') resolve(outcome.result)
        else reject(outcome?.error)
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  const workOff = async (name: string, line: Waiting<Wish, Result>[]): Promise<void> => {
    while (line.length > 0) await takeAll(line.splice(0))
    lines.delete(name)
  }

  return (name, wish) =>
    new Promise((resolve, reject) => {
      const line = lines.get(name)
      const waiting = { wish, resolve, reject }
      if (line) {
        line.push(waiting)
        return
      }
      const begun = [waiting]
      lines.set(name, begun)
      void workOff(name, begun)
    })
}

export interface ClaimTurnPorts {
  readonly handoffs: Pick<Handoffs, 'load'>
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

/** After so many more claims it is looked up which of them are settled. */
const claimsBetweenLooks = 20
/** As long as a message can come back: SQS keeps none longer. */
const claimsKept = 14 * 86_400_000

/**
 * Gives a team's turn for one assignment of a handoff, once: whoever asks again, after a crash or beside another, is given
 * the same member. A claim stands in the round until its handoff is seen stored, so that no number of turns in between
 * makes it forgotten. All handoffs of a team take turns at one item: those of a container do so together.
 */
export const makeClaimTurn = (ports: ClaimTurnPorts) => {
  const together = takeTogether((wishes: readonly TurnWish[]) =>
    // Within the container nobody else is at it; with another one it is tried again at once.
    retryConflicts(() => claimTurns(ports, wishes)),
  )
  /** @returns undefined when nobody may have it. @throws Conflict */
  return (wish: TurnWish): Promise<GivenTurn | undefined> => together(wish.team.id, wish)
}

export type ClaimTurn = ReturnType<typeof makeClaimTurn>

type Turns = readonly Outcome<GivenTurn | undefined>[]

/** Those of one team, one after the other, in one conditional write. @throws Conflict */
const claimTurns = async (ports: ClaimTurnPorts, wishes: readonly TurnWish[]): Promise<Turns> => {
  const [first] = wishes
  if (!first) return []
  const round = await ports.rounds.load(first.team.id)
  const now = ports.clock()
  const [stored, counted] = await Promise.all([
    // After the round: its claim is dropped only once the handoff is there to be seen.
    Promise.all(wishes.map((wish) => isStored(ports, wish))),
    wishes.some(asksForLoads) ? ports.rounds.counted(first.team.id) : [],
  ])
  let next = round
  const turns = wishes.map((wish, index): Turns[number] => {
    const { because } = wish
    const before = claimedBefore(next, wish)
    if (before) return { type: 'done', result: { member: before, because } }
    if (stored[index]) return { type: 'failed', error: madeMeanwhile(wish) }
    const given = giveTurn(next, wish, counted, now)
    next = given.round
    return { type: 'done', result: given.member && { member: given.member, because } }
  })
  if (next !== round) await ports.rounds.commit(await withoutSettled(ports, next, round.claims.length, now))
  return turns
}

const asksForLoads = ({ team, choose = chooseMember }: TurnWish): boolean =>
  needsLoads(team) || choose !== chooseMember

const madeMeanwhile = ({ handoffId, assignment }: TurnWish): Conflict =>
  new Conflict(`assignment ${assignment} of ${handoffId} was made meanwhile`)

const claimedBefore = ({ claims }: Round, wish: TurnWish): Member | undefined => {
  const claimed = claims.find((claim) => isFor(claim, wish) && isAsWished(claim, wish))
  return claimed && memberOf(wish.team, claimed.owner)
}

const giveTurn = (
  round: Round,
  wish: TurnWish,
  counted: readonly CountedHandoff[],
  now: string,
): { readonly round: Round; readonly member?: Member } => {
  const { handoffId, assignment, team, because, except = [], choose = chooseMember } = wish
  const loads = loadsOf(counted, round.claims, now)
  const turn = choose(team, { owed: round.owed, loads, now, except })
  if (!turn) return { round }
  const claim: Claim = { handoffId, assignment, owner: turn.member.email, because, at: now }
  const others = round.claims.filter((other) => !isFor(other, wish))
  return {
    round: { ...round, owed: ofMembers(turn.owed, team), claims: [...others, claim] },
    member: turn.member,
  }
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

const load = async ({ handoffs }: ClaimTurnPorts, handoffId: string) => {
  const leadId = parseLeadId(leadIdOfHandoff(handoffId))
  return leadId && handoffs.load(leadId, handoffId)
}

const isStored = async (ports: ClaimTurnPorts, { handoffId, assignment }: TurnWish): Promise<boolean> =>
  ((await load(ports, handoffId))?.assignments.length ?? 0) >= assignment

/** Looked up now and then: claims whose handoff is stored, and counted for its team, are done. */
const withoutSettled = async (
  ports: ClaimTurnPorts,
  round: Round,
  before: number,
  now: string,
): Promise<Round> => {
  const { claims } = round
  const looks = (length: number): number => Math.floor(length / claimsBetweenLooks)
  if (looks(claims.length) === looks(before)) return round
  const stored = await Promise.all(claims.map(({ handoffId }) => load(ports, handoffId)))
  return {
    ...round,
    claims: claims.filter(({ assignment, at }, index) => {
      const handoff = stored[index]
      const isDone = handoff && handoff.outbox.length === 0 && handoff.assignments.length >= assignment
      return !isDone && Date.parse(now) - Date.parse(at) < claimsKept
    }),
  }
}
