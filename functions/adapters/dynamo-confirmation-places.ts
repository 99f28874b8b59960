import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { mailboxRemembers } from '../../domain/sending/mailbox-limit.ts'
import type { ConfirmationPlaces } from '../send-ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'
import type { Key } from './dynamo-lead-items.ts'
import { versionedItems } from './versioned-items.ts'

export interface ConfirmationPlacesOptions {
  readonly client: DynamoDBDocumentClient
  readonly tableName: string
  /** Keyed hash of a mailbox. */
  readonly hash: (mailbox: string) => string
}

const seconds = (at: string): number => Math.ceil(Date.parse(at) / 1000)
const kept = mailboxRemembers / 1000 + 86_400

/** One item for each mailbox, which holds no address, and one for each quota; they go by themselves. */
export const dynamoConfirmationPlaces = ({
  client,
  tableName,
  hash,
}: ConfirmationPlacesOptions): ConfirmationPlaces => {
  const mailboxKey = (mailbox: string): Key => ({
    [table.partitionKey]: `ASKED#${hash(mailbox)}`,
    [table.sortKey]: 'P',
  })
  return {
    load: async (mailbox) => {
      const item = await dynamoBatcher(client, tableName).get(mailboxKey(mailbox))
      if (!item) return { version: 0, taken: [] }
      return { version: item.version as number, taken: JSON.parse(item.taken as string) }
    },

    commit: async (mailbox, version, taken) => {
      const last = taken.at(-1)?.at ?? '1970-01-01T00:00:00.000Z'
      const item = { taken: JSON.stringify(taken), [table.timeToLive]: seconds(last) + kept }
      await versionedItems(client, tableName).put(
        { ...mailboxKey(mailbox), ...item },
        version,
        'another email to a mailbox took a place',
      )
    },

    count: async ({ key, most, until }) => {
      try {
        await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { [table.partitionKey]: 'ASKED', [table.sortKey]: key },
            UpdateExpression: 'ADD #count :one SET #expires = :expires',
            ConditionExpression: 'attribute_not_exists(#count) OR #count < :most',
            ExpressionAttributeNames: { '#count': 'count', '#expires': table.timeToLive },
            ExpressionAttributeValues: { ':one': 1, ':most': most, ':expires': seconds(until) + 86_400 },
          }),
        )
        return true
      } catch (error) {
        if (conditionFailed(error)) return false
        throw error
      }
    },
  }
}
