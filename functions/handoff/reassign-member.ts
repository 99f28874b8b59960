import type { Handoff } from '../../domain/handoff/handoff.ts'
import { isSameAddress } from '../../domain/handoff/team-members.ts'
import type { Rounds } from '../routing-ports.ts'
import {
  makeReassignHandoff,
  type ReassignHandoffPorts,
  type ReassignOutcome,
  type ReassignWish,
} from './reassign-handoff.ts'

export interface ReassignMemberPorts extends ReassignHandoffPorts {
  readonly rounds: Rounds
}

export type MemberOutcome =
  | {
      readonly type: 'reassigned'
      /** Those that have somebody else by now. */
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
  return async (team: string, email: string, wish: ReassignWish): Promise<MemberOutcome> => {
    const counted = await ports.rounds.counted(team)
    const theirs = counted.filter(({ isOpen, owner }) => isOpen && isSameAddress(owner, email))
    const handoffs: Handoff[] = []
    for (const { handoffId } of theirs.slice(0, mostAtOnce)) {
      const outcome = await reassign(handoffId, { ...wish, from: email })
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
