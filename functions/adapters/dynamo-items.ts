import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import { Conflict, Transient } from '../ports.ts'
import { table } from '../table-schema.ts'
import { collect, type Gather } from './collect.ts'
import { makeInsertMany } from './dynamo-inserts.ts'
import { sleep } from './system.ts'

export type Item = Readonly<Record<string, unknown>>

export type Key = Readonly<Record<string, string>>

/** An item as DynamoDB takes and gives it: each value with its type. */
type Typed = Record<string, AttributeValue>

/** What is undefined is left out. */
export const typed = (item: Item): Typed => marshall(item, { removeUndefinedValues: true })
export const untyped = (given: Typed): Item => unmarshall(given)
const untypedIf = (given: Typed | undefined): Item | undefined => given && untyped(given)

export const keyOf = (partition: string, sort: string): Key => ({
  [table.partitionKey]: partition,
  [table.sortKey]: sort,
})

export const partitionOf = (item: Item): string => String(item[table.partitionKey])
export const sortOf = (item: Item): string => String(item[table.sortKey])
export const keyIn = (item: Item): Key => keyOf(partitionOf(item), sortOf(item))
const identity = (item: Item): string => `${partitionOf(item)}\n${sortOf(item)}`

/** An item's place in the index of lists. */
export const placeIn = (list: string, rank: string): Key => ({
  [table.lists.partitionKey]: list,
  [table.lists.sortKey]: rank,
})

/** The moment, `seconds` after `at`, from which DynamoDB may drop an item. */
export const expiry = (at: string, seconds: number): Item => ({
  [table.timeToLive]: Math.floor(Date.parse(at) / 1_000) + seconds,
})

/** A condition, in which `#name` is an attribute and `:name` one of `values`. */
interface When {
  readonly when?: string | undefined
  readonly values?: Item | undefined
}

/** What the table is to show of the item: as it was, or as it is. @default nothing */
type Shown = 'ALL_OLD' | 'ALL_NEW'

interface Change extends When {
  /** What is undefined stays as it is. */
  readonly set?: Item
  /** Set where nothing stands. */
  readonly setNew?: Item
  readonly add?: Readonly<Record<string, number>>
  readonly remove?: readonly string[]
  readonly shown?: Shown
}

/** What expressions call the attributes whose names the schema gives. */
const aliases: Readonly<Record<string, string>> = {
  pk: table.partitionKey,
  sk: table.sortKey,
  list: table.lists.partitionKey,
  rank: table.lists.sortKey,
  expires: table.timeToLive,
}

/** Stands where nothing stood. */
export const isNew: When = { when: 'attribute_not_exists(#pk)' }

const unlessEmpty = <Value extends Item>(value: Value): Value | undefined =>
  Object.keys(value).length > 0 ? value : undefined

/** Names and values that expressions mention, as DynamoDB takes them. */
const spelled = (text: string, values: Item = {}) => {
  const names = [...text.matchAll(/#(\w+)/g)].map(([placeholder, name = '']) => [
    placeholder,
    aliases[name] ?? name,
  ])
  const given = Object.entries(values).map(([name, value]) => [`:${name}`, value])
  return {
    ExpressionAttributeNames: unlessEmpty<Readonly<Record<string, string>>>(Object.fromEntries(names)),
    ExpressionAttributeValues: unlessEmpty<Typed>(typed(Object.fromEntries(given))),
  }
}

const conditionOf = ({ when, values }: When) => ({
  ConditionExpression: when,
  ...spelled(when ?? '', values),
})

/** The clause of an update in which each kind of change stands, and how. */
const forms = {
  set: (name: string, value: string) => ['SET', `${name} = ${value}`],
  setNew: (name: string, value: string) => ['SET', `${name} = if_not_exists(${name}, ${value})`],
  add: (name: string, value: string) => ['ADD', `${name} ${value}`],
}

