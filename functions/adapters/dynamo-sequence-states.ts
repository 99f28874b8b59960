import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { running } from '../../domain/sequence/sequence-state.ts'
import { Conflict } from '../ports.ts'
import type { SequenceStates } from '../sequence-ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'

const keyOf = (sequence: string): Record<string, string> => ({
  [table.partitionKey]: `SEQUENCE#${sequence}`,
  [table.sortKey]: 'STATE',
})

/** One item for each sequence that was ever paused. */
export const dynamoSequenceStates = (client: DynamoDBDocumentClient, tableName: string): SequenceStates => ({
  load: async (sequence) => {
    const item = await dynamoBatcher(client, tableName).get(keyOf(sequence))
    return item ? { ...JSON.parse(String(item.state)), version: item.version } : running
  },

  commit: async (sequence, { version, ...state }) => {
    const condition =
      version === 0
        ? { ConditionExpression: `attribute_not_exists(${table.partitionKey})` }
        : {
            ConditionExpression: '#version = :seen',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':seen': version },
          }
    const Item = { ...keyOf(sequence), version: version + 1, state: JSON.stringify(state) }
    try {
      await client.send(new PutCommand({ TableName: tableName, Item, ...condition }))
    } catch (error) {
      throw conditionFailed(error) ? new Conflict(`sequence ${sequence} changed since ${version}`) : error
    }
  },
})
