import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { CapPlaces } from '../send-ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { type Key, leadPartition } from './dynamo-lead-items.ts'
import { versionedItems } from './versioned-items.ts'

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

  commit: (leadId, version, places) =>
    versionedItems(client, tableName).put(
      { ...keyOf(leadId), places: JSON.stringify(places) },
      version,
      `another email to ${leadId} took a place`,
    ),
})
