import type { Fact } from '../activity/activity.ts'
import { sizeOf, stateLimits } from '../lead/state-limits.ts'
import { type Deal, isOfUnnamedHandoff } from './deal.ts'
import { type DealMeaning, dealMeaning } from './deal-activity.ts'
import { type FoundDeal, findDeal } from './find-deal.ts'
import { firstPhase, moveDeal, phaseOf, type WhyStays } from './move-deal.ts'
import type { SalesPhase } from './sales-phases.ts'

/** An activity that was kept and left its deal where it was. */
export interface DealStay {
  readonly dealId: string
  readonly status: Deal['status']
  /** Where the deal stands. */
  readonly phase: SalesPhase
  /** Where the activity would have it; absent where it asks for no phase of its own. */
  readonly wanted?: SalesPhase
  readonly because: WhyStays
}

/** It says once more how a deal ended that was over before: CRMs do so at every edit. Nothing has happened. */
export const isOldNews = ({ type, properties }: Fact, stay: DealStay | undefined): boolean =>
  stay?.because === 'closed' && dealMeaning(type, properties)?.type === 'closes'

export interface DealsAfter {
  /** The same array where nothing has changed. */
  readonly deals: readonly Deal[]
  readonly stay?: DealStay
}

/** A lead's item holds all its deals: beyond these, activities are kept in the log alone. */
const most = { deals: 100, phases: 500 }

/** Room for an open deal to be closed, in bytes. */
const toClose = 512

const isFull = (deals: readonly Deal[]): boolean =>
  deals.length >= most.deals ||
  deals.reduce((sum, { phases }) => sum + phases.length, 0) >= most.phases ||
  sizeOf(deals) + toClose * deals.filter(({ status }) => status === 'open').length > stateLimits.dealBytes

const wantedBy = (meaning: DealMeaning): SalesPhase | undefined =>
  meaning.type === 'opens' || meaning.type === 'touches' ? undefined : firstPhase(meaning)

const stay = (deal: Deal, meaning: DealMeaning, because: WhyStays): DealStay => {
  const wanted = wantedBy(meaning)
  const { dealId, status } = deal
  return { dealId, status, phase: phaseOf(deal), ...(wanted && { wanted }), because }
}

const opened = (dealId: string, fact: Fact, meaning: DealMeaning): Deal => {
  const { id, occurredAt, type, member } = fact
  return {
    dealId,
    ...(type === 'handoff.accepted' ? { handoffId: dealId } : {}),
    ...(member === undefined ? {} : { member }),
    status: 'open',
    phases: [{ phase: firstPhase(meaning), at: occurredAt, factId: id }],
    openedAt: occurredAt,
  }
}

/** Now it is the deal of a handoff: of the one that the acceptance names, else it goes by its own id. */
const linked = (deal: Deal, { properties: { handoffId } }: Fact): Deal => {
  if (deal.handoffId !== undefined && !isOfUnnamedHandoff(deal)) return deal
  if (typeof handoffId === 'string') return { ...deal, handoffId }
  const unnamed = { ...deal, handoffId: deal.dealId }
  return isOfUnnamedHandoff(unnamed) ? unnamed : deal
}

/** The deal as the activity finds it, with the name that the activity gives it; undefined when it is about none. */
const dealBefore = (found: FoundDeal, fact: Fact, meaning: DealMeaning): Deal | undefined => {
  switch (found.type) {
    case 'found':
      return fact.type === 'handoff.accepted' ? linked(found.deal, fact) : found.deal
    case 'adopted':
      return { ...found.deal, externalId: found.externalId }
    case 'new':
      return opened(found.dealId, fact, meaning)
    case 'none':
      return undefined
    default:
      return found satisfies never
  }
}

/**
 * What one more activity makes of a lead's deals. Taken in the order `(occurredAt, id)`, so that it does not matter in
 * which order the activities came in: one that comes late takes its place, and is no step back.
 * @param since when the lead qualified last, RFC 3339 UTC.
 */
export const takeDealActivity = (deals: readonly Deal[], fact: Fact, since?: string): DealsAfter => {
  const meaning = dealMeaning(fact.type, fact.properties)
  if (meaning === undefined) return { deals }
  const found = findDeal(deals, fact, meaning, since)
  const before = dealBefore(found, fact, meaning)
  if (before === undefined) return { deals }
  const result = moveDeal(before, fact, meaning)
  const { deal } = result
  // However many there are, one that is there can be closed.
  const grows =
    found.type === 'new' || (deal.phases.length > before.phases.length && meaning.type !== 'closes')
  const last = deals.at(-1)
  if (grows && last && isFull(deals))
    return { deals, stay: stay(found.type === 'new' ? last : before, meaning, 'too-many') }
  const known = found.type === 'found' || found.type === 'adopted' ? found.deal : undefined
  const next =
    deal === known ? deals : known ? deals.map((one) => (one === known ? deal : one)) : [...deals, deal]
  return result.type === 'moved'
    ? { deals: next }
    : { deals: next, stay: stay(deal, meaning, result.because) }
}
