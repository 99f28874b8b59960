import { hashText } from '../../domain/hash-text.ts'
import type { Lead, LeadList, LeadPlace } from '../ports.ts'
import type { MemoryLeads } from './memory-leads.ts'

/** Lists of leads as the table keeps them, but never behind. @param lanes that leads are spread over by their ids. */
export const memoryLeadList = (
  { items, ranks }: Pick<MemoryLeads, 'items' | 'ranks'>,
  lanes = 1,
): LeadList => {
  const pageOf = (isShown: (lead: Lead) => boolean, { limit, cursor }: LeadPlace) => {
    const rest = [...ranks]
      .filter(([, rank]) => cursor === undefined || rank < cursor)
      .sort(([, a], [, b]) => (a < b ? 1 : -1))
      .flatMap(([leadId, rank]) => {
        const lead = items.get(leadId)
        return lead && isShown(lead) ? [{ lead, rank }] : []
      })
    const shown = rest.slice(0, limit)
    const last = shown.at(-1)
    return {
      items: shown.map(({ lead }) => structuredClone(lead)),
      ...(rest.length > limit && last && { next: last.rank }),
    }
  }
  return {
    byAddress: async (email) => structuredClone([...items.values()].find((lead) => lead.email === email)),
    page: async ({ who, stage, ...place }) =>
      pageOf(
        ({ email, state }) =>
          (who === 'all' || (who === 'browsers') === (email === undefined)) &&
          (stage === undefined || state?.stage.stage === stage),
        place,
      ),
    lane: async (lane, place) => pageOf(({ leadId }) => hashText(leadId) % lanes === lane, place),
  }
}
