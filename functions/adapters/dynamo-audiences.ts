import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { CountLane, CountLanes } from '../audience-ports.ts'
import { partitions } from '../table-schema.ts'
import { dynamoEntities, type Entity } from './dynamo-entity.ts'
import { keyOf } from './dynamo-items.ts'

/** How long a count is kept, in seconds. */
const countKept = 86_400

const countLane: Entity<Pick<CountLane, 'key' | 'lane'>, CountLane> = {
  attribute: 'count',
  key: ({ key, lane }) => keyOf(partitions.count(key), `LANE#${lane}`),
  beside: ['version'],
  kept: ({ startedAt }) => [startedAt, countKept],
}

export const dynamoCountLanes = (client: DynamoDBClient, tableName: string): CountLanes => {
  const lanes = dynamoEntities(client, tableName, countLane)
  return {
    load: (key, lane) => lanes.load({ key, lane }),
    commit: (lane) => lanes.commit(lane, lane),
  }
}
