import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import type { CountedHandoff } from '../../domain/handoff/round.ts'
import type { Rounds } from '../routing-ports.ts'
import { table } from '../table-schema.ts'
import { countedPrefix, teamPartition } from './dynamo-counted.ts'
import type { Item } from './dynamo-lead-items.ts'
import { itemsBelow } from './items-below.ts'
import { versionedItems } from './versioned-items.ts'

/** One item for each team, beside those of its open handoffs. */
export const dynamoRounds = (client: DynamoDBDocumentClient, tableName: string): Rounds => {
  const keyOf = (team: string) => ({
    [table.partitionKey]: teamPartition(team),
    [table.sortKey]: 'ROUND',
  })

  return {
    load: async (team) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: keyOf(team), ConsistentRead: true }),
      )
      // Rounds of before had neither: they begin anew.
      const { owed, claims } = Item?.round ? JSON.parse(String(Item.round)) : { owed: {}, claims: [] }
      return { team, version: Number(Item?.version ?? 0), owed, claims }
    },

    commit: ({ team, version, owed, claims }) =>
      versionedItems(client, tableName).put(
        { ...keyOf(team), round: JSON.stringify({ owed, claims }) },
        version,
        `somebody else took a turn of team ${team}`,
      ),

    counted: async (team) =>
      (await itemsBelow(client, tableName, teamPartition(team), countedPrefix)).map(countedOf),
  }
}

/** Reads what `countHandoff` wrote. */
const countedOf = (item: Item): CountedHandoff => ({
  handoffId: String(item[table.sortKey]).slice(countedPrefix.length),
  owner: String(item.owner),
  assignment: Number(item.assignment),
  isOpen: item.isOpen === true,
})
