import type { Handoff } from '../handoff/handoff.ts'
import { filterFacts, isStructural } from '../lead/filter-facts.ts'
import { foldLead } from '../lead/fold.ts'
import { timeInStages } from '../lead/funnel.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { compareFacts, type Fact } from '../model/activity.ts'
import { stageMetrics } from '../model/built-in-names.ts'
import {
  type Deal,
  type Money,
  moneyOf,
  type SalesPhase,
  stageIds,
  stageRank,
  sumMoney,
} from '../model/deal.ts'
import type { Json } from '../model/json.ts'
import type { Rules } from '../rules/rules.ts'

/** `from` is inclusive, `to` exclusive; RFC 3339 UTC with milliseconds. */
export interface KpiWindow {
  readonly from: string
  readonly to: string
}

/** The counted part of a handoff. */
export type KpiHandoff = Pick<Handoff, 'handoffId' | 'requestedAt' | 'dueAt' | 'answer' | 'overdueSince'>

/** A person at the end of the window. */
interface KpiLead {
  /** Counting facts before the end, in order. */
  readonly facts: readonly Fact[]
  readonly state: LeadState
  readonly handoffs: readonly KpiHandoff[]
}

const isWithin = (at: string, { from, to }: KpiWindow): boolean => at >= from && at < to

const day = 86_400_000

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / day

/**
 * A lead at the end of the window: facts voided or recognised as automated since do not count.
 * @param log of the lead and those merged into it. @param now end of an unfinished window.
 * @returns undefined if the lead did not exist yet.
 */
export const kpiLead = (
  { log, handoffs }: { readonly log: readonly Fact[]; readonly handoffs: readonly KpiHandoff[] },
  rules: Rules,
  { to }: KpiWindow,
  now: string,
): KpiLead | undefined => {
  const ids = new Set<string>()
  const before = log
    .toSorted(compareFacts)
    .filter((fact) => (fact.occurredAt < to || isStructural(fact)) && ids.size < ids.add(fact.id).size)
  const end = to < now ? to : now
  const { leftOut } = filterFacts(before, Date.parse(end))
  const facts = before.filter((fact) => !leftOut.has(fact.id) && !isStructural(fact))
  const state = facts.length === 0 ? undefined : foldLead(before, rules, end)
  return state && { facts, state, handoffs }
}

/** Counts of a page of leads: plain JSON that can be added up. Rates and medians are computed at the end. */
export interface Tally {
  readonly counts: Record<string, number>
  /** Single values, for medians. */
  readonly samples: Record<string, number[]>
  /** The sum of each currency. */
  readonly money: Record<string, readonly Money[]>
}

export const emptyTally = (): Tally => ({ counts: {}, samples: {}, money: {} })

const count = ({ counts }: Tally, key: string, by = 1): void => {
  counts[key] = (counts[key] ?? 0) + by
}

const sample = ({ samples }: Tally, key: string, value: number): void => {
  const known = samples[key]
  if (known) known.push(value)
  else samples[key] = [value]
}

const pay = ({ money }: Tally, key: string, amounts: readonly Money[]): void => {
  money[key] = sumMoney([...(money[key] ?? []), ...amounts])
}

/** Adds `other` to `tally`. */
export const addTally = (tally: Tally, other: Tally): void => {
  for (const [key, by] of Object.entries(other.counts)) count(tally, key, by)
  for (const [key, values] of Object.entries(other.samples))
    for (const value of values) sample(tally, key, value)
  for (const [key, amounts] of Object.entries(other.money)) pay(tally, key, amounts)
}

export const counted = ({ counts }: Tally, key: string): number => counts[key] ?? 0

/** From 0 to 1; null if the denominator is 0. */
export const rate = (tally: Tally, part: string, whole: string): number | null => {
  const all = counted(tally, whole)
  return all === 0 ? null : counted(tally, part) / all
}

