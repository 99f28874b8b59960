import { foldLead } from '../../../domain/lead/fold.ts'
import { timeInStages } from '../../../domain/lead/funnel.ts'
import type { LeadState } from '../../../domain/lead/lead-state.ts'
import { compareFacts, type Fact } from '../../../domain/model/activity.ts'
import { type Deal, type Money, moneyOf, stageIds, stageRank, sumMoney } from '../../../domain/model/deal.ts'
import type { Rules } from '../../../domain/rules/rules.ts'
import type { MadeUp } from './made-up-year.ts'

/** RFC 3339 UTC with milliseconds: `from` is inclusive, `to` exclusive. */
export interface Span {
  readonly from: string
  readonly to: string
}

/**
 * A count of the same figures by another way: person by person, over what happened to them and their state at the end of the
 * period, without rows.
 */
export const makeTally = ({ from, to }: Span, rules: Rules) => {
  const counts = new Map<string, number>()
  const samples = new Map<string, number[]>()
  const paid = new Map<string, readonly Money[]>()
  const isWithin = (at: string): boolean => at >= from && at < to
  const count = (key: string, by = 1): void => void counts.set(key, (counts.get(key) ?? 0) + by)
  const sample = (key: string, value: number): void => {
    const known = samples.get(key)
    if (known) known.push(value)
    else samples.set(key, [value])
  }
  const pay = (key: string, money: Money | undefined): void => {
    if (money) paid.set(key, sumMoney([...(paid.get(key) ?? []), money]))
  }
  return { counts, samples, paid, isWithin, count, sample, pay, from, to, rules }
}

type Tally = ReturnType<typeof makeTally>

const day = 86_400_000

const byType: Readonly<Record<string, string>> = {
  'page.viewed': 'awareness.visits',
  'ad.impression': 'awareness.impressions',
  'ad.clicked': 'interest.clicks',
  'email.clicked': 'interest.clicks',
  'newsletter.subscribed': 'interest.newsletterSignups',
  'demo.requested': 'consideration.demoRequests',
  'content.downloaded': 'consideration.downloads',
  'webinar.attended': 'consideration.webinarAttendance',
  'quote.requested': 'intent.quoteRequests',
  'cart.updated': 'intent.cartActions',
  'prices.compared': 'intent.priceComparisons',
  'sales.engaged': 'evaluation.salesEngagements',
  'order.completed': 'purchase.purchases',
  'contact.requested': 'lead_generation.contactRequests',
  'proposal.sent': 'proposal.proposals',
  'proposal.accepted': 'accepted',
  'proposal.declined': 'declined',
}

const countFacts = (tally: Tally, facts: readonly Fact[]): void => {
  const here = facts.filter(({ occurredAt }) => tally.isWithin(occurredAt))
  for (const { type, properties } of here) {
    const { seconds, rating } = properties
    const key = byType[type]
    if (key !== undefined) tally.count(key)
    if (type === 'page.engaged' && typeof seconds === 'number')
      tally.count('tenths', Math.round(seconds * 10))
    if (type === 'offer.rated' && typeof rating === 'number') tally.sample('evaluation.offerRating', rating)
    if (type === 'customer.rated' && typeof rating === 'number')
      tally.sample('post_sale.satisfaction', rating)
  }
  if (here.some(({ type }) => ['ad.impression', 'ad.clicked', 'page.viewed'].includes(type)))
    tally.count('awareness.reach')
  const needs = here.filter(({ type }) => type === 'needs.recorded')
  if (needs.length > 0) tally.count('needs_analysis.needsAnalysed')
  for (const { properties } of needs)
    if (Array.isArray(properties.needs)) tally.count('needs', properties.needs.length)
}

const countStages = (tally: Tally, state: LeadState): void => {
  tally.count(`${state.stage.stage}.current`)
  if (tally.isWithin(state.createdAt)) {
    tally.count('new')
    if (state.stages.some(({ stage }) => stage === 'purchase')) tally.count('newAndBought')
  }
  for (const stage of stageIds) {
    const entries = state.stages.filter((entry) => entry.stage === stage && tally.isWithin(entry.at))
    if (entries.length === 0) continue
    tally.count(`${stage}.entered`)
    const goesOn = entries.some(({ cycle }) =>
      state.stages.some((other) => other.cycle === cycle && stageRank(other.stage) > stageRank(stage)),
    )
    if (goesOn) tally.count(`${stage}.advanced`)
    if (entries.every(({ implied }) => implied)) tally.count(`${stage}.skipped`)
  }
  for (const { stage, until, at, implied } of timeInStages(state, tally.to))
    if (until !== null && !implied && tally.isWithin(until))
      tally.sample(`${stage}.median`, Date.parse(until) - Date.parse(at))
}

