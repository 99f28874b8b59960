import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Reviews } from '../review-ports.ts'

export interface MemoryReviews extends Reviews {
  /** The day that is set for each lead. */
  readonly days: ReadonlyMap<LeadId, string>
}

export const memoryReviews = (): MemoryReviews => {
  const days = new Map<LeadId, string>()
  return {
    days,
    begin: async (leadId, day) => {
      if (!days.has(leadId)) days.set(leadId, day)
    },
    due: async ({ day, limit, cursor = '' }) => {
      const rows = [...days]
        .filter(([, at]) => at <= day)
        .map(([leadId, at]) => ({ leadId, rank: `${at}#${leadId}` }))
        .filter(({ rank }) => rank > cursor)
        .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const leadIds = shown.map(({ leadId }) => leadId)
      return rows.length > limit && last ? { leadIds, next: last.rank } : { leadIds }
    },
    move: async (leadId, day) => {
      if (days.has(leadId)) days.set(leadId, day)
    },
    end: async (leadId) => {
      days.delete(leadId)
    },
  }
}
