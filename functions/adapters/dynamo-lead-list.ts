import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { stageIds } from '../../domain/funnel/funnel-rules.ts'
import { parseLeadId } from '../../domain/lead/lead-id.ts'
import type { LeadList } from '../ports.ts'
import { table } from '../table-schema.ts'
import { addressKey, type Item, leadKey, leadOf, stageList } from './dynamo-lead-items.ts'
import { loadListed } from './dynamo-listed.ts'

export interface DynamoLeadListOptions {
  readonly client: DynamoDBDocumentClient
  readonly tableName: string
  /** Keyed hash of a normalised address. */
  readonly hashAddress: (email: string) => string
}

/** Leads by score as it stood at their latest commit, highest first; a cursor is the rank of the last one shown. */
export const dynamoLeadList = ({ client, tableName, hashAddress }: DynamoLeadListOptions): LeadList => {
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
    byAddress: async (email) => {
      const { Item: pointer } = await client.send(
        new GetCommand({ TableName: tableName, Key: addressKey(hashAddress(email)) }),
      )
      const leadId = parseLeadId(pointer?.leadId)
      if (leadId === undefined) return undefined
      const { Item: item } = await client.send(new GetCommand({ TableName: tableName, Key: leadKey(leadId) }))
      return item && leadOf(item)
    },

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
