import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Checkpoints } from '../lead-ports.ts'
import { digest } from './digest.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { checkpointKey, packed, unpacked } from './dynamo-lead-items.ts'

/** One item for each slot of a lead. Writers overwrite each other: the digest tells whose state stands there. */
export const dynamoCheckpoints = (client: DynamoDBDocumentClient, tableName: string): Checkpoints => {
  const batcher = dynamoBatcher(client, tableName)
  return {
    keep: async (leadId, slot, state) => {
      const text = JSON.stringify(state)
      const Item = { ...checkpointKey(leadId, slot), state: packed(state) }
      await client.send(new PutCommand({ TableName: tableName, Item }))
      return { slot, digest: digest(text), last: state.last }
    },
    load: async (leadId, ref) => {
      const text = unpacked((await batcher.get(checkpointKey(leadId, ref.slot)))?.state)
      return text !== undefined && digest(text) === ref.digest ? JSON.parse(text) : undefined
    },
  }
}
