import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { Transient } from '../ports.ts'
import { table } from '../table-schema.ts'
import { sleep } from './system-clock.ts'

/** Waits before what was left unprocessed is asked for again, in ms: short, as somebody is waiting for the list. */
const pauses = [50, 100, 200, 400, 800]

type Keyed = Readonly<Record<string, unknown>>

/**
 * Reads the items that `found` (rows of a keys-only index, at most 100) point to, in that order. An index lags behind: an
 * item that has just moved in it may stand there twice, and is read once; one that is gone is left out.
 */
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
  const wanted = [...new Map(found.map((item) => [identity(item), keyOf(item)])).values()]
  let open: Keyed[] = wanted
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (attempt > 0) {
      const pause = pauses[attempt - 1]
      if (pause === undefined) throw new Transient('DynamoDB left requests unprocessed again and again')
      await sleep(pause)
    }
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [tableName]: { Keys: open } } }),
    )
    for (const item of Responses?.[tableName] ?? []) loaded.set(identity(item), item)
    open = UnprocessedKeys?.[tableName]?.Keys ?? []
  }
  return wanted.map((item) => loaded.get(identity(item))).filter((item) => item !== undefined)
}
