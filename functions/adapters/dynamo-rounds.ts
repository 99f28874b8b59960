import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { Conflict } from '../ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed } from './dynamo-client.ts'

/** How many of a team's latest turns are remembered, so that a request that comes again keeps its place. */
const rememberedTurns = 200

type Turn = readonly [handoffId: string, turn: number]

/** One item for each team: the number of the next turn, and who had the latest ones. */
export const nextTurn =
  (client: DynamoDBDocumentClient, tableName: string) =>
  async (team: string, handoffId: string): Promise<number> => {
    const Key = { [table.partitionKey]: `TEAM#${team}`, [table.sortKey]: 'ROUND' }
    const { Item } = await client.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }))
    const turn = Number(Item?.next ?? 0)
    const recent: readonly Turn[] = Item?.recent ? JSON.parse(String(Item.recent)) : []
    const taken = recent.find(([id]) => id === handoffId)
    if (taken) return taken[1]
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            ...Key,
            next: turn + 1,
            recent: JSON.stringify([...recent.slice(1 - rememberedTurns), [handoffId, turn]]),
          },
          ...(Item
            ? {
                ConditionExpression: '#next = :turn',
                ExpressionAttributeNames: { '#next': 'next' },
                ExpressionAttributeValues: { ':turn': turn },
              }
            : { ConditionExpression: `attribute_not_exists(${table.partitionKey})` }),
        }),
      )
    } catch (error) {
      throw conditionFailed(error) ? new Conflict(`somebody else took turn ${turn} of team ${team}`) : error
    }
    return turn
  }
