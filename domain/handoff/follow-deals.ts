import type { Deal } from '../sales/deal.ts'
import { acceptanceOf } from './accepted.ts'
import { stopDeadlines } from './deadlines.ts'
import type { Handoff } from './handoff.ts'

interface Ending {
  readonly state: 'won' | 'lost'
  readonly at: string
}

/** How it ended: none is open any more, and one win makes it a win. Undefined while one is open, or without any. */
const endingOf = (deals: readonly Deal[]): Ending | undefined => {
  if (deals.some(({ status }) => status === 'open')) return undefined
  const ends = (wanted: 'won' | 'lost'): readonly string[] =>
    deals
      .flatMap(({ status, openedAt, closedAt = openedAt }) => (status === wanted ? [closedAt] : []))
      .toSorted()
  const won = ends('won').at(-1)
  const lost = ends('lost').at(-1)
  if (won !== undefined) return { state: 'won', at: won }
  return lost === undefined ? undefined : { state: 'lost', at: lost }
}

/**
 * How a handoff stands by what has become of its deals: won or lost once all of them are over, and accepted again where one
 * is not, or its end was taken back. What sales rejected and what expired stays so, and so does one without any end.
 * @param deals of its lead, all of them. @returns the same handoff where nothing changes.
 */
export const followDeals = (handoff: Handoff, deals: readonly Deal[]): Handoff => {
  const { answer } = handoff
  const own = deals.filter(({ handoffId }) => handoffId === handoff.handoffId)
  const ending = endingOf(own)
  switch (answer.state) {
    case 'requested':
    case 'accepted':
      return ending ? closed(handoff, ending) : handoff
    case 'won':
    case 'lost':
      if (!ending) return reopened(handoff, own)
      return ending.state === answer.state && ending.at === answer.at ? handoff : closed(handoff, ending)
    case 'rejected':
    case 'expired':
      return handoff
    default:
      return answer satisfies never
  }
}

const closed = (handoff: Handoff, { state, at }: Ending): Handoff => {
  const accepted = acceptanceOf(handoff)
  const overdue = handoff.answer.state === 'requested' ? stopDeadlines(handoff, at) : {}
  return { ...handoff, ...overdue, answer: { state, at, ...(accepted && { accepted }) } }
}

/** Where nobody had said that they take it, its owner did by the deal; without a deal it still waits for an answer. */
const reopened = (handoff: Handoff, own: readonly Deal[]): Handoff => {
  const [deal] = own
  const accepted = acceptanceOf(handoff) ?? (deal && { at: deal.openedAt, by: handoff.owner.email })
  return { ...handoff, answer: accepted ? { state: 'accepted', ...accepted } : { state: 'requested' } }
}
