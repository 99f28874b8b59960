import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { isLimited } from '../../domain/sending/counted-emails.ts'
import type { Send } from '../send-ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { type Item, leadPartition } from './dynamo-lead-items.ts'
import { sendKey, sendOf, sendPrefix } from './dynamo-send-items.ts'
import { itemsBelow } from './items-below.ts'

/** Sends are found by their id. An item beside them says when one was claimed, so that the latest are read alone. */
const prefix = 'MAILED#'
/** Read at once: few limits look further back. */
const atOnce = 50

export const dynamoRecentSends = (client: DynamoDBDocumentClient, tableName: string) => {
  const isSince = (row: Item, from: string): boolean => String(row[table.sortKey]) >= `${prefix}${from}`

  /** The latest rows, down to the first that was claimed before `from`, if there is one. */
  const latest = async (leadId: LeadId, from: string): Promise<readonly Item[]> => {
    const rows: Item[] = []
    let start: Item | undefined
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: '#pk = :lead AND begins_with(#sk, :prefix)',
          ExpressionAttributeNames: { '#pk': table.partitionKey, '#sk': table.sortKey },
          ExpressionAttributeValues: { ':lead': leadPartition(leadId), ':prefix': prefix },
          ScanIndexForward: false,
          Limit: atOnce,
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      )
      rows.push(...(page.Items ?? []))
      start = page.LastEvaluatedKey
    } while (start && rows.every((row) => isSince(row, from)))
    return rows
  }

  return {
    /** To be noted before `send` is claimed: whoever dies in between leaves a note of nothing. */
    note: async (send: Send): Promise<void> => {
      if (send.status !== 'claimed' || !isLimited(send)) return
      const { leadId, sendId, claimedAt } = send
      const Item = {
        [table.partitionKey]: leadPartition(leadId),
        [table.sortKey]: `${prefix}${claimedAt}#${sendId}`,
        sendId,
      }
      await client.send(new PutCommand({ TableName: tableName, Item }))
    },

    /** Where no earlier note tells that all that was claimed since is noted, earlier releases may have claimed some: then all sends are read. */
    since: async (leadId: LeadId, from: string): Promise<readonly Send[]> => {
      const rows = await latest(leadId, from)
      if (rows.every((row) => isSince(row, from)))
        return (await itemsBelow(client, tableName, leadPartition(leadId), sendPrefix))
          .map(sendOf)
          .filter(isLimited)
      const ids = new Set(rows.filter((row) => isSince(row, from)).map(({ sendId }) => String(sendId)))
      const items = await Promise.all(
        [...ids].map((sendId) => dynamoBatcher(client, tableName).get(sendKey(leadId, sendId))),
      )
      return items.flatMap((item) => (item ? [sendOf(item)] : []))
    },
  }
}
