import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { stageIds } from '../../domain/funnel/funnel-rules.ts'
import type { LeadList } from '../ports.ts'
import { table } from '../table-schema.ts'
import { type Item, leadOf, stageList } from './dynamo-lead-items.ts'
import { loadListed } from './dynamo-listed.ts'

/** Leads by score as it stood at their latest commit, highest first; a cursor is the rank of the last one shown. */
export const dynamoLeadPages = (
  client: DynamoDBDocumentClient,
  tableName: string,
): Pick<LeadList, 'page'> => {
  const ranked = async (stage: string, limit: number, cursor: string | undefined): Promise<Item[]> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: table.lists.name,
        KeyConditionExpression: cursor ? '#list = :list AND #rank < :cursor' : '#list = :list',
        ExpressionAttributeNames: {
          '#list': table.lists.partitionKey,
          ...(cursor ? { '#rank': table.lists.sortKey } : {}),
        },
        ExpressionAttributeValues: { ':list': stageList(stage), ...(cursor ? { ':cursor': cursor } : {}) },
        ScanIndexForward: false,
        Limit: limit,
      }),
    )
    return Items
  }

  const rankOf = (item: Item): string => String(item[table.lists.sortKey])

  return {
    page: async ({ stage, limit, cursor }) => {
      const stages = stage === undefined ? stageIds : [stage]
      // One more than asked for tells whether there is a next page.
      const lists = await Promise.all(stages.map((id) => ranked(id, limit + 1, cursor)))
      const merged = lists.flat().sort((a, b) => (rankOf(a) < rankOf(b) ? 1 : -1))
      const shown = merged.slice(0, limit)
      const last = shown.at(-1)
      const items = (await loadListed(client, tableName, shown)).map(leadOf)
      return merged.length > limit && last ? { items, next: rankOf(last) } : { items }
    },
  }
}

/** How many leads the lists hold, without reading the leads: a request for each megabyte of keys (about ten thousand). */
export const countListedLeads =
  (client: DynamoDBDocumentClient, tableName: string) => async (): Promise<number> => {
    const countOf = async (stage: string): Promise<number> => {
      let count = 0
      let start: Item | undefined
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tableName,
            IndexName: table.lists.name,
            KeyConditionExpression: '#list = :list',
            ExpressionAttributeNames: { '#list': table.lists.partitionKey },
            ExpressionAttributeValues: { ':list': stageList(stage) },
            Select: 'COUNT',
            ExclusiveStartKey: start,
          }),
        )
        count += page.Count ?? 0
        start = page.LastEvaluatedKey
      } while (start)
      return count
    }
    const counts = await Promise.all(stageIds.map(countOf))
    return counts.reduce((sum, count) => sum + count, 0)
  }
