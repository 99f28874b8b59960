import type { Fact } from '../activity/activity.ts'
import { type Deal, isOfUnnamedHandoff } from './deal.ts'
import { type DealMeaning, givenDealId, opensFurther } from './deal-activity.ts'

export type FoundDeal =
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
export const findDeal = (
  deals: readonly Deal[],
  fact: Fact,
  meaning: DealMeaning,
  since: string | undefined,
): FoundDeal => {
  if (fact.type === 'handoff.accepted') return byHandoff(deals, fact, since)
  const id = givenDealId(fact.properties.dealId)
  return id === undefined ? byMeaning(deals, fact, meaning) : byId(deals, id, fact, meaning)
}
