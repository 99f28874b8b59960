import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Browsers } from '../erasure-ports.ts'
import { table } from '../table-schema.ts'
import type { Item, Key } from './dynamo-lead-items.ts'

/** Sorts a pointer under its lead in the index, so that it can be found from there. */
export const pointerList = (leadId: LeadId, pointer: Key): Item => ({
  [table.lists.partitionKey]: `OF#${leadId}`,
  [table.lists.sortKey]: pointer[table.partitionKey],
})

/** Keys of what leads to a lead. Eventually consistent. */
export const pointersOf = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  leadId: LeadId,
): Promise<readonly Key[]> => {
  const keys: Key[] = []
  let start: Item | undefined
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: table.lists.name,
        KeyConditionExpression: '#list = :of',
        ExpressionAttributeNames: { '#list': table.lists.partitionKey },
        ExpressionAttributeValues: { ':of': `OF#${leadId}` },
        ExclusiveStartKey: start,
      }),
    )
    for (const item of page.Items ?? [])
      keys.push({
        [table.partitionKey]: String(item[table.partitionKey]),
        [table.sortKey]: String(item[table.sortKey]),
      })
    start = page.LastEvaluatedKey
  } while (start)
  return keys
}

export const dynamoBrowsers = (client: DynamoDBDocumentClient, tableName: string): Browsers => ({
  list: async (leadId) =>
    (await pointersOf(client, tableName, leadId)).flatMap((key) => {
      const partition = key[table.partitionKey] ?? ''
      return partition.startsWith('V#') ? [partition.slice(2)] : []
    }),
})
