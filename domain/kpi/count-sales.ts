import type { Fact } from '../activity/activity.ts'
import type { Deal } from '../sales/deal.ts'
import { paidFor, purchasesOf } from './business.ts'
import { daysBetween, isWithin, type KpiLead, type KpiWindow } from './kpi-lead.ts'
import { count, pay, sample, type Tally } from './tally.ts'

const byType: ReadonlyMap<string, string> = new Map([
  ['contact.requested', 'contactRequests'],
  ['proposal.sent', 'proposals'],
  ['proposal.accepted', 'proposalsAccepted'],
  ['proposal.declined', 'proposalsDeclined'],
])

const countFact = ({ type, properties: { rating } }: Fact, tally: Tally): void => {
  const metric = byType.get(type)
  if (metric !== undefined) count(tally, metric)
  if (metric === 'proposalsAccepted' || metric === 'proposalsDeclined') count(tally, 'proposalsAnswered')
  if (type === 'customer.rated' && typeof rating === 'number') sample(tally, 'customerRatings', rating)
}

/** A record without a list still says that somebody asked. */
const countNeeds = (facts: readonly Fact[], tally: Tally): void => {
  const recorded = facts.filter(({ type }) => type === 'needs.recorded')
  if (recorded.length === 0) return
  count(tally, 'needsAnalysed')
  for (const { properties } of recorded)
    if (Array.isArray(properties.needs)) count(tally, 'needs', properties.needs.length)
}

/** Negotiations that were over within the window, however often the deal went back to one. */
const countNegotiations = ({ phases, closedAt }: Deal, window: KpiWindow, tally: Tally): void => {
  for (const [index, { phase, at, endedAt }] of phases.entries()) {
    const end = endedAt ?? phases[index + 1]?.at ?? closedAt
    if (phase === 'negotiation' && end !== undefined && isWithin(end, window))
      sample(tally, 'negotiationDays', daysBetween(at, end))
  }
}

const countDeal = (deal: Deal, window: KpiWindow, tally: Tally): void => {
  countNegotiations(deal, window, tally)
  const { status, closedAt, value, phases } = deal
  if (status === 'open' || closedAt === undefined || !isWithin(closedAt, window)) return
  const wasNegotiated = phases.some(({ phase }) => phase === 'negotiation')
  count(tally, 'dealsClosed')
  if (wasNegotiated) count(tally, 'negotiationsClosed')
  if (status === 'lost') return
  count(tally, 'dealsWon')
  if (wasNegotiated) count(tally, 'negotiationsWon')
  pay(tally, 'dealRevenue', value ? [value] : [])
}

const countCustomer = (lead: KpiLead, window: KpiWindow, tally: Tally): void => {
  const purchases = purchasesOf(lead)
  const [first] = purchases
  if (first === undefined) return
  const here = purchases.filter(({ at }) => isWithin(at, window))
  pay(tally, 'orderRevenue', paidFor(here.filter(({ type }) => type === 'order')))
  count(tally, 'repeatPurchases', here.filter((one) => one !== first).length)
  if (first.at >= window.from) return
  count(tally, 'customersBefore')
  if (here.length > 0) count(tally, 'customersRetained')
}

/** What one lead adds to the figures of sales. */
export const countSales = (lead: KpiLead, window: KpiWindow, tally: Tally): void => {
  const facts = lead.facts.filter(({ occurredAt }) => isWithin(occurredAt, window))
  for (const fact of facts) countFact(fact, tally)
  countNeeds(facts, tally)
  const qualified = lead.state.qualifications.filter(({ at }) => isWithin(at, window))
  if (qualified.length > 0) count(tally, 'qualifiedLeads')
  for (const { score } of qualified) sample(tally, 'scores', score)
  for (const deal of lead.state.deals ?? []) countDeal(deal, window, tally)
  countCustomer(lead, window, tally)
}
