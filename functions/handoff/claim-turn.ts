import { chooseMember, needsLoads, type Standing, type Turn } from '../../domain/handoff/choose-member.ts'
import type { AssignedBecause } from '../../domain/handoff/handoff.ts'
import { leadIdOfHandoff } from '../../domain/handoff/handoff-ids.ts'
import type { Member, Team } from '../../domain/handoff/handoff-rules.ts'
import { type Claim, type CountedHandoff, loadsOf, type Round } from '../../domain/handoff/round.ts'
import type { Owed } from '../../domain/handoff/take-turn.ts'
import { isSameAddress, memberOf } from '../../domain/handoff/team-members.ts'
import { parseLeadId } from '../../domain/lead/lead-id.ts'
import { type Clock, Conflict, type Handoffs } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { Rounds } from '../routing-ports.ts'
import { type Outcome, takeTogether } from './take-together.ts'

export interface ClaimTurnPorts {
  readonly handoffs: Pick<Handoffs, 'load'>
  readonly rounds: Rounds
  readonly clock: Clock
}

export interface TurnWish {
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

export interface GivenTurn {
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
