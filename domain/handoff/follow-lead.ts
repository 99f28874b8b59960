import { isClosed } from '../lead/funnel.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { cycleOfHandoff, type LeadId } from '../model/activity.ts'
import { type Deal, isOfUnnamedHandoff } from '../model/deal.ts'
import { outcome } from './answer-handoff.ts'
import { acceptanceOf, type Handoff, stopDeadlines } from './handoff.ts'
import { hasStandIn } from './stand-in.ts'

interface Ending {
  readonly state: 'won' | 'lost'
  readonly at: string
}

/** The outcome of all deals, once none is open: one win makes it a win. Undefined while one is open, or without deals. */
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

/** The period in which a deal may result from a handoff. */
interface Term {
  readonly from: string
  readonly until?: string
}

/**
 * The deals of a handoff: those that name it, else those begun during its period that name none.
 * @param deals all deals of its lead.
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
 * Updates a handoff by its deals: won or lost once all are closed, accepted again if one reopens. Rejected and expired handoffs
 * stay as they are, and so does one without any outcome.
 * @param own its deals, from `dealsOf`. @returns the same handoff if nothing changes.
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

/** A deal implies that the owner accepted; without one the handoff awaits an answer again. */
const reopened = (handoff: Handoff, own: readonly Deal[]): Handoff => {
  const [deal] = own
  const accepted = acceptanceOf(handoff) ?? (deal && { at: deal.openedAt, by: handoff.owner.email })
  return { ...handoff, answer: accepted ? { state: 'accepted', ...accepted } : { state: 'requested' } }
}

/** Stands for the person if the answer came as an activity, for example from a CRM. */
export const byActivity = 'activity'

/** The current lead of a handoff's person: its own, or the one that it was merged into. */
interface FollowedLead {
  readonly leadId: LeadId
  readonly state: LeadState
}

/** How the lead was returned. */
interface Return {
  readonly at: string
  readonly factId: string
  readonly reason: string
  readonly lost?: true
}

/**
 * Aligns a handoff with its lead, however that changed: sales may have answered, won or lost by an activity on the bus. The
 * first answer counts; withdrawals are handled elsewhere.
 * @returns the same handoff if nothing changes.
 */
export const followLead = (handoff: Handoff, lead: FollowedLead): Handoff => {
  const term = termOf(handoff, lead)
  const own = dealsOf(handoff, lead.state.deals ?? [], term)
  const followed = followDeals(accepted(handoff, own), own)
  const given = term && returnOf(handoff, lead, term)
  const next = given ? givenBack(followed, own, given) : followed
  // One that was lost with business of before has no deal of its own: opened again, it is given back to the same end.
  return isLostAlike(next, handoff) ? handoff : next
}

const isLostAlike = ({ answer }: Handoff, { answer: before }: Handoff): boolean =>
  answer.state === 'lost' && before.state === 'lost' && answer.at === before.at

/** A merged lead has no cycles of its own: the period begins with the request. */
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

/** An answer may refer to an earlier deal, but is never older than its question. */
const notBefore = ({ requestedAt }: Handoff, at: string): string => (at < requestedAt ? requestedAt : at)

const accepted = (handoff: Handoff, own: readonly Deal[]): Handoff => {
  const deal = own.find(({ handoffId }) => handoffId !== undefined)
  // What names a handoff answers it, though another one of the person was to be answered.
  if (!deal || (handoff.answer.state !== 'requested' && !hasStandIn(handoff))) return handoff
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

/** Accepting a returned handoff has no effect: no deal followed. */
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
