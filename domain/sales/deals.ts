import type { Fact } from '../model/activity.ts'
import {
  type Deal,
  type DealMeaning,
  type DealPhase,
  dealMeaning,
  givenDealId,
  isOfUnnamedHandoff,
  moneyOf,
  opensFurther,
  phaseRank,
  type SalesPhase,
  salesPhases,
  statesValue,
} from '../model/deal.ts'
import { sizeOf, stateLimits } from '../model/state-limits.ts'

/** Why an activity has no effect on a deal. */
type WhyStays =
  /** Back to an earlier phase without a reason. */
  | 'backwards'
  /** Won or lost already. */
  | 'closed'
  /** It requires a win. */
  | 'not-won'
  /** The limit of deals or phases of a lead is reached. */
  | 'too-many'

type Moved =
  | { readonly type: 'moved'; readonly deal: Deal }
  /** `deal` may have a new value. */
  | { readonly type: 'stays'; readonly deal: Deal; readonly because: WhyStays }

/** Characters of a reason stored with the deal; the log has all of it. */
const longestReason = 200

const reasonOf = ({ properties: { reason } }: Fact): string | undefined =>
  typeof reason === 'string' && reason !== '' ? reason.slice(0, longestReason) : undefined

/** The current phase. */
export const phaseOf = ({ phases }: Pick<Deal, 'phases'>): SalesPhase =>
  phases.at(-1)?.phase ?? salesPhases[0]

const entering = (fact: Fact, phase: SalesPhase, reason?: string): DealPhase => ({
  phase,
  at: fact.occurredAt,
  factId: fact.id,
  ...(reason === undefined ? {} : { reason }),
})

const worth = (deal: Deal, { type, properties }: Fact): Deal => {
  const value = statesValue(type) ? moneyOf(properties) : undefined
  return value === undefined ? deal : { ...deal, value }
}

const moved = (deal: Deal): Moved => ({ type: 'moved', deal })
const stays = (deal: Deal, because: WhyStays): Moved => ({ type: 'stays', deal, because })

const push = (deal: Deal, entry: DealPhase): Deal => ({ ...deal, phases: [...deal.phases, entry] })

const forward = (deal: Deal, fact: Fact, phase: SalesPhase): Deal =>
  phaseRank(phase) > phaseRank(phaseOf(deal)) ? push(deal, entering(fact, phase)) : deal

const reopened = ({ closedAt: _at, closedBy: _by, reason: _reason, ...deal }: Deal): Deal => ({
  ...deal,
  status: 'open',
})

const enter = (deal: Deal, fact: Fact, phase: SalesPhase): Moved => {
  const valued = worth(deal, fact)
  if (phaseRank(phase) >= phaseRank(phaseOf(deal))) return moved(forward(valued, fact, phase))
  const reason = reasonOf(fact)
  return reason === undefined
    ? stays(valued, 'backwards')
    : moved(push(valued, entering(fact, phase, reason)))
}

const move = (deal: Deal, fact: Fact, phase: SalesPhase): Moved => {
  const entered = enter(deal, fact, phase)
  if (deal.status === 'open' || phase === 'closing') return entered
  return entered.type === 'moved' ? moved(reopened(entered.deal)) : stays(deal, 'closed')
}

/** Records the end of a negotiation whose beginning is known. */
const ended = (deal: Deal, { id, type, occurredAt }: Fact): Deal => {
  const last = deal.phases.at(-1)
  const isEnd = type === 'negotiation.ended' && last?.phase === 'negotiation'
  return isEnd && last.factId !== id && last.endedAt === undefined
    ? { ...deal, phases: [...deal.phases.slice(0, -1), { ...last, endedAt: occurredAt }] }
    : deal
}

/** CRMs report a win at every edit: the value is updated, but the deal is not won again. */
const close = (deal: Deal, fact: Fact, status: 'won' | 'lost'): Moved => {
  if (deal.status !== 'open') return stays(deal.status === status ? worth(deal, fact) : deal, 'closed')
  const reason = status === 'lost' ? reasonOf(fact) : undefined
  return moved({
    ...worth(forward(deal, fact, 'closing'), fact),
    status,
    closedAt: fact.occurredAt,
    closedBy: fact.id,
    ...(reason === undefined ? {} : { reason }),
  })
}

