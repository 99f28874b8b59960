import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { isForgotten } from '../../domain/email/suppressed-address.ts'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import type { Leads } from '../ports.ts'
import type { Suppression } from '../suppression-ports.ts'
import { table } from '../table-schema.ts'
import { browserName } from './address-hash.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'
import { addressKey, type Key, visitorKey } from './dynamo-lead-items.ts'
import { dynamoLeadLog } from './dynamo-lead-log.ts'
import { pointerList } from './dynamo-pointers.ts'
import { dynamoSuppressions } from './dynamo-suppressions.ts'

export interface DynamoLeadsOptions {
  readonly client: DynamoDBDocumentClient
  readonly tableName: string
  /** Keyed hash of an address's identity key. */
  readonly hashAddress: (email: string) => string
  readonly newLeadId: () => LeadId
}

/** Where a pointer leads. */
interface Pointed {
  readonly leadId: LeadId
  readonly suppressed?: Suppression
}

export const dynamoLeads = ({ client, tableName, hashAddress, newLeadId }: DynamoLeadsOptions): Leads => {
  const log = dynamoLeadLog(client, tableName)
  const batcher = dynamoBatcher(client, tableName)
  const suppressions = dynamoSuppressions(client, tableName)

  const follow = async (pointer: Key): Promise<Pointed | undefined> => {
    const item = await batcher.get(pointer)
    const leadId = parseLeadId(item?.leadId)
    const known = item?.suppressed
    const suppressed = typeof known === 'string' ? { suppressed: JSON.parse(known) } : {}
    return leadId && { leadId, ...suppressed }
  }

  /** Of two that claim the same pointer at once, the second gets the first one's lead. */
  const followOrClaim = async (
    pointer: Key,
    hash: string,
    asOf: string | undefined,
  ): Promise<Pointed | undefined> => {
    const known = await follow(pointer)
    if (known !== undefined) return known
    // After the pointer: an erasure is noted before it drops pointers, so whoever finds none is told of it.
    const suppressed = await suppressions.find(hash)
    if (asOf !== undefined && isForgotten(asOf, suppressed)) return undefined
    const claimed: Pointed = { leadId: newLeadId(), ...(suppressed && { suppressed }) }
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            ...pointer,
            ...pointerList(claimed.leadId, pointer),
            leadId: claimed.leadId,
            suppressed: suppressed && JSON.stringify(suppressed),
          },
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
    identify: async (subject, asOf) => {
      if ('email' in subject) {
        const hash = hashAddress(subject.email)
        const pointed = await followOrClaim(addressKey(hash), hash, asOf)
        return pointed && { ...pointed, email: subject.email }
      }
      if ('visitorId' in subject) {
        const hash = hashAddress(browserName(subject.visitorId))
        return followOrClaim(visitorKey(subject.visitorId), hash, asOf)
      }
      const lead = await log.load(subject.leadId)
      return lead && { leadId: lead.leadId, ...(lead.email === undefined ? {} : { email: lead.email }) }
    },
  }
}
