import { type Deal, isOfUnnamedHandoff } from '../sales/deal.ts'
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

/** When business with a lead can have come from a handoff. */
export interface Term {
  readonly from: string
  readonly until?: string
}

/**
 * The deals of a handoff: those that say so, else those that sales began while it was out without saying from which.
 * @param deals of its lead, all of them.
 */
export const dealsOf = (
  { handoffId }: Pick<Handoff, 'handoffId'>,
  deals: readonly Deal[],
  term?: Term,
): readonly Deal[] => {
  const named = deals.filter((deal) => deal.handoffId === handoffId)
  if (named.length > 0 || !term) return named
  const { from, until } = term
  return deals.filter(
    (deal) =>
      (deal.handoffId === undefined || isOfUnnamedHandoff(deal)) &&
      from <= deal.openedAt &&
      (until === undefined || deal.openedAt < until),
  )
}

/**
 * How a handoff stands by what has become of its deals: won or lost once all of them are over, and accepted again where one
 * is not, or its end was taken back. What sales rejected and what expired stays so, and so does one without any end.
 * @param own its deals, as `dealsOf` has them. @returns the same handoff where nothing changes.
 */
export const followDeals = (handoff: Handoff, own: readonly Deal[]): Handoff => {
  const { answer } = handoff
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