/** Attributes go by number, as their names may hold anything. */
const updateOf = ({ remove = [], when, values, shown, ...changed }: Change) => {
  const fields = (['set', 'setNew', 'add'] as const).flatMap((kind) =>
    Object.entries(changed[kind] ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ kind, name, value })),
  )
  const parts = [
    ...fields.map(({ kind }, index) => forms[kind](`#f${index}`, `:f${index}`)),
    ...remove.map((_, index) => ['REMOVE', `#r${index}`]),
  ]
  const condition = conditionOf({ when, values })
  return {
    ...condition,
    UpdateExpression: [...Map.groupBy(parts, ([clause]) => clause)]
      .map(([clause, all]) => `${clause} ${all.map(([, text]) => text).join(', ')}`)
      .join(' '),
    ExpressionAttributeNames: {
      ...condition.ExpressionAttributeNames,
      ...Object.fromEntries(fields.map(({ name }, index) => [`#f${index}`, name])),
      ...Object.fromEntries(remove.map((name, index) => [`#r${index}`, name])),
    },
    ExpressionAttributeValues: unlessEmpty<Typed>({
      ...condition.ExpressionAttributeValues,
      ...typed(Object.fromEntries(fields.map(({ value }, index) => [`:f${index}`, value]))),
    }),
    ReturnValues: shown,
  }
}

/** DynamoDB's limits on one request. */
const readLimit = 100
const writeLimit = 25
/** Waits before what was left unprocessed is offered again, in ms. */
const pauses = [50, 100, 200, 400, 800]

/** @throws once everything was offered often enough: the message goes back to its queue. */
const untilNoneIsLeft = async <Request>(
  requests: readonly Request[],
  offer: (open: readonly Request[]) => Promise<readonly Request[]>,
): Promise<void> => {
  let open = requests
  for (const pause of [0, ...pauses]) {
    if (open.length === 0) return
    if (pause > 0) await sleep(pause)
    open = await offer(open)
  }
  if (open.length > 0) throw new Transient('DynamoDB left requests unprocessed again and again')
}

interface Added {
  readonly key: Key
  readonly counters: Readonly<Record<string, number>>
}

/** What is added to one item, in one. */
const summed = (all: readonly Added[]): readonly Added[] =>
  [...Map.groupBy(all, ({ key }) => identity(key)).values()].map((own) => {
    const counters = new Map<string, number>()
    for (const [name, by] of own.flatMap((one) => Object.entries(one.counters)))
      counters.set(name, (counters.get(name) ?? 0) + by)
    return { key: own[0]?.key ?? {}, counters: Object.fromEntries(counters) }
  })

/** Counters wait for so long (ms) for others of their batch: nobody waits for them. */
const gatherCounters = 10
const mostCounted = 1_000

