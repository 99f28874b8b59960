import { chooseMember, needsLoads, type Standing, type Turn } from '../../domain/handoff/choose-member.ts'
import type { AssignedBecause } from '../../domain/handoff/handoff.ts'
import { leadIdOfHandoff } from '../../domain/handoff/handoff-ids.ts'
import type { Member, Team } from '../../domain/handoff/handoff-rules.ts'
import { type Claim, loadsOf, type Round } from '../../domain/handoff/round.ts'
import type { Owed } from '../../domain/handoff/take-turn.ts'
import { isSameAddress, memberOf } from '../../domain/handoff/team-members.ts'
import { parseLeadId } from '../../domain/lead/lead-id.ts'
import { type Clock, Conflict, type Handoffs } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { Rounds } from '../routing-ports.ts'
import { oneAtATime } from './one-at-a-time.ts'

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

/** How many claims are kept before it is looked up which of them are settled. */
const claimsBetweenLooks = 20
/** As long as a message can come back: SQS keeps none longer. */
const claimsKept = 14 * 86_400_000

/**
 * Gives a team's turn for one assignment of a handoff, once: whoever asks again, after a crash or beside another, is given
 * the same member. A claim stands in the round until its handoff is seen stored, so that no number of turns in between
 * makes it forgotten.
 */
export const makeClaimTurn = (ports: ClaimTurnPorts) => {
  const inTurn = oneAtATime()
  return (wish: TurnWish): Promise<GivenTurn | undefined> =>
    // Within the container nobody else is at it; with another one it is tried again at once.
    inTurn(wish.team.id, () => retryConflicts(() => claimTurn(ports, wish)))
}

export type ClaimTurn = ReturnType<typeof makeClaimTurn>

/** @returns undefined when nobody may have it. @throws Conflict */
const claimTurn = async (ports: ClaimTurnPorts, wish: TurnWish): Promise<GivenTurn | undefined> => {
  const { handoffId, assignment, team, because, except = [], choose = chooseMember } = wish
  const round = await ports.rounds.load(team.id)
  const claimed = round.claims.find((claim) => isFor(claim, wish) && isAsWished(claim, wish))
  const before = claimed && memberOf(team, claimed.owner)
  if (before) return { member: before, because }
  const now = ports.clock()
  const [isSettled, counted] = await Promise.all([
    // After the round: its claim is dropped only once the handoff is there to be seen.
    isStored(ports, handoffId, assignment),
    needsLoads(team) || choose !== chooseMember ? ports.rounds.counted(team.id) : [],
  ])
  if (isSettled) throw new Conflict(`assignment ${assignment} of ${handoffId} was made meanwhile`)
  const loads = loadsOf(counted, round.claims, now)
  const turn = choose(team, { owed: round.owed, loads, now, except })
  if (!turn) return undefined
  const claim: Claim = { handoffId, assignment, owner: turn.member.email, because, at: now }
  const others = round.claims.filter((other) => !isFor(other, wish))
  await ports.rounds.commit({
    ...round,
    owed: ofMembers(turn.owed, team),
    claims: [...(await unsettled(ports, others, now)), claim],
  })
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

const load = async ({ handoffs }: ClaimTurnPorts, handoffId: string) => {
  const leadId = parseLeadId(leadIdOfHandoff(handoffId))
  return leadId && handoffs.load(leadId, handoffId)
}

const isStored = async (ports: ClaimTurnPorts, handoffId: string, assignment: number): Promise<boolean> =>
  ((await load(ports, handoffId))?.assignments.length ?? 0) >= assignment

/** Looked up now and then: claims whose handoff is stored, and counted for its team, are done. */
const unsettled = async (
  ports: ClaimTurnPorts,
  claims: Round['claims'],
  now: string,
): Promise<readonly Claim[]> => {
  if (claims.length === 0 || claims.length % claimsBetweenLooks !== 0) return claims
  const stored = await Promise.all(claims.map(({ handoffId }) => load(ports, handoffId)))
  return claims.filter(({ assignment, at }, index) => {
    const handoff = stored[index]
    const isDone = handoff && handoff.outbox.length === 0 && handoff.assignments.length >= assignment
    return !isDone && Date.parse(now) - Date.parse(at) < claimsKept
  })
}