interface Purchase {
  readonly at: string
  readonly isDeal: boolean
  readonly money: Money | undefined
}

const purchasesOf = (facts: readonly Fact[], { deals = [] }: LeadState): readonly Purchase[] =>
  [
    ...deals.flatMap(({ status, closedAt, value }) =>
      status === 'won' && closedAt !== undefined ? [{ at: closedAt, isDeal: true, money: value }] : [],
    ),
    ...facts
      .filter(({ type }) => type === 'order.completed')
      .map(({ occurredAt, properties }) => ({ at: occurredAt, isDeal: false, money: moneyOf(properties) })),
  ].toSorted((a, b) => (a.at < b.at ? -1 : 1))

const countDeal = (tally: Tally, { status, closedAt, phases }: Deal): void => {
  for (const [index, { phase, at, endedAt }] of phases.entries()) {
    const end = endedAt ?? phases[index + 1]?.at ?? closedAt
    if (phase === 'negotiation' && end !== undefined && tally.isWithin(end))
      tally.sample('negotiation.medianNegotiationDays', Date.parse(end) - Date.parse(at))
  }
  if (status === 'open') tally.count('velocity.openDeals')
  if (status === 'open' || closedAt === undefined || !tally.isWithin(closedAt)) return
  const wasNegotiated = phases.some(({ phase }) => phase === 'negotiation')
  for (const what of wasNegotiated ? ['deals', 'negotiated'] : ['deals']) {
    tally.count(`${what}Closed`)
    if (status === 'won') tally.count(`${what}Won`)
  }
}

const countPurchases = (
  tally: Tally,
  purchases: readonly Purchase[],
  { source, campaign }: MadeUp,
  createdAt: string,
): void => {
  const [first] = purchases
  if (!first) return
  const here = purchases.filter(({ at }) => tally.isWithin(at))
  for (const { isDeal, money } of here) {
    tally.pay(isDeal ? 'closing.revenue' : 'purchase.revenue', money)
    tally.pay(`revenue ${source}`, money)
    tally.pay('all', money)
  }
  tally.count('post_sale.repeatPurchases', here.filter((one) => one !== first).length)
  if (first.at < tally.from) {
    tally.count('customersBefore')
    if (here.length > 0) tally.count('customersRetained')
  }
  if (!tally.isWithin(first.at)) return
  tally.sample('shared.medianDaysToCustomer', Date.parse(first.at) - Date.parse(createdAt))
  tally.count(`customers ${source}|${campaign ?? ''}`)
}

const countHandoffs = (tally: Tally, { history: { handoffs } }: MadeUp, facts: readonly Fact[]): void => {
  const answered = new Set<unknown>()
  for (const { type, occurredAt, properties } of facts) {
    const { handoffId } = properties
    if ((type !== 'handoff.accepted' && type !== 'handoff.rejected') || answered.has(handoffId)) continue
    answered.add(handoffId)
    if (!tally.isWithin(occurredAt)) continue
    tally.count('handoffsAnswered')
    if (type === 'handoff.rejected') continue
    tally.count('handoffsAccepted')
    const asked = handoffs.find((handoff) => handoff.handoffId === handoffId)?.requestedAt ?? ''
    tally.sample('shared.medianHoursToAccept', Date.parse(occurredAt) - Date.parse(asked))
  }
  for (const { dueAt, answer } of handoffs)
    if (tally.isWithin(dueAt) && (answer.state === 'requested' || answer.at > dueAt))
      tally.count('shared.handoffsOverdue')
}

const countEmails = (tally: Tally, { history: { sends, runs } }: MadeUp, facts: readonly Fact[]): void => {
  for (const { sendId, sentAt, sequence, email } of sends) {
    if (!tally.isWithin(sentAt)) continue
    tally.count(`email.sent ${sequence}/${email}`)
    for (const kind of ['delivered', 'opened', 'clicked', 'unsubscribed'])
      if (facts.some(({ type, properties }) => type === `email.${kind}` && properties.sendId === sendId))
        tally.count(`email.${kind} ${sequence}/${email}`)
  }
  for (const { sequence, enteredAt, status } of runs) {
    if (tally.isWithin(enteredAt)) tally.count(`sequence.entered ${sequence}`)
    const end = 'at' in status ? status.at : undefined
    if (enteredAt < tally.to && (end === undefined || end >= tally.to))
      tally.count(`sequence.active ${sequence}`)
    if (end !== undefined && tally.isWithin(end)) tally.count(`sequence.${status.type} ${sequence}`)
  }
}

