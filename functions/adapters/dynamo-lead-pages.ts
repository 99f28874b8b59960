import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { stageIds } from '../../domain/funnel/funnel-rules.ts'
import type { LeadList } from '../ports.ts'
import { leadOf, stageList } from './dynamo-lead-items.ts'
import { loadListed } from './dynamo-listed.ts'
import { countRanked, partsOf, rankedLists } from './ranked-lists.ts'

/** In how many parts each list stands. */
export const leadListParts = partsOf('').length

/** Leads by score as it stood at their latest commit, highest first; a cursor is the rank of the last one shown. */
export const dynamoLeadPages = (
  client: DynamoDBDocumentClient,
  tableName: string,
): Pick<LeadList, 'page'> => ({
  page: async ({ stage, part, limit, cursor }) => {
    const lists = (stage === undefined ? stageIds : [stage]).flatMap((id) =>
      partsOf(stageList(id)).filter((_, index) => part === undefined || index === part),
    )
    const { rows, next } = await rankedLists(
      client,
      tableName,
    )({
      lists,
      order: 'descending',
      limit,
      ...(cursor !== undefined && { cursor }),
    })
    const items = (await loadListed(client, tableName, rows)).map(leadOf)
    return next === undefined ? { items } : { items, next }
  },
})

/**
 * How many leads the lists hold, without reading the leads: to the unit up to some 100,000 in a stage. Beyond, one part of
 * a stage is counted and stands for all of them: leads are spread evenly, and whoever asks wants to tell how far work has come.
 */
export const countListedLeads =
  (client: DynamoDBDocumentClient, tableName: string) => async (): Promise<number> => {
    const count = countRanked(client, tableName)
    const countOf = async (stage: string): Promise<number> => {
      const [former = '', ...parts] = partsOf(stageList(stage))
      const [before, ...counts] = await Promise.all([count(former), ...parts.map((part) => count(part, 1))])
      if (counts.every(({ isAll }) => isAll))
        return counts.reduce((sum, one) => sum + one.count, before.count)
      const [first = ''] = parts
      return before.count + parts.length * (await count(first)).count
    }
    const counts = await Promise.all(stageIds.map(countOf))
    return counts.reduce((sum, one) => sum + one, 0)
  }
