import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { mailboxKey, outweighed } from '../../domain/email/suppressed-address.ts'
import type { SuppressAddress, Suppression, SuppressionOf, Suppressions } from '../suppression-ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'
import type { Key } from './dynamo-lead-items.ts'

/** In no lead's partition: it stays when the lead goes. */
const suppressionKey = (addressHash: string): Key => ({
  [table.partitionKey]: `SUPPRESSED#${addressHash}`,
  [table.sortKey]: 'P',
})

const isReason = (value: unknown): value is Suppression['reason'] => typeof value === 'string'

const named = (prefix: string, values: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(values.map((value, index) => [`:${prefix}${index}`, value]))

/** One item for each address; it holds a hash, a reason and a time. */
export const dynamoSuppressions = (client: DynamoDBDocumentClient, tableName: string): Suppressions => ({
  add: async (addressHash, reason, at) => {
    const { weaker, equal } = outweighed(reason)
    const [weakerValues, equalValues] = [named('w', weaker), named('e', equal)]
    const isOneOf = (values: object) => `#reason IN (${Object.keys(values).join(', ')})`
    const conditions = [
      `attribute_not_exists(${table.partitionKey})`,
      ...(weaker.length > 0 ? [isOneOf(weakerValues)] : []),
      `(${isOneOf(equalValues)} AND #at < :at)`,
    ]
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: suppressionKey(addressHash),
          UpdateExpression: 'SET #reason = :reason, #at = :at',
          ConditionExpression: conditions.join(' OR '),
          ExpressionAttributeNames: { '#reason': 'reason', '#at': 'at' },
          ExpressionAttributeValues: { ...weakerValues, ...equalValues, ':reason': reason, ':at': at },
        }),
      )
    } catch (error) {
      if (!conditionFailed(error)) throw error
    }
  },

  addErasure: async (hash, at) => {
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: suppressionKey(hash),
          UpdateExpression:
            'SET erasedAt = :at, #reason = if_not_exists(#reason, :erased), #at = if_not_exists(#at, :at)',
          ConditionExpression: 'attribute_not_exists(erasedAt) OR erasedAt < :at',
          ExpressionAttributeNames: { '#reason': 'reason', '#at': 'at' },
          ExpressionAttributeValues: { ':erased': 'erased', ':at': at },
        }),
      )
    } catch (error) {
      if (!conditionFailed(error)) throw error
    }
  },

  find: async (addressHash) => {
    const item = await dynamoBatcher(client, tableName).get(suppressionKey(addressHash))
    const { reason, at } = item ?? {}
    if (!isReason(reason)) return undefined
    // Earlier releases noted an erasure as the reason alone.
    const erasedAt = item?.erasedAt ?? (reason === 'erased' ? at : undefined)
    return { reason, at: String(at), ...(erasedAt !== undefined && { erasedAt: String(erasedAt) }) }
  },
})

/** The list asked by address. @param hashAddress keyed hash of an address's key. */
export const suppressedMailboxes = (
  suppressions: Suppressions,
  hashAddress: (key: string) => string,
): { readonly suppressionOf: SuppressionOf; readonly suppress: SuppressAddress } => ({
  suppressionOf: (address) => suppressions.find(hashAddress(mailboxKey(address))),
  suppress: (address, { reason, at }) => suppressions.add(hashAddress(mailboxKey(address)), reason, at),
})