const follow = (deal: Deal, fact: Fact): Moved =>
  deal.status === 'won' ? moved(forward(deal, fact, 'post_sale')) : stays(deal, 'not-won')

/** Applies an activity to its deal. A deal just opened by it is in its first phase. */
const moveDeal = (deal: Deal, fact: Fact, meaning: DealMeaning): Moved => {
  const isClosed = deal.status !== 'open'
  switch (meaning.type) {
    case 'opens':
    case 'touches': {
      const valued = worth(deal, fact)
      return moved(isClosed ? valued : forward(valued, fact, 'lead_qualification'))
    }
    case 'enters':
      return isClosed ? stays(deal, 'closed') : enter(deal, fact, meaning.phase)
    case 'passes':
      return isClosed ? stays(deal, 'closed') : moved(ended(forward(deal, fact, meaning.phase), fact))
    case 'moves':
      return move(deal, fact, meaning.phase)
    case 'closes':
      return close(deal, fact, meaning.status)
    case 'follows':
      return follow(deal, fact)
    default:
      return meaning satisfies never
  }
}

/** First phase of a deal opened by this activity. */
const firstPhase = (meaning: DealMeaning): SalesPhase => {
  switch (meaning.type) {
    case 'opens':
    case 'touches':
      return 'lead_qualification'
    case 'enters':
    case 'passes':
    case 'moves':
      return meaning.phase
    case 'closes':
      return 'closing'
    case 'follows':
      return 'post_sale'
    default:
      return meaning satisfies never
  }
}

type FoundDeal =
  | { readonly type: 'found'; readonly deal: Deal }
  /** The CRM's new id is assigned to a deal without one. */
  | { readonly type: 'adopted'; readonly deal: Deal; readonly externalId: string }
  | { readonly type: 'new'; readonly dealId: string }
  | { readonly type: 'none' }

const goesBy =
  (id: string) =>
  ({ dealId, externalId }: Deal): boolean =>
    dealId === id || externalId === id

/** Without an id of the CRM: it was opened by acceptance, or by an activity without an id. */
const isNameless = ({ dealId, externalId, handoffId, phases }: Deal): boolean =>
  externalId === undefined && (dealId === handoffId || dealId === phases[0]?.factId)

const isOpen = ({ status }: Deal): boolean => status === 'open'
const isWon = ({ status }: Deal): boolean => status === 'won'

const lastClosed = (deals: readonly Deal[]): Deal | undefined =>
  deals.reduce<Deal | undefined>(
    (last, deal) => ((deal.closedAt ?? '') >= (last?.closedAt ?? '') ? deal : last),
    undefined,
  )

const found = (deal: Deal | undefined): FoundDeal => (deal ? { type: 'found', deal } : { type: 'none' })

const byId = (
  deals: readonly Deal[],
  id: string,
  { type, properties }: Fact,
  meaning: DealMeaning,
): FoundDeal => {
  const known = deals.find(goesBy(id))
  if (known) return { type: 'found', deal: known }
  if (opensFurther(type, properties)) return { type: 'new', dealId: id }
  const wanted = meaning.type === 'follows' ? isWon : isOpen
  const deal = deals.findLast((one) => wanted(one) && isNameless(one))
  if (deal) return { type: 'adopted', deal, externalId: id }
  return meaning.type === 'follows' ? { type: 'none' } : { type: 'new', dealId: id }
}

/**
 * On acceptance: the handoff's deal, or the one begun by sales since the qualification, preferably an open one. If the activity
 * names no handoff, any begun since.
 */
const byHandoff = (
  deals: readonly Deal[],
  { id, properties }: Fact,
  since: string | undefined,
): FoundDeal => {
  const handoffId = givenDealId(properties.handoffId)
  const known = deals.find((deal) => deal.dealId === handoffId || deal.handoffId === handoffId)
  if (handoffId !== undefined && known) return { type: 'found', deal: known }
  const isFree = (deal: Deal): boolean =>
    handoffId === undefined || deal.handoffId === undefined || isOfUnnamedHandoff(deal)
  const free = deals.filter((deal) => since !== undefined && deal.openedAt >= since && isFree(deal))
  const begun = free.findLast(isOpen) ?? free.findLast(isWon)
  return begun ? { type: 'found', deal: begun } : { type: 'new', dealId: handoffId ?? id }
}

