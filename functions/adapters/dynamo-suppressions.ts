import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Suppression, Suppressions } from '../suppression-ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import type { Key } from './dynamo-lead-items.ts'

/** In no lead's partition: it stays when the lead goes. */
const suppressionKey = (addressHash: string): Key => ({
  [table.partitionKey]: `SUPPRESSED#${addressHash}`,
  [table.sortKey]: 'P',
})

const isReason = (value: unknown): value is Suppression['reason'] => typeof value === 'string'

/** One item for each address; it holds a hash, a reason and a time. */
export const dynamoSuppressions = (client: DynamoDBDocumentClient, tableName: string): Suppressions => {
  const batcher = dynamoBatcher(client, tableName)
  return {
    add: async (addressHash, reason, at) => {
      await batcher.putNew({ ...suppressionKey(addressHash), reason, at })
    },
    find: async (addressHash) => {
      const { reason, at } = (await batcher.get(suppressionKey(addressHash))) ?? {}
      return isReason(reason) ? { reason, at: String(at) } : undefined
    },
  }
}
