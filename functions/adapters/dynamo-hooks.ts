import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { MappedActivity } from '../../domain/hook/map-event.ts'
import { parseLeadId } from '../../domain/model/activity.ts'
import { partitions, table } from '../table-schema.ts'
import type { HookDay, HookDeals, HookFigures } from '../webhook-ports.ts'
import { dynamoItems, expiry, type Item, type Key, keyOf, sortOf } from './dynamo-items.ts'
import { pointerList } from './dynamo-pointers.ts'

/** A CRM reports within minutes whose deal it is, or after somebody has filled in a field. */
const keptSeconds = 7 * 86_400

const waits = 'WAITS#'

const ownerKey = (source: string, dealId: string): Key => keyOf(partitions.hookDeal(source, dealId), 'LEAD')

const waitKey = (source: string, dealId: string, { occurredAt, id }: MappedActivity): Key =>
  keyOf(partitions.hookDeal(source, dealId), `${waits}${occurredAt}#${id}`)

/** Each deal is a partition: whose it is, and what waits for that to be known. No address and no name stands in the former. */
export const dynamoHookDeals = (client: DynamoDBClient, tableName: string): HookDeals => {
  const items = dynamoItems(client, tableName)
  return {
    owner: async (source, dealId) => {
      const item = await items.get(ownerKey(source, dealId))
      const leadId = parseLeadId(item?.leadId)
      return leadId && { leadId, taughtAt: String(item?.taughtAt) }
    },

    setOwner: async (source, dealId, { leadId, taughtAt }) => {
      const pointer = ownerKey(source, dealId)
      await items.put(
        // Found from the lead, so that it goes when the lead is erased.
        { ...pointer, ...pointerList(leadId, pointer), leadId, taughtAt },
        { when: 'attribute_not_exists(#pk) OR taughtAt < :taughtAt', values: { taughtAt } },
      )
    },

    keep: async (source, dealId, activity, at) => {
      await items.put({
        ...waitKey(source, dealId, activity),
        ...expiry(at, keptSeconds),
        activity: JSON.stringify(activity),
      })
    },

    kept: async (source, dealId, now) => {
      const kept = await items.below(partitions.hookDeal(source, dealId), waits)
      // DynamoDB takes away what has expired within days, not at once.
      const alive = kept.filter((item) => Number(item[table.timeToLive]) > Date.parse(now) / 1000)
      return alive.map(({ activity }): MappedActivity => JSON.parse(String(activity)))
    },

    drop: async (source, dealId, activities) => {
      for (const activity of activities) await items.remove(waitKey(source, dealId, activity))
    },
  }
}

const figuresKeptSeconds = 31 * 86_400
const prefix = 'DAY#'

const dayOf = (item: Item): HookDay => ({
  day: sortOf(item).slice(prefix.length),
  ...(typeof item.lastReceivedAt === 'string' && { lastReceivedAt: item.lastReceivedAt }),
  counts: Object.fromEntries(
    Object.entries(item).flatMap(([name, value]): [string, number][] =>
      name.startsWith('n:') && typeof value === 'number' ? [[name.slice(2), value]] : [],
    ),
  ),
})

/** One item for each source and day, and one write for each addition. @param partition of a source. */
const dynamoDayFigures = (
  client: DynamoDBClient,
  tableName: string,
  partition: (source: string) => string,
): HookFigures => {
  const items = dynamoItems(client, tableName)
  return {
    add: async (source, at, counts) => {
      const added = Object.entries(counts).filter(([, count]) => count > 0)
      await items.update(keyOf(partition(source), `${prefix}${at.slice(0, 10)}`), {
        set: { ...expiry(at, figuresKeptSeconds), lastReceivedAt: at },
        add: Object.fromEntries(added.map(([name, count]) => [`n:${name}`, count])),
      })
    },

    since: async (source, from) => {
      const { Items = [] } = await items.page({
        where: '#pk = :source AND #sk >= :from',
        values: { source: partition(source), from: `${prefix}${from}` },
      })
      return Items.map(dayOf)
    },
  }
}

/** What became of the deliveries of programs outside. */
export const dynamoHookFigures = (client: DynamoDBClient, tableName: string): HookFigures =>
  dynamoDayFigures(client, tableName, partitions.hook)

/** How often forms were sent and confirmed. */
export const dynamoFormFigures = (client: DynamoDBClient, tableName: string): HookFigures =>
  dynamoDayFigures(client, tableName, partitions.form)
