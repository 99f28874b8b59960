import { isClosed } from '../lead/funnel.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { cycleOfHandoff, type LeadId } from '../model/activity.ts'
import { type Deal, isOfUnnamedHandoff } from '../model/deal.ts'
import { outcome } from './answer-handoff.ts'
import { acceptanceOf, type Handoff, stopDeadlines } from './handoff.ts'

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
interface Term {
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

/** In place of a person, where the answer came in as an activity: from a CRM, say. */
export const byActivity = 'activity'

/** Whoever stands for the person of a handoff now: its lead, or the one that was merged into. */
interface FollowedLead {
  readonly leadId: LeadId
  readonly state: LeadState
}

/** How the lead was given back. */
interface Return {
  readonly at: string
  readonly factId: string
  readonly reason: string
  readonly lost?: true
}

/**
 * Brings a handoff in line with its lead, whatever way that took: sales may have answered, won or lost by an activity that
 * came over the bus. The first answer stands; what its lead did not qualify by any more is another matter.
 * @returns the same handoff where nothing changes.
 */
export const followLead = (handoff: Handoff, lead: FollowedLead): Handoff => {
  const term = termOf(handoff, lead)
  const own = dealsOf(handoff, lead.state.deals ?? [], term)
  const followed = followDeals(accepted(handoff, own), own)
  const given = term && returnOf(handoff, lead, term)
  return given ? givenBack(followed, own, given) : followed
}

/** A lead merged into another has no cycles of its own any more: its term begins with the request. */
const termOf = ({ handoffId, leadId, requestedAt }: Handoff, lead: FollowedLead): Term | undefined => {
  if (leadId !== lead.leadId) return { from: requestedAt }
  const cycle = cycleOfHandoff(handoffId)
  const { qualifications } = lead.state
  const from = qualifications.find((one) => one.cycle === cycle)?.at
  const until = qualifications.find((one) => one.cycle > cycle)?.at
  return from === undefined ? undefined : { from, ...(until !== undefined && { until }) }
}

const returnOf = ({ handoffId, leadId }: Handoff, lead: FollowedLead, { from }: Term): Return | undefined => {
  const { recycles, paused, cycle } = lead.state
  const isOwn = leadId === lead.leadId
  const ended = cycleOfHandoff(handoffId)
  const recycle = recycles.find((one) => (isOwn ? one.cycle === ended + 1 : one.at >= from))
  if (recycle) return recycle
  return paused && isClosed(lead.state) && (isOwn ? cycle === ended : paused.at >= from) ? paused : undefined
}

/** It may have been said of business that had begun before: no answer is older than its question. */
const notBefore = ({ requestedAt }: Handoff, at: string): string => (at < requestedAt ? requestedAt : at)

const accepted = (handoff: Handoff, own: readonly Deal[]): Handoff => {
  const deal = own.find(({ handoffId }) => handoffId !== undefined)
  if (handoff.answer.state !== 'requested' || !deal) return handoff
  const at = notBefore(handoff, deal.openedAt)
  const because = { activityId: deal.phases[0]?.factId ?? deal.dealId }
  return {
    ...handoff,
    ...stopDeadlines(handoff, at),
    answer: { state: 'accepted', at, by: byActivity },
    outbox: [
      ...handoff.outbox,
      outcome(handoff, 'HandoffAccepted', at, { handoffId: handoff.handoffId, because }),
    ],
  }
}

/** Who accepts what had been given back before has accepted nothing: no deal came of it. */
const givenBack = (handoff: Handoff, own: readonly Deal[], given: Return): Handoff => {
  const { handoffId, answer } = handoff
  const isInVain = answer.state === 'accepted' && own.length === 0 && given.at <= answer.at
  if (answer.state !== 'requested' && !isInVain) return handoff
  const at = notBefore(handoff, given.at)
  const { factId, reason } = given
  const stopped = answer.state === 'requested' ? stopDeadlines(handoff, at) : {}
  if (given.lost) return { ...handoff, ...stopped, answer: { state: 'lost', at } }
  const because = { activityId: factId }
  return {
    ...handoff,
    ...stopped,
    answer: { state: 'rejected', at, by: byActivity, reason },
    outbox: [...handoff.outbox, outcome(handoff, 'HandoffRejected', at, { handoffId, reason, because })],
  }
}
