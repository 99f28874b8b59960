import type { Fact } from '../activity/activity.ts'
import { paidFor, purchasesOf } from './business.ts'
import { daysBetween, isWithin, type KpiHandoff, type KpiLead, type KpiWindow } from './kpi-lead.ts'
import { sourceOf } from './lead-source.ts'
import { count, pay, sample, type Tally } from './tally.ts'

/** When an address of theirs became known: before, they are a visitor and no lead. */
const knownSince = (facts: readonly Fact[]): string | undefined =>
  facts.find(({ email, properties: { fields } }) => {
    const hasField = typeof fields === 'object' && fields !== null && 'email' in fields
    return email !== undefined || hasField
  })?.occurredAt

/** Answers in the order in which they came, the first for each handoff: a repeat or a second answer changes nothing. */
const answersIn = (facts: readonly Fact[]): readonly Fact[] => {
  const answered = new Set<string>()
  return facts.filter(({ id, type, properties: { handoffId } }) => {
    if (type !== 'handoff.accepted' && type !== 'handoff.rejected') return false
    return answered.size < answered.add(typeof handoffId === 'string' ? handoffId : id).size
  })
}

const hour = 3_600_000

/** When sales answered, or there was nothing to answer any more. */
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

/** What one lead adds to the figures that marketing and sales share. */
export const countShared = (lead: KpiLead, window: KpiWindow, tally: Tally): void => {
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
