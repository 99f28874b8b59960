import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { MappedActivity } from '../../domain/hook/map-event.ts'
import { parseLeadId } from '../../domain/lead/lead-id.ts'
import type { HookDeals } from '../hook-ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed } from './dynamo-client.ts'
import type { Key } from './dynamo-lead-items.ts'
import { pointerList } from './dynamo-pointers.ts'
import { itemsBelow } from './items-below.ts'

/** A CRM reports within minutes whose deal it is, or after somebody has filled in a field. */
const keptSeconds = 7 * 86_400

const waits = 'WAITS#'

const keyOf = (source: string, dealId: string, sort: string): Key => ({
  [table.partitionKey]: `HOOK#${source}#${dealId}`,
  [table.sortKey]: sort,
})

const waitKey = (source: string, dealId: string, { occurredAt, id }: MappedActivity): Key =>
  keyOf(source, dealId, `${waits}${occurredAt}#${id}`)

/** Each deal is a partition: whose it is, and what waits for that to be known. No address and no name stands in the former. */
export const dynamoHookDeals = (client: DynamoDBDocumentClient, tableName: string): HookDeals => ({
  owner: async (source, dealId) => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: keyOf(source, dealId, 'LEAD'), ConsistentRead: true }),
    )
    const leadId = parseLeadId(Item?.leadId)
    return leadId && { leadId, taughtAt: String(Item?.taughtAt) }
  },

  setOwner: async (source, dealId, { leadId, taughtAt }) => {
    const pointer = keyOf(source, dealId, 'LEAD')
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          // Found from the lead, so that it goes when the lead is erased.
          Item: { ...pointer, ...pointerList(leadId, pointer), leadId, taughtAt },
          ConditionExpression: `attribute_not_exists(${table.partitionKey}) OR taughtAt < :taughtAt`,
          ExpressionAttributeValues: { ':taughtAt': taughtAt },
        }),
      )
    } catch (error) {
      if (!conditionFailed(error)) throw error
    }
  },

  keep: async (source, dealId, activity, at) => {
    await client.send(
      new PutCommand({
        TableName: tableName,
        Item: {
          ...waitKey(source, dealId, activity),
          activity: JSON.stringify(activity),
          [table.timeToLive]: Math.floor(Date.parse(at) / 1000) + keptSeconds,
        },
      }),
    )
  },

  kept: async (source, dealId, now) => {
    const deal = keyOf(source, dealId, '')[table.partitionKey] ?? ''
    const items = await itemsBelow(client, tableName, deal, waits)
    // DynamoDB takes away what has expired within days, not at once.
    const alive = items.filter((item) => Number(item[table.timeToLive]) > Date.parse(now) / 1000)
    return alive.map(({ activity }): MappedActivity => JSON.parse(String(activity)))
  },

  drop: async (source, dealId, activities) => {
    for (const activity of activities)
      await client.send(new DeleteCommand({ TableName: tableName, Key: waitKey(source, dealId, activity) }))
  },
})
