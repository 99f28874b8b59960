import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import type { MappedActivity } from '../../domain/hook/map-event.ts'
import { parseLeadId } from '../../domain/model/activity.ts'
import { table } from '../table-schema.ts'
import type { HookDay, HookDeals, HookFigures } from '../webhook-ports.ts'
import { conditionFailed, itemsBelow, type Key } from './dynamo-items.ts'
import { pointerList } from './dynamo-leads.ts'

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

const figuresKeptSeconds = 31 * 86_400
const prefix = 'DAY#'

const hookFiguresKey = (kind: string, source: string, day: string) => ({
  [table.partitionKey]: `${kind}#${source}`,
  [table.sortKey]: `${prefix}${day}`,
})

const dayOf = (item: Record<string, unknown>): HookDay => ({
  day: String(item[table.sortKey]).slice(prefix.length),
  ...(typeof item.lastReceivedAt === 'string' && { lastReceivedAt: item.lastReceivedAt }),
  counts: Object.fromEntries(
    Object.entries(item).flatMap(([name, value]): [string, number][] =>
      name.startsWith('n:') && typeof value === 'number' ? [[name.slice(2), value]] : [],
    ),
  ),
})

/** One item for each source and day, and one write for each addition. @param kind whose figures they are. */
const dynamoDayFigures = (
  client: DynamoDBDocumentClient,
  tableName: string,
  kind: 'HOOK' | 'FORM',
): HookFigures => ({
  add: async (source, at, counts) => {
    const added = Object.entries(counts).filter(([, count]) => count > 0)
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: hookFiguresKey(kind, source, at.slice(0, 10)),
        UpdateExpression: `SET #expires = :expires, lastReceivedAt = :at${
          added.length > 0 ? ` ADD ${added.map((_, index) => `#n${index} :n${index}`).join(', ')}` : ''
        }`,
        ExpressionAttributeNames: {
          '#expires': table.timeToLive,
          ...Object.fromEntries(added.map(([name], index) => [`#n${index}`, `n:${name}`])),
        },
        ExpressionAttributeValues: {
          ':expires': Math.floor(Date.parse(at) / 1000) + figuresKeptSeconds,
          ':at': at,
          ...Object.fromEntries(added.map(([, count], index) => [`:n${index}`, count])),
        },
      }),
    )
  },

  since: async (source, from) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: '#pk = :source AND #sk >= :from',
        ExpressionAttributeNames: { '#pk': table.partitionKey, '#sk': table.sortKey },
        ExpressionAttributeValues: { ':source': `${kind}#${source}`, ':from': `${prefix}${from}` },
      }),
    )
    return Items.map(dayOf)
  },
})

/** What became of the deliveries of programs outside. */
export const dynamoHookFigures = (client: DynamoDBDocumentClient, tableName: string): HookFigures =>
  dynamoDayFigures(client, tableName, 'HOOK')

/** How often forms were sent and confirmed. */
export const dynamoFormFigures = (client: DynamoDBDocumentClient, tableName: string): HookFigures =>
  dynamoDayFigures(client, tableName, 'FORM')
