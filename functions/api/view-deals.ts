import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { Deal } from '../../domain/sales/deal.ts'
import { type DealView, viewDeal } from '../../domain/sales/deal-view.ts'

/** A lead's deals as the console shows them, each with the owner of the handoff that it came from. @param now RFC 3339 UTC */
export const viewDeals = (
  deals: readonly Deal[] = [],
  handoffs: readonly Handoff[],
  now: string,
): readonly (DealView & { readonly owner: Handoff['owner'] | null })[] =>
  deals.map((deal) => ({
    ...viewDeal(deal, now),
    owner: handoffs.find(({ handoffId }) => handoffId === deal.handoffId)?.owner ?? null,
  }))
