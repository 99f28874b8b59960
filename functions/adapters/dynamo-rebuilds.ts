import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Rebuild, Rebuilds } from '../figures-ports.ts'
import { partitions } from '../table-schema.ts'
import { dynamoEntities, type Entity } from './dynamo-entity.ts'
import { keyOf } from './dynamo-items.ts'

const rebuild: Entity<undefined, Rebuild> = {
  attribute: 'rebuild',
  beside: ['version'],
  key: () => keyOf(partitions.rows, 'REBUILD'),
}

const none: Rebuild = { version: 0, rowsVersion: 0, open: [], isWhole: false }

export const dynamoRebuilds = (client: DynamoDBClient, tableName: string): Rebuilds => {
  const rebuilds = dynamoEntities(client, tableName, rebuild)
  return {
    load: async () => (await rebuilds.load(undefined)) ?? none,
    commit: (given) => rebuilds.commit(undefined, given),
  }
}