const unwrapped = <Value>(settled: PromiseSettledResult<Value>): Value => {
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

/** The requests that the items of one table take. */
const makeItems = (client: DynamoDBClient, tableName: string) => {
  const ofTable = { TableName: tableName }

  /** @returns what the table showed of the item; undefined where the condition did not hold. */
  const unlessRefused = async (
    write: Promise<{ readonly Attributes?: Typed | undefined }>,
  ): Promise<Item | undefined> => {
    try {
      return untypedIf((await write).Attributes) ?? {}
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined
      throw error
    }
  }

  const put = (item: Item, condition: When = {}, ReturnValues?: 'ALL_OLD'): Promise<Item | undefined> =>
    unlessRefused(
      client.send(
        new PutItemCommand({ ...ofTable, Item: typed(item), ReturnValues, ...conditionOf(condition) }),
      ),
    )

  const insertAlone = async (item: Item): Promise<boolean> => (await put(item, isNew)) !== undefined

  const update = (key: Key, change: Change): Promise<Item | undefined> =>
    unlessRefused(client.send(new UpdateItemCommand({ ...ofTable, Key: typed(key), ...updateOf(change) })))

  /** Those that stand there, in the order of `keys`. */
  const readMany = async (
    keys: readonly Key[],
    ConsistentRead: boolean,
  ): Promise<ReadonlyMap<string, Item>> => {
    const found = new Map<string, Item>()
    const asked = [...new Map(keys.map((key) => [identity(key), key])).values()]
    await untilNoneIsLeft(asked.map(typed), async (Keys) => {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: [...Keys], ConsistentRead } } }),
      )
      for (const item of (Responses?.[tableName] ?? []).map(untyped)) found.set(identity(item), item)
      return UnprocessedKeys?.[tableName]?.Keys ?? []
    })
    return found
  }

  const getMany = async (keys: readonly Key[]): Promise<readonly (Item | undefined)[]> => {
    const [key, next] = keys
    if (key && !next) {
      const asked = { ...ofTable, Key: typed(key), ConsistentRead: true }
      return [untypedIf((await client.send(new GetItemCommand(asked))).Item)]
    }
    const found = await readMany(keys, true)
    return keys.map((key) => found.get(identity(key)))
  }

  const writeMany = (requests: readonly WriteRequest[]): Promise<void> =>
    untilNoneIsLeft(requests, async (open) => {
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [tableName]: [...open] } }),
      )
      return UnprocessedItems?.[tableName] ?? []
    })

  const putMany = (items: readonly Item[]): Promise<void> =>
    writeMany(items.map((item) => ({ PutRequest: { Item: typed(item) } })))

  const putNewMany = async (items: readonly Item[]): Promise<readonly boolean[]> => {
    if (items.length <= 2) return Promise.all(items.map(insertAlone))
    const taken = new Set((await readMany(items.map(keyIn), true)).keys())
    const written = items.map((item) => !taken.has(identity(item)) && Boolean(taken.add(identity(item))))
    await putMany(items.filter((_, index) => written[index]))
    return written
  }

  const insertedTogether = collect(
    writeLimit,
    makeInsertMany(client, tableName, { placeOf: identity, insertAlone }),
  )
  let insert = insertAlone

  const page = async ({
    where,
    filter,
    fields,
    values,
    ExclusiveStartKey,
    ...input
  }: Asked): Promise<Page> => {
    const { Items, LastEvaluatedKey, Count } = await client.send(
      new QueryCommand({
        ...ofTable,
        ...input,
        ExclusiveStartKey: ExclusiveStartKey && typed(ExclusiveStartKey),
        KeyConditionExpression: where,
        FilterExpression: filter,
        ProjectionExpression: fields,
        ...spelled([where, filter, fields].join(' '), values),
      }),
    )
    return { Items: Items?.map(untyped), LastEvaluatedKey: untypedIf(LastEvaluatedKey), Count }
  }

  async function* pages(asked: Asked): AsyncGenerator<Page> {
    let ExclusiveStartKey: Item | undefined
    do {
      const one = await page({ ...asked, ExclusiveStartKey })
      yield one
      ExclusiveStartKey = one.LastEvaluatedKey
    } while (ExclusiveStartKey)
  }

  const all = async (asked: Asked): Promise<readonly Item[]> => {
    const items: Item[] = []
    for await (const { Items = [] } of pages({ ConsistentRead: true, ...asked })) items.push(...Items)
    return items
  }

  let gatherReads: Gather = () => 0
  const addTogether = collect(
    mostCounted,
    (all: readonly Added[]) => {
      const own = summed(all)
      const updates = own.map(({ key, counters: add }) => update(key, { add }))
      const places = own.map(({ key }) => identity(key))
      // Not tried again one by one: what has been added would be added twice.
      return Promise.allSettled(all.map(({ key }) => updates[places.indexOf(identity(key))]))
    },
    () => gatherCounters,
  )

  return {
    /** Has reads wait for others of their kind, where there is company to wait for. */
    gather: (given: Gather): void => {
      gatherReads = given
    },

    /** Strongly consistent. What is asked for at the same moment goes out in as few requests as there can be. */
    get: collect(readLimit, getMany, () => gatherReads()),

    /** Adds to counters; what is added to one item within a moment is one request. */
    count: async (key: Key, counters: Readonly<Record<string, number>>): Promise<void> => {
      unwrapped(await addTogether({ key, counters }))
    },

    /** Without its content. Eventually consistent. */
    has: async (key: Key): Promise<boolean> => {
      const asked = { ...ofTable, Key: typed(key), ProjectionExpression: '#pk', ...spelled('#pk') }
      return (await client.send(new GetItemCommand(asked))).Item !== undefined
    },

    /**
     * Writes unless something stands there already. One or two at a time are conditional writes side by side (a fact and its
     * id). More are a read and a write: of two that write to one place from two functions at the same moment, the last one stays.
     * @returns whether it was written.
     */
    putNew: collect(writeLimit, putNewMany),

    /** Writes where nothing stands: a conditional write. @returns whether it was written. */
    insert: (item: Item): Promise<boolean> => insert(item),

    /** Has what is inserted at the same moment go out 25 to a request: for functions that may `PartiQLInsert`. */
    insertTogether: (): void => {
      insert = async (item) => unwrapped(await insertedTogether(item))
    },

    /** Writes over whatever stands there. What is written at the same moment goes out in as few requests as there can be. */
    write: collect(writeLimit, async (all: readonly Item[]) => {
      await putMany(all)
      return all
    }),

    /** @returns what it asks to be shown; undefined where the condition does not hold. */
    put,

    /** The same. */
    update,

    /** What does not meet the condition stays. */
    remove: async (key: Key, condition: When = {}): Promise<void> => {
      const asked = { ...ofTable, Key: typed(key), ...conditionOf(condition) }
      await unlessRefused(client.send(new DeleteItemCommand(asked)))
    },

    removeAll: async (keys: readonly Key[]): Promise<void> => {
      for (let from = 0; from < keys.length; from += writeLimit)
        await writeMany(
          keys.slice(from, from + writeLimit).map((key) => ({ DeleteRequest: { Key: typed(key) } })),
        )
    },

    /** Writes `item` with the version after `seen`. @throws Conflict when it is no longer as it was seen. */
    putAt: async (item: Item, seen: number): Promise<void> => {
      const next = { ...item, version: seen + 1 }
      const isWritten = seen === 0 ? await insert(next) : await put(next, isAt(seen))
      if (!isWritten) throw changedSince(item, seen)
    },

    /** Removes `outbox` and what else was `owed`, unless somebody has replaced the item since: then it is theirs. */
    clearOutbox: async (key: Key, seen: number, owed: readonly string[] = []): Promise<void> => {
      await update(key, { remove: ['outbox', ...owed], ...isAt(seen) })
    },

    /** One page of what `asked` names, and all one by one. */
    page,
    pages,

    /** However many pages they fill; strongly consistent unless it says otherwise. */
    all,

    /** All of a partition whose sort keys begin with `prefix`, in their order. Strongly consistent. */
    below: (partition: string, prefix: string): Promise<readonly Item[]> =>
      all({ where: '#pk = :partition AND begins_with(#sk, :prefix)', values: { partition, prefix } }),

    /**
     * The items that `rows` of a keys-only index point to, in that order. An index lags behind: an item that
     * has just moved in it may stand there twice, and is read once; one that is gone is left out.
     */
    listed: async (rows: readonly Item[]): Promise<readonly Item[]> => {
      const places = [...new Map(rows.map((row) => [identity(row), keyIn(row)]))]
      const found = new Map<string, Item>()
      for (let from = 0; from < places.length; from += readLimit) {
        const keys = places.slice(from, from + readLimit).map(([, key]) => key)
        for (const [place, item] of await readMany(keys, false)) found.set(place, item)
      }
      return places.map(([place]) => found.get(place)).filter((item) => item !== undefined)
    },
  }
}

