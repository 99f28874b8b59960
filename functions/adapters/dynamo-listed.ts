import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { table } from '../table-schema.ts'

type Keyed = Readonly<Record<string, unknown>>

/** Reads the items that `found` (rows of a keys-only index, at most 100) point to, in that order; those gone meanwhile are left out. */
export const loadListed = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  found: readonly Keyed[],
): Promise<Record<string, unknown>[]> => {
  const keyOf = (item: Keyed) => ({
    [table.partitionKey]: item[table.partitionKey],
    [table.sortKey]: item[table.sortKey],
  })
  const identity = (item: Keyed): string => JSON.stringify(keyOf(item))
  const loaded = new Map<string, Record<string, unknown>>()
  let open: Keyed[] = found.map(keyOf)
  while (open.length > 0) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [tableName]: { Keys: open } } }),
    )
    for (const item of Responses?.[tableName] ?? []) loaded.set(identity(item), item)
    open = UnprocessedKeys?.[tableName]?.Keys ?? []
  }
  return found.map((item) => loaded.get(identity(item))).filter((item) => item !== undefined)
}
