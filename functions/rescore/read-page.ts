import type { LeadsPage } from '../../domain/rescoring/rescore-job.ts'
import type { LeadList } from '../ports.ts'

/** One message's work: well under a second, and its ids fit into the job. */
const pageSize = 25

export const readPage = async (list: Pick<LeadList, 'page'>, cursor?: string): Promise<LeadsPage> => {
  const { items, next } = await list.page({ limit: pageSize, ...(cursor !== undefined && { cursor }) })
  return { leadIds: items.map(({ leadId }) => leadId), ...(next !== undefined && { next }) }
}
