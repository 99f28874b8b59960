import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import { parseLeadId } from '../../domain/lead/lead-id.ts'
import type { Clock, LeadList } from '../ports.ts'
import { addressKey, leadKey, leadOf } from './dynamo-lead-items.ts'
import { dynamoLeadPages } from './dynamo-lead-pages.ts'

export interface DynamoLeadListOptions {
  readonly client: DynamoDBDocumentClient
  readonly tableName: string
  /** Keyed hash of an address's identity key. */
  readonly hashAddress: (email: string) => string
  readonly clock: Clock
}

/** Leads in pages, and by address. */
export const dynamoLeadList = ({
  client,
  tableName,
  hashAddress,
  clock,
}: DynamoLeadListOptions): LeadList => ({
  ...dynamoLeadPages(client, tableName, clock),

  byAddress: async (email) => {
    const { Item: pointer } = await client.send(
      new GetCommand({ TableName: tableName, Key: addressKey(hashAddress(email)) }),
    )
    const leadId = parseLeadId(pointer?.leadId)
    if (leadId === undefined) return undefined
    const { Item: item } = await client.send(new GetCommand({ TableName: tableName, Key: leadKey(leadId) }))
    return item && leadOf(item)
  },
})
