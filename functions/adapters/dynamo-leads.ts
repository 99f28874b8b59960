import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import type { Leads } from '../ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'
import { addressKey, type Key, visitorKey } from './dynamo-lead-items.ts'
import { dynamoLeadLog } from './dynamo-lead-log.ts'

export interface DynamoLeadsOptions {
  readonly client: DynamoDBDocumentClient
  readonly tableName: string
  /** Keyed hash of an address's identity key. */
  readonly hashAddress: (email: string) => string
  readonly newLeadId: () => LeadId
}

export const dynamoLeads = ({ client, tableName, hashAddress, newLeadId }: DynamoLeadsOptions): Leads => {
  const log = dynamoLeadLog(client, tableName)
  const batcher = dynamoBatcher(client, tableName)

  const follow = async (pointer: Key): Promise<LeadId | undefined> =>
    parseLeadId((await batcher.get(pointer))?.leadId)

  /** Of two that claim the same pointer at once, the second gets the first one's lead. */
  const followOrClaim = async (pointer: Key): Promise<LeadId> => {
    const known = await follow(pointer)
    if (known !== undefined) return known
    const claimed = newLeadId()
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...pointer, leadId: claimed },
          ConditionExpression: `attribute_not_exists(${table.partitionKey})`,
        }),
      )
      return claimed
    } catch (error) {
      if (!conditionFailed(error)) throw error
    }
    const winner = await follow(pointer)
    if (winner === undefined) throw new Error('a pointer vanished between two reads')
    return winner
  }

  return {
    ...log,
    identify: async (subject) => {
      if ('email' in subject) {
        const leadId = await followOrClaim(addressKey(hashAddress(subject.email)))
        return { leadId, email: subject.email }
      }
      if ('visitorId' in subject) return { leadId: await followOrClaim(visitorKey(subject.visitorId)) }
      const lead = await log.load(subject.leadId)
      return lead && { leadId: lead.leadId, ...(lead.email === undefined ? {} : { email: lead.email }) }
    },
  }
}
