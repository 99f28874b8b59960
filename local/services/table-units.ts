import type { DynamoDbEngine } from '../engines/dynamodb-engine.ts'
import { insertsOf } from '../engines/insert-statements.ts'
import { type JsonObject, numberOf, objectOf, objectsOf, parseObject, textOf } from '../json.ts'
import type { Resource } from '../template/model.ts'
import { leadingKeys } from './dynamodb.ts'

interface Keys {
  readonly hash: string
  readonly range: string | undefined
}

/** What is written beside the table's own item. */
interface Index extends Keys {
  readonly name: string
  readonly keysOnly: boolean
}

interface Table extends Keys {
  readonly name: string
  readonly indexes: readonly Index[]
}

export interface PartitionUnits {
  /** With the index's name after a slash, where it is one of its partitions. */
  readonly table: string
  readonly partition: string
  readonly read: number
  readonly write: number
}

/** Read and write units by partition, from `begin` to `end`: each write is read before and after, so that it is for looking closely alone. */
export class TableUnits {
  #units: Map<string, { read: number; write: number }> | undefined

  get counting(): boolean {
    return this.#units !== undefined
  }

  begin(): void {
    this.#units = new Map()
  }

  end(): void {
    this.#units = undefined
  }

  list(): readonly PartitionUnits[] {
    return [...(this.#units ?? [])].map(([key, units]) => {
      const [table = '', partition = ''] = key.split('\n')
      return { table, partition, ...units }
    })
  }

  add(kind: 'read' | 'write', table: string, partition: string, amount: number): void {
    if (!this.#units || amount === 0) return
    const key = `${table}\n${partition}`
    const units = this.#units.get(key) ?? { read: 0, write: 0 }
    units[kind] += amount
    this.#units.set(key, units)
  }
}

const keysOf = (schema: JsonObject): Keys => {
  const named = (type: string) =>
    textOf(objectsOf(schema.KeySchema).find(({ KeyType }) => KeyType === type)?.AttributeName)
  return { hash: named('HASH') ?? '', range: named('RANGE') }
}

const tableOf = ({ name, properties }: Resource): Table => ({
  ...keysOf(properties),
  name,
  indexes: objectsOf(properties.GlobalSecondaryIndexes).map((index) => ({
    ...keysOf(index),
    name: textOf(index.IndexName) ?? '',
    keysOnly: textOf(objectOf(index.Projection).ProjectionType) === 'KEYS_ONLY',
  })),
})

/** Bytes of an attribute's value in DynamoDB's JSON, as the service counts them. */
function bytesOf(attribute: JsonObject): number {
  const { S, N, B, M, L, NULL, BOOL, ...sets } = attribute
  if (S !== undefined) return Buffer.byteLength(textOf(S) ?? '')
  if (N !== undefined) return Math.ceil((textOf(N) ?? '').replace(/[-.]/g, '').length / 2) + 1
  if (B !== undefined) return Math.floor(((textOf(B) ?? '').length * 3) / 4)
  if (M !== undefined) return 3 + itemBytes(objectOf(M)) + Object.keys(objectOf(M)).length
  if (L !== undefined) return 3 + objectsOf(L).reduce((sum, one) => sum + bytesOf(one) + 1, 0)
  if (NULL !== undefined || BOOL !== undefined) return 1
  return JSON.stringify(sets).length
}

function itemBytes(item: JsonObject): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + bytesOf(objectOf(value)),
    0,
  )
}

const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024))

const partOf = (item: JsonObject | undefined, key: string | undefined): string | undefined => {
  if (item === undefined || key === undefined) return undefined
  const { S, N, B } = objectOf(item[key])
  return textOf(S ?? N ?? B)
}

/** What an index takes for an item that changes: nothing where its row stays, one row out and one in where it moves. */
function indexWrites(index: Index, before: JsonObject | undefined, after: JsonObject | undefined) {
  const rowOf = (item: JsonObject | undefined) => {
    const [partition, rank] = [partOf(item, index.hash), partOf(item, index.range)]
    if (partition === undefined || (index.range !== undefined && rank === undefined)) return undefined
    return {
      partition,
      rank,
      text: index.keysOnly ? '' : JSON.stringify(item),
      units: index.keysOnly ? 1 : writeUnits(itemBytes(item ?? {})),
    }
  }
  const [from, to] = [rowOf(before), rowOf(after)]
  const stays = from?.partition === to?.partition && from?.rank === to?.rank
  if (stays && from?.text === to?.text) return []
  if (stays && to) return [to]
  return [from, to].filter((row) => row !== undefined)
}

