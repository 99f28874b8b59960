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

/** `addressed`: it was pointed at the lead of an address from the start. */
interface Pointed {
  readonly leadId: LeadId
  readonly addressed: boolean
}

export const dynamoLeads = ({ client, tableName, hashAddress, newLeadId }: DynamoLeadsOptions): Leads => {
  const log = dynamoLeadLog(client, tableName)
  const batcher = dynamoBatcher(client, tableName)

  const follow = async (pointer: Key): Promise<Pointed | undefined> => {
    const item = await batcher.get(pointer)
    const leadId = parseLeadId(item?.leadId)
    return leadId && { leadId, addressed: item?.addressed === true }
  }

  /** Of two that claim the same pointer at once, the second gets the first one's lead. */
  const followOrClaim = async (pointer: Key, owner?: LeadId): Promise<Pointed> => {
    const known = await follow(pointer)
    if (known !== undefined) return known
    const claimed = { leadId: owner ?? newLeadId(), addressed: owner !== undefined }
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...pointer, leadId: claimed.leadId, addressed: claimed.addressed || undefined },
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
    identify: async (subject, owner) => {
      if ('email' in subject) {
        const { leadId } = await followOrClaim(addressKey(hashAddress(subject.email)))
        return { leadId, email: subject.email }
      }
      if ('visitorId' in subject) {
        const { leadId, addressed } = await followOrClaim(visitorKey(subject.visitorId), owner)
        return addressed ? { leadId, addressed } : { leadId }
      }
      const lead = await log.load(subject.leadId)
      return lead && { leadId: lead.leadId, ...(lead.email === undefined ? {} : { email: lead.email }) }
    },
  }
}
