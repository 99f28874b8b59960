import type { LeadState } from '../lead/lead-state.ts'
import type { LeadId } from '../model/activity.ts'
import { type Handoff, stopDeadlines } from './handoff.ts'

/** An open handoff that is closed as the person has another one, to be answered in its place. */
export const hasStandIn = ({ answer }: Handoff): boolean =>
  answer.state === 'expired' && answer.standIn !== undefined

/** The lead that stands for the person. */
interface Root {
  readonly leadId: LeadId
  readonly state: LeadState
}

/** That of the root comes first, then what has waited longest. */
const rankOf = ({ leadId, requestedAt, handoffId }: Handoff, root: Root): string =>
  `${leadId === root.leadId ? 0 : 1} ${requestedAt} ${handoffId}`

/** Whether sales has the lead by it: one that was accepted before the lead went back to marketing stays accepted. */
const isAcceptedNow = ({ answer }: Handoff, { recycles }: Pick<LeadState, 'recycles'>): boolean =>
  answer.state === 'accepted' && !recycles.some(({ at }) => at > answer.at)

/** Whether sales has the person by it already, or is asked to. @param state of the lead that stands for the person. */
export const isInHand = (handoff: Handoff, state: Pick<LeadState, 'recycles'>): boolean =>
  handoff.answer.state === 'requested' || isAcceptedNow(handoff, state)

/** The handoff that is answered in place of this open one; undefined where it needs an answer itself. */
const standInFor = (handoff: Handoff, root: Root, others: readonly Handoff[]): Handoff | undefined => {
  const accepted = others.find((other) => isAcceptedNow(other, root.state))
  if (accepted) return accepted
  const open = others.filter(({ answer }) => answer.state === 'requested')
  return open.find((other) => rankOf(other, root) < rankOf(handoff, root))
}

/**
 * A handoff as those of the person's other leads have it. Where merged leads brought several, one answer is enough: an open one is
 * closed where another is accepted, or while one that goes before it is open; it is opened again, with its deadlines, when
 * that one is no longer of the person.
 * @param others handoffs of the person's other leads, in any order. @param now RFC 3339 UTC.
 * @returns the same handoff if nothing changes.
 */
export const besideOthers = (
  handoff: Handoff,
  root: Root,
  others: readonly Handoff[],
  now: string,
): Handoff => {
  const { answer } = handoff
  if (answer.state === 'requested') {
    const standIn = standInFor(handoff, root, others)?.handoffId
    if (standIn === undefined) return handoff
    return {
      ...handoff,
      ...stopDeadlines(handoff, now),
      answer: { state: 'expired', at: now, reason: 'merged', standIn },
    }
  }
  if (answer.state !== 'expired' || answer.standIn === undefined) return handoff
  const isThere = others.some(({ handoffId }) => handoffId === answer.standIn)
  return isThere ? handoff : { ...handoff, answer: { state: 'requested' } }
}