/** Keys of the items that a request writes, each with its table. */
function writtenKeys(operation: string, input: JsonObject, tables: ReadonlyMap<string, Table>) {
  const keyIn = (table: Table, item: JsonObject): JsonObject =>
    Object.fromEntries(
      [table.hash, table.range].flatMap((name) => (name === undefined ? [] : [[name, item[name] ?? null]])),
    )
  const of = (name: string, item: JsonObject) => {
    const table = tables.get(name)
    return table ? [{ table, key: keyIn(table, item) }] : []
  }
  if (operation === 'BatchWriteItem')
    return Object.entries(objectOf(input.RequestItems)).flatMap(([name, requests]) =>
      objectsOf(requests).flatMap(({ PutRequest, DeleteRequest }) =>
        of(name, objectOf(objectOf(PutRequest).Item ?? objectOf(DeleteRequest).Key)),
      ),
    )
  if (operation === 'BatchExecuteStatement')
    return insertsOf(input).flatMap(({ table, item }) => (item ? of(table, item) : []))
  return of(textOf(input.TableName) ?? '', objectOf(operation === 'PutItem' ? input.Item : input.Key))
}

const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'BatchExecuteStatement'])
const reads = new Set(['GetItem', 'BatchGetItem', 'Query'])

/** The engine, whose requests are looked at while units are counted; else it is as if this were not there. */
export function countingUnits(
  engine: DynamoDbEngine,
  resources: readonly Resource[],
  units: TableUnits,
): DynamoDbEngine {
  const tables = new Map(resources.map((resource) => [resource.name, tableOf(resource)]))
  const itemAt = async ({ name }: Table, Key: JsonObject): Promise<JsonObject | undefined> => {
    const { body } = await engine.call('GetItem', { TableName: name, Key, ConsistentRead: true })
    const { Item } = parseObject(body)
    return Item === undefined ? undefined : objectOf(Item)
  }

  const write = async (operation: string, input: JsonObject) => {
    const keys = writtenKeys(operation, input, tables)
    const look = () => Promise.all(keys.map(({ table, key }) => itemAt(table, key)))
    const before = await look()
    const answer = await engine.call(operation, input)
    const after = answer.status === 200 ? await look() : before
    for (const [at, { table, key }] of keys.entries()) {
      const [from, to] = [before[at], after[at]]
      const most = Math.max(itemBytes(from ?? {}), itemBytes(to ?? {}))
      units.add('write', table.name, partOf(key, table.hash) ?? '', writeUnits(most))
      if (answer.status !== 200) continue
      for (const index of table.indexes)
        for (const row of indexWrites(index, from, to))
          units.add('write', `${table.name}/${index.name}`, row.partition, row.units)
    }
    return answer
  }

  /** Where a read looks, by table; the engine may change what it is given. */
  const lookedAt = (operation: string, input: JsonObject) => {
    const names =
      operation === 'BatchGetItem'
        ? Object.keys(objectOf(input.RequestItems))
        : [textOf(input.TableName) ?? '']
    return names.map((name) => {
      const table = tables.get(name)
      const index = table?.indexes.find((each) => each.name === textOf(input.IndexName))
      const asked =
        operation === 'BatchGetItem' ? { requests: objectOf(input.RequestItems)[name] ?? null } : input
      const partitions = leadingKeys(operation, asked, index?.hash ?? table?.hash ?? '') ?? []
      return { name, where: index ? `${name}/${index.name}` : name, partitions }
    })
  }

  const read = async (operation: string, input: JsonObject) => {
    const places = lookedAt(operation, input)
    const answer = await engine.call(operation, { ...input, ReturnConsumedCapacity: 'TOTAL' })
    const consumed = objectsOf([parseObject(answer.body).ConsumedCapacity ?? []].flat())
    for (const { name, where, partitions } of places) {
      const taken = consumed.find(({ TableName }) => textOf(TableName) === name)
      const each = (numberOf(taken?.CapacityUnits) ?? 0) / Math.max(1, partitions.length)
      for (const partition of partitions) units.add('read', where, partition, each)
    }
    return answer
  }

  return {
    call: (operation, input) => {
      if (!units.counting) return engine.call(operation, input)
      if (writes.has(operation)) return write(operation, input)
      return reads.has(operation) ? read(operation, input) : engine.call(operation, input)
    },
    close: () => engine.close(),
  }
}
