import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { Conflict } from '../ports.ts'
import type { CapPlaces } from '../send-ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'
import { type Key, leadPartition } from './dynamo-lead-items.ts'

const keyOf = (leadId: LeadId): Key => ({
  [table.partitionKey]: leadPartition(leadId),
  [table.sortKey]: 'CAPS',
})

/** One item for each lead. Places are kept as JSON text: at most those of a quarter of an hour. */
export const dynamoCapPlaces = (client: DynamoDBDocumentClient, tableName: string): CapPlaces => ({
  load: async (leadId) => {
    const item = await dynamoBatcher(client, tableName).get(keyOf(leadId))
    if (!item) return { version: 0, places: [] }
    return { version: item.version as number, places: JSON.parse(item.places as string) }
  },

  commit: async (leadId, version, places) => {
    const condition =
      version === 0
        ? { ConditionExpression: `attribute_not_exists(${table.partitionKey})` }
        : {
            ConditionExpression: '#version = :seen',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':seen': version },
          }
    const Item = { ...keyOf(leadId), version: version + 1, places: JSON.stringify(places) }
    try {
      await client.send(new PutCommand({ TableName: tableName, Item, ...condition }))
    } catch (error) {
      throw conditionFailed(error) ? new Conflict(`another email to ${leadId} took a place`) : error
    }
  },
})
