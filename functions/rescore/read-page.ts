import type { LeadsPage } from '../../domain/rescoring/rescore-job.ts'
import type { RescorePorts } from './rescore-ports.ts'

/** One message's work: well under a second, and its ids fit into the job. */
const pageSize = 25

export const readPage = async (
  { list }: Pick<RescorePorts, 'list'>,
  lane: number,
  cursor?: string,
): Promise<LeadsPage> => {
  const { items, next } = await list.lane(lane, {
    limit: pageSize,
    ...(cursor !== undefined && { cursor }),
  })
  return { leadIds: items.map(({ leadId }) => leadId), ...(next !== undefined && { next }) }
}