/** Adds a person. */
export const addPerson = (tally: Tally, person: MadeUp): void => {
  const facts = person.facts.filter(({ occurredAt }) => occurredAt < tally.to).toSorted(compareFacts)
  const state = foldLead(facts, tally.rules, tally.to)
  if (!state) return
  countFacts(tally, facts)
  countStages(tally, state)
  countHandoffs(tally, person, facts)
  countEmails(tally, person, facts)
  const qualified = state.qualifications.filter(({ at }) => tally.isWithin(at))
  const origin = `${person.source}|${person.campaign ?? ''}`
  if (qualified.length > 0) tally.count('lead_qualification.qualifiedLeads')
  if (qualified.length > 0) tally.count(`qualified ${origin}`)
  for (const { score } of qualified) tally.sample('lead_qualification.averageScore', Math.round(score * 1e6))
  for (const deal of state.deals ?? []) countDeal(tally, deal)
  const purchases = purchasesOf(facts, state)
  countPurchases(tally, purchases, person, state.createdAt)
  const known = facts.find(({ email }) => email !== undefined)?.occurredAt
  if (known === undefined || !tally.isWithin(known)) return
  tally.count('lead_generation.leads')
  tally.count(`leads ${origin}`)
  if (purchases.length > 0) tally.count('leadsBought')
}

/** Every figure that was counted, by the name that SQL has for it; amounts by currency. */
export const tallied = ({ counts, samples, paid }: Tally): ReadonlyMap<string, unknown> => {
  const counted = (key: string): number => counts.get(key) ?? 0
  const rate = (part: string, whole: string): number | null =>
    counted(whole) === 0 ? null : counted(part) / counted(whole)
  const median = (key: string, unit: number): number | null => {
    const values = (samples.get(key) ?? []).toSorted((a, b) => a - b)
    const middle = values.length / 2
    const [low, high] = [values[Math.ceil(middle) - 1], values[Math.floor(middle)]]
    return low === undefined || high === undefined ? null : (low + high) / 2 / unit
  }
  const mean = (key: string, unit = 1): number | null => {
    const values = samples.get(key) ?? []
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / unit / values.length
  }
  const money = (key: string): object =>
    Object.fromEntries((paid.get(key) ?? []).map(({ currency, amount }) => [currency, amount]))
  const stages = stageIds.flatMap((stage): readonly (readonly [string, unknown])[] => [
    ...['entered', 'skipped', 'current'].map(
      (key) => [`${stage}.${key}`, counted(`${stage}.${key}`)] as const,
    ),
    [`${stage}.conversionToNext`, rate(`${stage}.advanced`, `${stage}.entered`)],
    [`${stage}.median`, median(`${stage}.median`, day)],
  ])
  const plain = [...counts].filter(([key]) =>
    /^(?!velocity|[a-z]+\.(?:current|entered|skipped|advanced)$)[a-z_]+\.\w+$/.test(key),
  )
  return new Map<string, unknown>([
    ...stages,
    ...plain,
    ['interest.dwellSeconds', counted('tenths') / 10],
    ['evaluation.offerRating', mean('evaluation.offerRating')],
    ['post_sale.satisfaction', mean('post_sale.satisfaction')],
    ['lead_qualification.averageScore', mean('lead_qualification.averageScore', 1e6)],
    ['needs_analysis.needsPerLead', rate('needs', 'needs_analysis.needsAnalysed')],
    ['proposal.acceptanceRate', counted('accepted') / (counted('accepted') + counted('declined'))],
    ['negotiation.medianNegotiationDays', median('negotiation.medianNegotiationDays', day)],
    ['negotiation.successRate', rate('negotiatedWon', 'negotiatedClosed')],
    ['closing.closeRate', rate('dealsWon', 'dealsClosed')],
    ['closing.revenue', money('closing.revenue')],
    ['purchase.revenue', money('purchase.revenue')],
    ['purchase.conversionRate', rate('newAndBought', 'new')],
    ['post_sale.retentionRate', rate('customersRetained', 'customersBefore')],
    ['shared.handoffAcceptanceRate', rate('handoffsAccepted', 'handoffsAnswered')],
    ['shared.medianHoursToAccept', median('shared.medianHoursToAccept', 3_600_000)],
    ['shared.leadToCustomerRate', rate('leadsBought', 'lead_generation.leads')],
    ['shared.medianDaysToCustomer', median('shared.medianDaysToCustomer', day)],
    ['velocity.openDeals', counted('velocity.openDeals')],
  ])
}

/** What was counted apart for each of what a report lists. */
export const talliedLists = ({ counts, paid }: Tally) => ({
  counts: new Map([...counts].filter(([key]) => key.includes(' '))),
  revenue: new Map(
    [...paid].flatMap(([key, sums]) =>
      key.startsWith('revenue ')
        ? [
            [
              key.slice(8),
              Object.fromEntries(sums.map(({ currency, amount }) => [currency, amount])),
            ] as const,
          ]
        : [],
    ),
  ),
})
