import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { running } from '../../domain/sequence/sequence-state.ts'
import type { SequenceStates } from '../sequence-ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { versionedItems } from './versioned-items.ts'

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

  commit: (sequence, { version, ...state }) =>
    versionedItems(client, tableName).put(
      { ...keyOf(sequence), state: JSON.stringify(state) },
      version,
      `sequence ${sequence} changed since ${version}`,
    ),
})
