import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { LeadId } from '../../domain/model/activity.ts'
import type { Remains } from '../erasure-ports.ts'
import { partitions, sorts } from '../table-schema.ts'
import { countEmails } from './dynamo-email-figures.ts'
import { dynamoItems, expiry, type Item, keyIn, sortOf } from './dynamo-items.ts'
import { addressKey, leadKey } from './dynamo-lead-items.ts'
import { pointersOf } from './dynamo-pointers.ts'
import { countedAs, dynamoRunCounts } from './dynamo-runs.ts'
import { countedMark } from './dynamo-send-items.ts'

/** How long it is known that a lead was erased, in seconds: what is still on its way about it comes within days. */
const remembered = 90 * 86_400
export const dynamoRemains = (client: DynamoDBClient, tableName: string): Remains => {
  const items = dynamoItems(client, tableName)

  const uncountRuns = async (leadId: LeadId, found: readonly Item[]): Promise<void> => {
    const counts = dynamoRunCounts(client, tableName)
    for (const item of found) {
      const sort = sortOf(item)
      const status = sort.startsWith(sorts.run) ? countedAs(item) : undefined
      if (status) await counts.leave({ leadId, sequence: sort.slice(sorts.run.length) }, status)
    }
  }

  /** What went out stays counted; what nobody will send any more does not. */
  const uncountUnsent = async (found: readonly Item[]): Promise<void> => {
    for (const item of found) {
      const isUnsent = item.status === 'held' || item.status === 'claimed'
      const isSend = sortOf(item).startsWith(sorts.send)
      if (isSend && isUnsent) await countEmails(client, tableName).move(item, undefined)
    }
  }

  return {
    bury: ({ leadId, version }, at, family) =>
      items.putAt(
        { ...leadKey(leadId), ...expiry(at, remembered), leadId, erased: JSON.stringify({ at, family }) },
        version,
      ),

    clear: async (leadId) => {
      for await (const { Items = [] } of items.pages({
        where: '#pk = :lead',
        values: { lead: partitions.lead(leadId) },
        fields: `#pk, #sk, #list, #rank, #status, #email, #request, #leadId, #${countedMark}`,
        ConsistentRead: true,
      })) {
        const found = Items.filter((item) => sortOf(item) !== sorts.lead)
        await items.removeAll(found.map(keyIn))
        await uncountRuns(leadId, found)
        await uncountUnsent(found)
      }
    },

    dropPointers: async (leadId, addressHashes) => {
      const listed = await pointersOf(client, tableName, leadId)
      // One that leads to somebody else now stays.
      const theirs = { when: 'leadId = :lead', values: { lead: leadId } }
      await Promise.all([...listed, ...addressHashes.map(addressKey)].map((key) => items.remove(key, theirs)))
    },
  }
}
