import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Leads } from '../ports.ts'
import { dynamoAppend } from './dynamo-append.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { dynamoLeadFacts } from './dynamo-lead-facts.ts'
import { leadItem, leadKey, leadOf } from './dynamo-lead-items.ts'
import { versionedItems } from './versioned-items.ts'

/** All of `Leads` that needs no secret: for functions that know the lead they mean. */
export const dynamoLeadLog = (client: DynamoDBDocumentClient, tableName: string): Omit<Leads, 'identify'> => {
  const batcher = dynamoBatcher(client, tableName)
  const items = versionedItems(client, tableName)

  return {
    ...dynamoAppend(client, tableName),
    ...dynamoLeadFacts(client, tableName),

    load: async (leadId) => {
      const item = await batcher.get(leadKey(leadId))
      return item && leadOf(item)
    },

    commit: (lead, rank) =>
      items.put(leadItem(lead, rank), lead.version, `lead ${lead.leadId} changed since ${lead.version}`),

    clearOutbox: (leadId, version) => items.clearOutbox(leadKey(leadId), version, ['owedWakes']),
  }
}
