import type { AssignedBecause, Handoff } from './handoff.ts'
import type { Owed } from './take-turn.ts'

/** How a team's turns stand. All that is handed to the team goes through this one state, so that turns are counted once. */
export interface Round {
  readonly team: string
  /** 0: not stored yet. */
  readonly version: number
  readonly owed: Owed
  /** Turns given whose handoff was not seen with its owner yet: whoever asks again for one of them is given the same. */
  readonly claims: readonly Claim[]
}

export interface Claim {
  readonly handoffId: string
  /** Which assignment of the handoff it is for, from 1. */
  readonly assignment: number
  /** Address of the member. */
  readonly owner: string
  readonly because: AssignedBecause
  readonly at: string
}

/** A handoff as it counts for its team. */
export interface CountedHandoff {
  readonly handoffId: string
  /** Address of the member who has it. */
  readonly owner: string
  /** Which assignment that is, from 1. */
  readonly assignment: number
  /** Requested or accepted, and with this team. */
  readonly isOpen: boolean
}

/** Longer than anybody works on a message: what is claimed after that was cut short, and is a load only once it is taken up again. */
const claimCounts = 15 * 60_000

/**
 * How many open handoffs each member has, by address in lower case: those counted, and turns given that are not counted
 * yet. What was closed within the last hour has to be among `counted`, so that its turn is known to be over.
 */
export const loadsOf = (
  counted: readonly CountedHandoff[],
  claims: readonly Claim[],
  now: string,
): ReadonlyMap<string, number> => {
  const owners = new Map<string, string>()
  const known = new Map(counted.map((handoff) => [handoff.handoffId, handoff.assignment]))
  for (const { handoffId, owner, isOpen } of counted) if (isOpen) owners.set(handoffId, owner)
  for (const { handoffId, assignment, owner, at } of claims)
    if (Date.parse(now) - Date.parse(at) < claimCounts && (known.get(handoffId) ?? 0) < assignment)
      owners.set(handoffId, owner)
  const loads = new Map<string, number>()
  for (const owner of owners.values())
    loads.set(owner.toLowerCase(), (loads.get(owner.toLowerCase()) ?? 0) + 1)
  return loads
}

/** How a stored handoff counts in each team that had it: with the one that has it while it is open, with no other. */
export const countedIn = ({ handoffId, team, owner, assignments, answer }: Handoff): readonly Counted[] => {
  const isRunning = answer.state === 'requested' || answer.state === 'accepted'
  const teams = new Set(assignments.map((assignment) => assignment.team))
  return [...teams].map((one) => {
    const isOpen = isRunning && one === team
    const closedAt = isRunning ? assignments.at(-1)?.at : answer.at
    return {
      team: one,
      handoffId,
      owner: owner.email,
      assignment: assignments.length,
      isOpen,
      ...(!isOpen && closedAt !== undefined && { closedAt }),
    }
  })
}

export interface Counted extends CountedHandoff {
  readonly team: string
  /** Since when it is not open there any more. */
  readonly closedAt?: string
}
