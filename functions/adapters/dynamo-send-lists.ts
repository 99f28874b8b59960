import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Send, SendLists } from '../send-ports.ts'
import { table } from '../table-schema.ts'
import type { Item } from './dynamo-lead-items.ts'
import { loadListed } from './dynamo-listed.ts'
import { heldList, heldRankPrefix, heldStart, sendOf, sequenceList } from './dynamo-send-items.ts'

/** Items that one request reads (BatchGetItem). */
const most = 100

/** Emails over all leads; the index gives keys alone, and the items are read. */
export const dynamoSendLists = (client: DynamoDBDocumentClient, tableName: string): SendLists => {
  const page = async (list: string, prefix: string, limit: number, start: Item | undefined) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: table.lists.name,
        KeyConditionExpression:
          prefix === '' ? '#list = :list' : '#list = :list AND begins_with(#rank, :prefix)',
        ExpressionAttributeNames: {
          '#list': table.lists.partitionKey,
          ...(prefix !== '' && { '#rank': table.lists.sortKey }),
        },
        ExpressionAttributeValues: { ':list': list, ...(prefix !== '' && { ':prefix': prefix }) },
        Limit: limit,
        ...(start && { ExclusiveStartKey: start }),
      }),
    )
    const sends = (await loadListed(client, tableName, Items)).map(sendOf)
    return { sends, next: LastEvaluatedKey }
  }

  const all = async (list: string, prefix: string): Promise<Send[]> => {
    const found: Send[] = []
    let start: Item | undefined
    do {
      const { sends, next } = await page(list, prefix, most, start)
      found.push(...sends)
      start = next
    } while (start)
    return found
  }

  return {
    held: async ({ sequence, limit, cursor }) => {
      const start = cursor === undefined ? undefined : heldStart(cursor)
      const prefix = sequence === undefined ? '' : heldRankPrefix(sequence)
      const { sends, next } = await page(heldList, prefix, limit, start)
      // The index may still show an email that has just gone out.
      const items = sends.filter(({ status }) => status === 'held')
      return next ? { items, next: String(next[table.lists.sortKey]) } : { items }
    },

    ofSequence: async (sequence) => {
      const held = await all(heldList, heldRankPrefix(sequence))
      const others = await all(sequenceList(sequence), '')
      // One that went out between the two requests stands in both.
      return [...new Map([...held, ...others].map((send) => [send.sendId, send])).values()]
    },
  }
}
