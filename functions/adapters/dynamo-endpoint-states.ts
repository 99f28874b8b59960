import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { newEndpoint } from '../../domain/webhook/endpoint-state.ts'
import { table } from '../table-schema.ts'
import type { EndpointStates } from '../webhook-ports.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { versionedItems } from './versioned-items.ts'

const keyOf = (endpoint: string): Record<string, string> => ({
  [table.partitionKey]: `WEBHOOK#${endpoint}`,
  [table.sortKey]: 'STATE',
})

/** One item for each endpoint whose secret was rotated or that ever failed. */
export const dynamoEndpointStates = (client: DynamoDBDocumentClient, tableName: string): EndpointStates => ({
  load: async (endpoint) => {
    const item = await dynamoBatcher(client, tableName).get(keyOf(endpoint))
    return item ? { ...JSON.parse(String(item.state)), version: item.version } : newEndpoint
  },

  commit: (endpoint, { version, ...state }) =>
    versionedItems(client, tableName).put(
      { ...keyOf(endpoint), state: JSON.stringify(state) },
      version,
      `webhook ${endpoint} changed since ${version}`,
    ),
})