/** Null without values; the mean of the middle two if even. */
export const median = ({ samples }: Tally, key: string): number | null => {
  const values = (samples[key] ?? []).toSorted((a, b) => a - b)
  const middle = values.length / 2
  const [low, high] = [values[Math.ceil(middle) - 1], values[Math.floor(middle)]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}

/** Decimals as text, by currency. */
export const revenue = ({ money }: Tally, key: string): Readonly<Record<string, string>> =>
  Object.fromEntries((money[key] ?? []).map(({ currency, amount }) => [currency, amount]))

/** A won deal, or an order. */
interface Purchase {
  readonly type: 'deal' | 'order'
  readonly at: string
  /** Absent without an amount. */
  readonly money?: Money
}

/** All purchases of a lead, oldest first. */
const purchasesOf = ({ facts, state: { deals = [] } }: KpiLead): readonly Purchase[] => {
  const won = deals.flatMap(({ status, closedAt, value }): Purchase[] =>
    status === 'won' && closedAt !== undefined
      ? [{ type: 'deal', at: closedAt, ...(value && { money: value }) }]
      : [],
  )
  const ordered = facts
    .filter(({ type }) => type === 'order.completed')
    .map(({ occurredAt, properties }): Purchase => {
      const money = moneyOf(properties)
      return { type: 'order', at: occurredAt, ...(money && { money }) }
    })
  return [...won, ...ordered].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

const paidFor = (purchases: readonly Purchase[]): readonly Money[] =>
  purchases.flatMap(({ money }) => money ?? [])

/** Length limit of external names, in characters. */
const longest = 100

/** Activities on the company's sites, which reveal the source of a visit. */
const ofVisits = ['page.viewed', 'page.engaged', 'ad.clicked', 'ad.impression', 'form.submitted']

const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const fieldOf = ({ properties: { fields } }: Fact, name: string): string | undefined =>
  typeof fields === 'object' && fields !== null && !Array.isArray(fields) && name in fields
    ? text(Object.entries(fields).find(([field]) => field === name)?.[1])
    : undefined

const sourceIn = (fact: Fact): string | undefined =>
  text(fact.properties.source) ?? fieldOf(fact, 'source') ?? fieldOf(fact, 'utm_source')

/** The first source of a person: `utm_source`, else the referring site, else `direct`. @param facts in order. */
const sourceOf = (facts: readonly Fact[]): string => {
  const visits = facts.filter(({ type }) => ofVisits.includes(type))
  for (const fact of visits) {
    const source = sourceIn(fact) ?? text(fact.properties.referrer)
    if (source !== undefined) return source.slice(0, longest)
  }
  return 'direct'
}

/** When an address became known: before, they are a visitor, not a lead. */
const knownSince = (facts: readonly Fact[]): string | undefined =>
  facts.find(({ email, properties: { fields } }) => {
    const hasField = typeof fields === 'object' && fields !== null && 'email' in fields
    return email !== undefined || hasField
  })?.occurredAt

/** The first answer to each handoff, in order: later ones change nothing. */
const answersIn = (facts: readonly Fact[]): readonly Fact[] => {
  const answered = new Set<string>()
  return facts.filter(({ id, type, properties: { handoffId } }) => {
    if (type !== 'handoff.accepted' && type !== 'handoff.rejected') return false
    return answered.size < answered.add(typeof handoffId === 'string' ? handoffId : id).size
  })
}

const hour = 3_600_000

/** When sales answered, or the handoff was withdrawn. */
const answeredAt = ({ answer }: KpiHandoff): string | undefined => {
  switch (answer.state) {
    case 'requested':
      return undefined
    case 'accepted':
    case 'rejected':
    case 'expired':
      return answer.at
    case 'won':
    case 'lost':
      return answer.accepted?.at ?? answer.at
    default:
      return answer satisfies never
  }
}

const countHandoffs = ({ facts, state, handoffs }: KpiLead, window: KpiWindow, tally: Tally): void => {
  for (const { type, occurredAt, properties } of answersIn(facts)) {
    if (!isWithin(occurredAt, window)) continue
    count(tally, 'handoffsAnswered')
    if (type === 'handoff.rejected') continue
    count(tally, 'handoffsAccepted')
    const requestedAt =
      handoffs.find(({ handoffId }) => handoffId === properties.handoffId)?.requestedAt ??
      state.qualifications.findLast(({ at }) => at <= occurredAt)?.at
    if (requestedAt !== undefined && requestedAt <= occurredAt)
      sample(tally, 'hoursToAccept', (Date.parse(occurredAt) - Date.parse(requestedAt)) / hour)
  }
  for (const handoff of handoffs) {
    const { dueAt, overdueSince } = handoff
    const since = overdueSince ?? ((answeredAt(handoff) ?? window.to) > dueAt ? dueAt : undefined)
    if (since !== undefined && isWithin(since, window)) count(tally, 'handoffsOverdue')
  }
}

/** Adds a lead to the shared figures. */
const countShared = (lead: KpiLead, window: KpiWindow, tally: Tally): void => {
  countHandoffs(lead, window, tally)
  const purchases = purchasesOf(lead)
  const source = sourceOf(lead.facts)
  const since = knownSince(lead.facts)
  const isNew = since !== undefined && isWithin(since, window)
  const [first] = purchases
  if (isNew) {
    count(tally, 'leads')
    count(tally, `leadsFrom:${source}`)
  }
  if (isNew && first) count(tally, 'leadsBought')
  if (first && isWithin(first.at, window)) {
    count(tally, `customersFrom:${source}`)
    sample(tally, 'daysToCustomer', daysBetween(lead.state.createdAt, first.at))
  }
  const money = paidFor(purchases.filter(({ at }) => isWithin(at, window)))
  if (money.length > 0) pay(tally, `revenueFrom:${source}`, money)
}

/** Metrics that count activities of a type. */
const byType: ReadonlyMap<string, string> = new Map([
  ['page.viewed', 'visits'],
  ['ad.impression', 'impressions'],
  ['ad.clicked', 'clicks'],
  ['email.clicked', 'clicks'],
  ['newsletter.subscribed', 'newsletterSignups'],
  ['demo.requested', 'demoRequests'],
  ['content.downloaded', 'downloads'],
  ['webinar.attended', 'webinarAttendance'],
  ['quote.requested', 'quoteRequests'],
  ['cart.updated', 'cartActions'],
  ['prices.compared', 'priceComparisons'],
  ['sales.engaged', 'salesEngagements'],
  ['order.completed', 'purchases'],
])

const ofAwareness = ['ad.impression', 'ad.clicked', 'page.viewed']

const countFact = ({ type, properties: { seconds, rating } }: Fact, tally: Tally): void => {
  const metric = byType.get(type)
  if (metric !== undefined) count(tally, metric)
  if (type === 'page.engaged' && typeof seconds === 'number') count(tally, 'dwellSeconds', seconds)
  if (type === 'offer.rated' && typeof rating === 'number') sample(tally, 'offerRatings', rating)
}

/** A lead counts once for each stage; the next stage must follow in the same cycle. */
const countStages = ({ state }: KpiLead, window: KpiWindow, tally: Tally): void => {
  count(tally, `current:${state.stage.stage}`)
  if (isWithin(state.createdAt, window)) {
    count(tally, 'new')
    if (state.stages.some(({ stage }) => stage === 'purchase')) count(tally, 'newAndBought')
  }
  for (const stage of stageIds) {
    const entries = state.stages.filter((entry) => entry.stage === stage && isWithin(entry.at, window))
    if (entries.length === 0) continue
    count(tally, `entered:${stage}`)
    const goesOn = entries.some(({ cycle }) =>
      state.stages.some((other) => other.cycle === cycle && stageRank(other.stage) > stageRank(stage)),
    )
    if (goesOn) count(tally, `advanced:${stage}`)
  }
  for (const { stage, until, days, implied } of timeInStages(state, window.to))
    if (until !== null && !implied && isWithin(until, window)) sample(tally, `daysIn:${stage}`, days)
}

/** Adds a lead to the figures of the funnel. */
const countFunnel = (lead: KpiLead, window: KpiWindow, tally: Tally): void => {
  const facts = lead.facts.filter(({ occurredAt }) => isWithin(occurredAt, window))
  for (const fact of facts) countFact(fact, tally)
  if (facts.some(({ type }) => ofAwareness.includes(type))) count(tally, 'reach')
  countStages(lead, window, tally)
}

const salesByType: ReadonlyMap<string, string> = new Map([
  ['contact.requested', 'contactRequests'],
  ['proposal.sent', 'proposals'],
  ['proposal.accepted', 'proposalsAccepted'],
  ['proposal.declined', 'proposalsDeclined'],
])

const countSalesFact = ({ type, properties: { rating } }: Fact, tally: Tally): void => {
  const metric = salesByType.get(type)
  if (metric !== undefined) count(tally, metric)
  if (metric === 'proposalsAccepted' || metric === 'proposalsDeclined') count(tally, 'proposalsAnswered')
  if (type === 'customer.rated' && typeof rating === 'number') sample(tally, 'customerRatings', rating)
}

/** A record without a list still counts as asked. */
const countNeeds = (facts: readonly Fact[], tally: Tally): void => {
  const recorded = facts.filter(({ type }) => type === 'needs.recorded')
  if (recorded.length === 0) return
  count(tally, 'needsAnalysed')
  for (const { properties } of recorded)
    if (Array.isArray(properties.needs)) count(tally, 'needs', properties.needs.length)
}

/** Negotiations that ended within the window, even repeated ones. */
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

/** Adds a lead to the figures of sales. */
const countSales = (lead: KpiLead, window: KpiWindow, tally: Tally): void => {
  const facts = lead.facts.filter(({ occurredAt }) => isWithin(occurredAt, window))
  for (const fact of facts) countSalesFact(fact, tally)
  countNeeds(facts, tally)
  const qualified = lead.state.qualifications.filter(({ at }) => isWithin(at, window))
  if (qualified.length > 0) count(tally, 'qualifiedLeads')
  for (const { score } of qualified) sample(tally, 'scores', score)
  for (const deal of lead.state.deals ?? []) countDeal(deal, window, tally)
  countCustomer(lead, window, tally)
}

/** Adds a person to the figures, which only contain numbers, sums and sources. */
export const countLead = (lead: KpiLead, window: KpiWindow, tally: Tally): void => {
  countFunnel(lead, window, tally)
  countSales(lead, window, tally)
  countShared(lead, window, tally)
}

/** The keys of every metric: those of the funnel's stages stand with the playbook, which names them. */
export { stageMetrics }

export const phaseMetrics = {
  lead_generation: ['leads', 'contactRequests'],
  lead_qualification: ['qualifiedLeads', 'averageScore'],
  needs_analysis: ['needsAnalysed', 'needsPerLead'],
  proposal: ['proposals', 'acceptanceRate'],
  negotiation: ['medianNegotiationDays', 'successRate'],
  closing: ['closeRate', 'revenue'],
  post_sale: ['retentionRate', 'satisfaction', 'repeatPurchases'],
} as const satisfies Readonly<Record<SalesPhase, readonly string[]>>

export const sharedMetrics = [
  'handoffAcceptanceRate',
  'medianHoursToAccept',
  'handoffsOverdue',
  'leadToCustomerRate',
  'medianDaysToCustomer',
  'revenueBySource',
] as const