/** Reports within this time (ms) belong to the same win. */
const sameWin = 30 * 86_400_000

/** A second win without a deal id: after this time it is a renewal or another deal, not a repeat. */
const isNextWin = ({ closedAt }: Deal, { occurredAt }: Fact, meaning: DealMeaning): boolean =>
  meaning.type === 'closes' &&
  meaning.status === 'won' &&
  closedAt !== undefined &&
  Date.parse(occurredAt) - Date.parse(closedAt) >= sameWin

/** For an activity without a deal id. */
const byMeaning = (deals: readonly Deal[], fact: Fact, meaning: DealMeaning): FoundDeal => {
  const open = deals.findLast(isOpen)
  switch (meaning.type) {
    case 'opens':
      return { type: 'new', dealId: fact.id }
    case 'enters':
      return open ? found(open) : { type: 'new', dealId: fact.id }
    case 'passes':
    case 'moves':
    case 'closes': {
      // Repeated or late: a closed deal is not won again as another one.
      const latest = open ?? lastClosed(deals)
      return latest && !isNextWin(latest, fact, meaning) ? found(latest) : { type: 'new', dealId: fact.id }
    }
    case 'follows': {
      const won = lastClosed(deals.filter(isWon))
      return found(won ?? (fact.type === 'order.completed' ? undefined : (open ?? lastClosed(deals))))
    }
    case 'touches':
      return { type: 'none' }
    default:
      return meaning satisfies never
  }
}

/**
 * Finds the deal of an activity. A new id is the CRM's name for the deal from the handoff, unless the activity opens another
 * deal; without an id it is the latest open one. Depends only on the order of the facts.
 * @param since the latest qualification.
 */
const findDeal = (
  deals: readonly Deal[],
  fact: Fact,
  meaning: DealMeaning,
  since: string | undefined,
): FoundDeal => {
  if (fact.type === 'handoff.accepted') return byHandoff(deals, fact, since)
  const id = givenDealId(fact.properties.dealId)
  return id === undefined ? byMeaning(deals, fact, meaning) : byId(deals, id, fact, meaning)
}

/** An activity without effect on its deal. */
export interface DealStay {
  readonly dealId: string
  readonly status: Deal['status']
  /** The deal's phase. */
  readonly phase: SalesPhase
  /** The phase that the activity asks for, if any. */
  readonly wanted?: SalesPhase
  readonly because: WhyStays
}

/** A repeated report of a closed deal's end, which CRMs send at every edit. */
export const isOldNews = ({ type, properties }: Fact, stay: DealStay | undefined): boolean =>
  stay?.because === 'closed' && dealMeaning(type, properties)?.type === 'closes'

interface DealsAfter {
  /** The same array if nothing changed. */
  readonly deals: readonly Deal[]
  readonly stay?: DealStay
}

/** Limits, as a lead's item contains all its deals: further activities stay in the log only. */
const most = { deals: 100, phases: 500 }

/** Bytes reserved for closing an open deal. */
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

/** Links the deal to a handoff: the one accepted, else the deal's own id. */
const linked = (deal: Deal, { properties: { handoffId } }: Fact): Deal => {
  if (deal.handoffId !== undefined && !isOfUnnamedHandoff(deal)) return deal
  if (typeof handoffId === 'string') return { ...deal, handoffId }
  const unnamed = { ...deal, handoffId: deal.dealId }
  return isOfUnnamedHandoff(unnamed) ? unnamed : deal
}

/** The deal before the activity, with a new external id if any; undefined without a deal. */
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
 * Applies an activity to a lead's deals. Facts are applied by `(occurredAt, id)`, so the order of arrival does not matter: a
 * late activity is not a step back.
 * @param since the latest qualification, RFC 3339 UTC.
 */
export const applyDealActivity = (deals: readonly Deal[], fact: Fact, since?: string): DealsAfter => {
  const meaning = dealMeaning(fact.type, fact.properties)
  if (meaning === undefined) return { deals }
  const found = findDeal(deals, fact, meaning, since)
  const before = dealBefore(found, fact, meaning)
  if (before === undefined) return { deals }
  const result = moveDeal(before, fact, meaning)
  const { deal } = result
  // Closing an existing deal is always possible.
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
