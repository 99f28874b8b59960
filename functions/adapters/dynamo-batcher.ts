import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
} from '@aws-sdk/lib-dynamodb'
import { Transient } from '../ports.ts'
import { table } from '../table-schema.ts'
import { collect } from './collect.ts'
import { conditionFailed } from './dynamo-client.ts'
import type { Item, Key } from './dynamo-lead-items.ts'
import { sleep } from './system-clock.ts'

/** DynamoDB's limits on one request. */
const readLimit = 100
const writeLimit = 25
/** Waits before what was left unprocessed is offered again, in ms. */
const pauses = [50, 100, 200, 400, 800]

/** Reads and first writes, put together: what is asked for at the same moment goes out in as few requests as there can be. */
export interface Batcher {
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
