import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { partitions } from '../table-schema.ts'
import type { SavedViews } from '../view-ports.ts'
import { dynamoEntities, type Entity } from './dynamo-entity.ts'
import { keyOf } from './dynamo-items.ts'

type Views = Awaited<ReturnType<SavedViews['load']>>

const entity: Entity<string, Views> = {
  attribute: 'views',
  beside: ['version'],
  key: (hash) => keyOf(partitions.views(hash), 'VIEWS'),
}

/** An item for each person, by the keyed hash of their address. */
export const dynamoViews = (
  client: DynamoDBClient,
  tableName: string,
  hash: (person: string) => string,
): SavedViews => {
  const views = dynamoEntities(client, tableName, entity)
  return {
    load: async (person) => (await views.load(hash(person))) ?? { items: [], version: 0 },
    commit: (person, given) => views.commit(hash(person), given),
  }
}
