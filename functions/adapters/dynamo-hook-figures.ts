import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { HookDay, HookFigures } from '../hook-ports.ts'
import { table } from '../table-schema.ts'

const keptSeconds = 31 * 86_400
const prefix = 'DAY#'

const keyOf = (kind: string, source: string, day: string) => ({
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
        Key: keyOf(kind, source, at.slice(0, 10)),
        UpdateExpression: `SET #expires = :expires, lastReceivedAt = :at${
          added.length > 0 ? ` ADD ${added.map((_, index) => `#n${index} :n${index}`).join(', ')}` : ''
        }`,
        ExpressionAttributeNames: {
          '#expires': table.timeToLive,
          ...Object.fromEntries(added.map(([name], index) => [`#n${index}`, `n:${name}`])),
        },
        ExpressionAttributeValues: {
          ':expires': Math.floor(Date.parse(at) / 1000) + keptSeconds,
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
