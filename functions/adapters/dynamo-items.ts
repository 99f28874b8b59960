import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { Conflict, Transient } from '../ports.ts'
import { table } from '../table-schema.ts'
import { sleep } from './system.ts'

/** One for each container: made in module scope, so that connections outlive an invocation. */
export const makeDocumentClient = (config: DynamoDBClientConfig = {}): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(config), {
    marshallOptions: { removeUndefinedValues: true },
  })

/** @returns whether `error` says that a write's condition did not hold. */
export const conditionFailed = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException'

export type Item = Record<string, unknown>

export type Key = Record<string, string>

interface Waiting<Asked, Answer> {
  readonly asked: Asked
  resolve(answer: Answer): void
  reject(reason: unknown): void
}

/**
 * Collects what is asked for until the event loop comes round, then hands it on in groups of at most `limit`. A group that
 * fails is tried again one by one, so that what is wrong with one does not become the fault of its neighbours.
 */
export const collect = <Asked, Answer>(
  limit: number,
  handle: (group: readonly Asked[]) => Promise<readonly Answer[]>,
): ((asked: Asked) => Promise<Answer>) => {
  let waiting: Waiting<Asked, Answer>[] = []
  const answer = async (group: readonly Waiting<Asked, Answer>[]): Promise<void> => {
    try {
      const answers = await handle(group.map(({ asked }) => asked))
      for (const [index, { resolve }] of group.entries()) resolve(answers[index] as Answer)
    } catch (error) {
      const [only, next] = group
      if (only && !next) only.reject(error)
      else for (const one of group) void answer([one])
    }
  }
  const flush = (): void => {
    const all = waiting
    waiting = []
    for (let from = 0; from < all.length; from += limit) void answer(all.slice(from, from + limit))
  }
  return (asked) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({ asked, resolve, reject })
    })
}

/** DynamoDB's limits on one request. */
const readLimit = 100
const writeLimit = 25
/** Waits before what was left unprocessed is offered again, in ms. */
const pauses = [50, 100, 200, 400, 800]

/** Reads and first writes, put together: what is asked for at the same moment goes out in as few requests as there can be. */
interface Batcher {
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>
  /**
   * Writes unless something stands there already. One or two at a time are conditional writes side by side (a fact and its
   * id). More are a read and a write: of two that write to one place from two functions at the same moment, the last one stays.
   * @returns whether it was written.
   */
  putNew(item: Item): Promise<boolean>
}

const makeBatcher = (client: DynamoDBDocumentClient, tableName: string): Batcher => {
  const readMany = async (keys: readonly Key[]): Promise<readonly (Item | undefined)[]> => {
    const [first, second] = keys
    if (first && !second) {
      const input = { TableName: tableName, Key: first, ConsistentRead: true }
      return [(await client.send(new GetCommand(input))).Item]
    }
    const found = new Map<string, Item>()
    let open: Key[] = [...new Map(keys.map((key) => [identity(key), key])).values()]
    for (let attempt = 0; open.length > 0; attempt += 1) {
      await pauseBefore(attempt)
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [tableName]: { Keys: open, ConsistentRead: true } } }),
      )
      for (const item of Responses?.[tableName] ?? []) found.set(identity(item), item)
      open = (UnprocessedKeys?.[tableName]?.Keys ?? []) as Key[]
    }
    return keys.map((key) => found.get(identity(key)))
  }

  const writeAll = async (items: readonly Item[]): Promise<void> => {
    let open = items.map((Item) => ({ PutRequest: { Item } }))
    for (let attempt = 0; open.length > 0; attempt += 1) {
      await pauseBefore(attempt)
      const { UnprocessedItems } = await client.send(
        new BatchWriteCommand({ RequestItems: { [tableName]: open } }),
      )
      open = (UnprocessedItems?.[tableName] ?? []) as typeof open
    }
  }

  const writeNew = async (items: readonly Item[]): Promise<readonly boolean[]> => {
    if (items.length <= 2) return Promise.all(items.map(putAlone))
    const standing = await readMany(items.map(keyOf))
    const taken = new Set(standing.flatMap((item) => (item ? identity(item) : [])))
    const written = items.map((item) => !taken.has(identity(item)) && taken.add(identity(item)))
    await writeAll(items.filter((_, index) => written[index]))
    return written.map(Boolean)
  }

  const putAlone = async (item: Item): Promise<boolean> => {
    try {
      const ConditionExpression = `attribute_not_exists(${table.partitionKey})`
      await client.send(new PutCommand({ TableName: tableName, Item: item, ConditionExpression }))
      return true
    } catch (error) {
      if (conditionFailed(error)) return false
      throw error
    }
  }

  return { get: collect(readLimit, readMany), putNew: collect(writeLimit, writeNew) }
}

const batchers = new WeakMap<DynamoDBDocumentClient, Batcher>()

/** One for each client: all adapters of a container share its requests. */
export const dynamoBatcher = (client: DynamoDBDocumentClient, tableName: string): Batcher => {
  const known = batchers.get(client)
  if (known) return known
  const batcher = makeBatcher(client, tableName)
  batchers.set(client, batcher)
  return batcher
}

const identity = (item: Item): string => `${item[table.partitionKey]}\n${item[table.sortKey]}`

const keyOf = (item: Item): Key => ({
  [table.partitionKey]: String(item[table.partitionKey]),
  [table.sortKey]: String(item[table.sortKey]),
})

/** @throws once everything was offered often enough: the message goes back to its queue. */
const pauseBefore = async (attempt: number): Promise<void> => {
  if (attempt === 0) return
  const pause = pauses[attempt - 1]
  if (pause === undefined) throw new Transient('DynamoDB left requests unprocessed again and again')
  await sleep(pause)
}

type VersionedItem = Readonly<Record<string, unknown>>

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
    item: VersionedItem,
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
    put: async (item: VersionedItem, seen: number, meanwhile: string): Promise<void> => {
      await write(item, seen, meanwhile, 'NONE')
    },

    /** The same. @returns what stood there before. */
    replace: (
      item: VersionedItem,
      seen: number,
      meanwhile: string,
    ): Promise<Record<string, unknown> | undefined> => write(item, seen, meanwhile, 'ALL_OLD'),

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

/** All items of a partition whose sort key begins with `prefix`, in its order, however many pages they fill. Strongly consistent. */
export const itemsBelow = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  partition: string,
  prefix: string,
): Promise<readonly Item[]> => {
  const items: Item[] = []
  let start: Item | undefined
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: '#pk = :partition AND begins_with(#sk, :prefix)',
        ExpressionAttributeNames: { '#pk': table.partitionKey, '#sk': table.sortKey },
        ExpressionAttributeValues: { ':partition': partition, ':prefix': prefix },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    )
    items.push(...(page.Items ?? []))
    start = page.LastEvaluatedKey
  } while (start)
  return items
}
