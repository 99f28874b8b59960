import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { lackingConsent } from '../../domain/email/judge-send.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Send, Sends } from '../send-ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed } from './dynamo-client.ts'
import { type Item, leadPartition } from './dynamo-lead-items.ts'

const sortPrefix = 'SEND#'

/** A lease that has run out at any time that may be asked about. */
const noLease = '1970-01-01T00:00:00.000Z'

const keyOf = (leadId: LeadId, sendId: string): Record<string, string> => ({
  [table.partitionKey]: leadPartition(leadId),
  [table.sortKey]: `${sortPrefix}${sendId}`,
})

/** Reads what `claim` and `settle` wrote: a send's own fields beside the keys. */
const sendOf = ({ [table.partitionKey]: _partition, [table.sortKey]: _sort, ...send }: Item): Send =>
  send as Item & Send

/** Sends as items of their lead's partition. */
export const dynamoSends = (client: DynamoDBDocumentClient, tableName: string): Sends => {
  /** Changes a claim that nobody has settled; one that is settled, or not there, stays as it is. */
  const change = async (
    leadId: LeadId,
    sendId: string,
    fields: Readonly<Record<string, string | undefined>>,
  ): Promise<void> => {
    const set = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: keyOf(leadId, sendId),
          UpdateExpression: `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}`,
          ConditionExpression: '#status = :claimed',
          ExpressionAttributeNames: {
            '#status': 'status',
            ...Object.fromEntries(set.map(([name]) => [`#${name}`, name])),
          },
          ExpressionAttributeValues: {
            ':claimed': 'claimed',
            ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
          },
        }),
      )
    } catch (error) {
      if (!conditionFailed(error)) throw error
    }
  }

  return {
    claim: async (send, now) => {
      const key = keyOf(send.leadId, send.sendId)
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: { ...key, ...send },
            ConditionExpression: `attribute_not_exists(${table.partitionKey}) OR (#status = :claimed AND #lease <= :now) OR (#status = :suppressed AND #reason = :lacking)`,
            ExpressionAttributeNames: { '#status': 'status', '#lease': 'leaseUntil', '#reason': 'reason' },
            ExpressionAttributeValues: {
              ':claimed': 'claimed',
              ':now': now,
              ':suppressed': 'suppressed',
              ':lacking': lackingConsent,
            },
          }),
        )
        return undefined
      } catch (error) {
        if (!conditionFailed(error)) throw error
      }
      const { Item: item } = await client.send(
        new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
      )
      if (!item) throw new Error(`send ${send.sendId} vanished between two reads`)
      return sendOf(item)
    },

    settle: (leadId, sendId, outcome) => change(leadId, sendId, { ...outcome }),

    release: (leadId, sendId) => change(leadId, sendId, { leaseUntil: noLease }),

    list: async (leadId) => {
      const sends: Send[] = []
      let start: Item | undefined
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: '#pk = :lead AND begins_with(#sk, :send)',
            ExpressionAttributeNames: { '#pk': table.partitionKey, '#sk': table.sortKey },
            ExpressionAttributeValues: { ':lead': leadPartition(leadId), ':send': sortPrefix },
            ConsistentRead: true,
            ExclusiveStartKey: start,
          }),
        )
        sends.push(...(page.Items ?? []).map(sendOf))
        start = page.LastEvaluatedKey
      } while (start)
      return sends
    },
  }
}