/** `where`, `filter` and `fields` are written as conditions are. */
interface Asked
  extends Pick<QueryCommandInput, 'IndexName' | 'ScanIndexForward' | 'Limit' | 'Select' | 'ConsistentRead'> {
  readonly ExclusiveStartKey?: Item | undefined
  readonly where: string
  readonly filter?: string | undefined
  /** What is read of each. @default all */
  readonly fields?: string
  readonly values: Item
}

/** What one `Query` found. */
interface Page {
  readonly Items?: readonly Item[] | undefined
  readonly LastEvaluatedKey?: Item | undefined
  readonly Count?: number | undefined
}

const isAt = (version: number): When => ({ when: '#version = :seen', values: { seen: version } })

/** Holds while the item is as it was seen: at this `version`, or not there at all for 0. */
export const unchangedSince = (version: number): When => (version === 0 ? isNew : isAt(version))

export const changedSince = (item: Item, version: number): Conflict =>
  new Conflict(`${sortOf(item)} of ${partitionOf(item)} changed since ${version}`)

type Items = ReturnType<typeof makeItems>

const known = new WeakMap<DynamoDBClient, Items>()

/** One for each client: all adapters of a container share its requests. */
export const dynamoItems = (client: DynamoDBClient, tableName: string): Items => {
  const items = known.get(client) ?? makeItems(client, tableName)
  known.set(client, items)
  return items
}
