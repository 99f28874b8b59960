import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { Conflict } from '../ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed } from './dynamo-client.ts'

type Item = Readonly<Record<string, unknown>>

/** Holds while the item is as it was seen: at this `version`, or not there at all for 0. */
export const unchangedSince = (version: number) =>
  version === 0 ? { ConditionExpression: `attribute_not_exists(${table.partitionKey})` } : isAt(version)

const isAt = (version: number) => ({
  ConditionExpression: '#version = :seen',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: { ':seen': version },
})

/** Items that are replaced as a whole, each by the next version of what was seen. */
export const versionedItems = (client: DynamoDBDocumentClient, tableName: string) => {
  const write = async (
    item: Item,
    seen: number,
    meanwhile: string,
    shown: 'NONE' | 'ALL_OLD',
  ): Promise<Record<string, unknown> | undefined> => {
    const Item = { ...item, version: seen + 1 }
    const input = { TableName: tableName, Item, ...unchangedSince(seen), ReturnValues: shown }
    try {
      return (await client.send(new PutCommand(input))).Attributes
    } catch (error) {
      throw conditionFailed(error) ? new Conflict(meanwhile) : error
    }
  }

  return {
    /**
     * Writes `item` with the version after `seen`.
     * @throws Conflict, saying `meanwhile`, when it is no longer as it was seen.
     */
    put: async (item: Item, seen: number, meanwhile: string): Promise<void> => {
      await write(item, seen, meanwhile, 'NONE')
    },

    /** The same. @returns what stood there before. */
    replace: (item: Item, seen: number, meanwhile: string): Promise<Record<string, unknown> | undefined> =>
      write(item, seen, meanwhile, 'ALL_OLD'),

    /** Removes `outbox` and what else was `owed`, unless somebody has replaced the item since: then it is theirs. */
    clearOutbox: async (
      Key: Readonly<Record<string, string>>,
      seen: number,
      owed: readonly string[] = [],
    ): Promise<void> => {
      const update = { UpdateExpression: `REMOVE ${['outbox', ...owed].join(', ')}`, ...isAt(seen) }
      try {
        await client.send(new UpdateCommand({ TableName: tableName, Key, ...update }))
      } catch (error) {
        if (!conditionFailed(error)) throw error
      }
    },
  }
}
