import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { newEndpoint } from '../../domain/webhook/endpoint-state.ts'
import { Conflict } from '../ports.ts'
import { table } from '../table-schema.ts'
import type { EndpointStates } from '../webhook-ports.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'

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

  commit: async (endpoint, { version, ...state }) => {
    const condition =
      version === 0
        ? { ConditionExpression: `attribute_not_exists(${table.partitionKey})` }
        : {
            ConditionExpression: '#version = :seen',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':seen': version },
          }
    const Item = { ...keyOf(endpoint), version: version + 1, state: JSON.stringify(state) }
    try {
      await client.send(new PutCommand({ TableName: tableName, Item, ...condition }))
    } catch (error) {
      throw conditionFailed(error) ? new Conflict(`webhook ${endpoint} changed since ${version}`) : error
    }
  },
})
