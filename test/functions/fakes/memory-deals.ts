import type { DealLists, Lead } from '../../../functions/ports.ts'

/** Reads the leads themselves: nothing is late. */
export const memoryDealLists = (leads: { readonly items: ReadonlyMap<string, Lead> }): DealLists => ({
  note: async () => {},
  page: async ({ status, limit, cursor }) => {
    const all = [...leads.items.values()]
      .filter(({ state }) => state?.deals?.some((deal) => deal.status === status))
      .map(({ leadId }) => leadId)
    const from = cursor === undefined ? 0 : Number(cursor)
    const next = from + limit < all.length ? { next: String(from + limit) } : {}
    return { leadIds: all.slice(from, from + limit), ...next }
  },
})
