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

/** Why an activity leaves a deal where it is. */
type WhyStays =
  /** Back to an earlier phase, and no reason given. */
  | 'backwards'
  /** Won or lost already. */
  | 'closed'
  /** It follows a win, and there is none. */
  | 'not-won'
  /** There are as many deals or steps as are kept for one lead. */
  | 'too-many'

type Moved =
  | { readonly type: 'moved'; readonly deal: Deal }
  /** With `deal` as it is now: it may be worth something else. */
  | { readonly type: 'stays'; readonly deal: Deal; readonly because: WhyStays }

/** Of a reason this much is kept with the deal (characters); all of it stands in the log. */
const longestReason = 200

const reasonOf = ({ properties: { reason } }: Fact): string | undefined =>
  typeof reason === 'string' && reason !== '' ? reason.slice(0, longestReason) : undefined

/** Where it stands. */
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

/** To `phase`, whichever that is from. */
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

/** Remembers when a negotiation that was seen to begin was over. */
const ended = (deal: Deal, { id, type, occurredAt }: Fact): Deal => {
  const last = deal.phases.at(-1)
  const isEnd = type === 'negotiation.ended' && last?.phase === 'negotiation'
  return isEnd && last.factId !== id && last.endedAt === undefined
    ? { ...deal, phases: [...deal.phases.slice(0, -1), { ...last, endedAt: occurredAt }] }
    : deal
}

/** CRMs say that a deal is won whenever somebody edits it: what it is worth by then counts, and it is won no second time. */
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

/** What an activity makes of the deal that it is about. A deal that has just been opened by it is in its first phase. */
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

/** The phase that a deal begins in when this activity opens it. */
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
  /** The CRM's id is new, and stands for a deal that has none yet. */
  | { readonly type: 'adopted'; readonly deal: Deal; readonly externalId: string }
  | { readonly type: 'new'; readonly dealId: string }
  | { readonly type: 'none' }

const goesBy =
  (id: string) =>
  ({ dealId, externalId }: Deal): boolean =>
    dealId === id || externalId === id

/** Named by us, and by no CRM yet: it opened on acceptance, or with an activity that named none. */
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
 * On acceptance: the handoff's deal, or the one that sales began since the lead qualified, open if there is such a one.
 * Where the activity names no handoff, any that was begun since will do.
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

/** What is said of a win within this time belongs to it, in ms. */
const sameWin = 30 * 86_400_000

/** Somebody wins again who names no deals: so much later it is a renewal or further business, not the win of before. */
const isNextWin = ({ closedAt }: Deal, { occurredAt }: Fact, meaning: DealMeaning): boolean =>
  meaning.type === 'closes' &&
  meaning.status === 'won' &&
  closedAt !== undefined &&
  Date.parse(occurredAt) - Date.parse(closedAt) >= sameWin

/** For an activity that names no deal. */
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
      // Told twice, or late: a deal that is over is not won a second time as another one.
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
 * Which deal an activity is about. An id that no deal has yet is what the CRM calls the one that came from the handoff,
 * unless it opens a further one; without an id it is the latest open one. Depends on nothing but the order of the facts.
 * @param since when the lead qualified last.
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

interface DealsAfter {
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
export const applyDealActivity = (deals: readonly Deal[], fact: Fact, since?: string): DealsAfter => {
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
