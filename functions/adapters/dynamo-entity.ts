import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  changedSince,
  dynamoItems,
  expiry,
  type Item,
  type Key,
  placeIn,
  unchangedSince,
} from './dynamo-items.ts'

interface Versioned {
  /** 0: not stored yet. */
  readonly version: number
}

/** Values that are kept as JSON text, each in an item of its own that is replaced by the next version of what was seen. */
export interface Entity<Ref, Value extends Versioned> {
  /** The attribute that holds the text. */
  readonly attribute: string
  readonly key: (ref: Ref) => Key
  /** Fields that stand beside the text rather than in it; an outbox does so only while it holds something. */
  readonly beside?: readonly (keyof Value & ('version' | 'outbox'))[]
  /** Its place in the index. */
  readonly list?: (value: Value) => readonly [list: string, rank: string]
  /** When it goes by itself: so many seconds after a moment. */
  readonly kept?: (value: Value) => readonly [after: string, seconds: number]
  /** What says what earlier releases did not. */
  readonly read?: (stored: Value) => Value
}

/** Reads what was written: the table is ours, its shape is not checked again. */
export const valueIn = <Ref, Value extends Versioned>(
  { attribute, beside = [], read = (stored) => stored }: Entity<Ref, Value>,
  item: Item,
): Value =>
  read({
    ...JSON.parse(String(item[attribute])),
    version: item.version,
    ...(beside.some((field) => field === 'outbox') && {
      outbox: typeof item.outbox === 'string' ? JSON.parse(item.outbox) : [],
    }),
  })

const itemOf = <Ref, Value extends Versioned>(entity: Entity<Ref, Value>, ref: Ref, value: Value): Item => {
  const { attribute, beside = [], list, kept } = entity
  const besides = new Set<string>(beside)
  const outbox = 'outbox' in value && besides.has('outbox') && Array.isArray(value.outbox) ? value.outbox : []
  return {
    ...entity.key(ref),
    ...(list && placeIn(...list(value))),
    ...(kept && expiry(...kept(value))),
    version: value.version,
    ...(outbox.length > 0 && { outbox: JSON.stringify(outbox) }),
    [attribute]: JSON.stringify(
      Object.fromEntries(Object.entries(value).filter(([name]) => !besides.has(name))),
    ),
  }
}

export const dynamoEntities = <Ref, Value extends Versioned>(
  client: DynamoDBClient,
  tableName: string,
  entity: Entity<Ref, Value>,
) => {
  const items = dynamoItems(client, tableName)
  const load = async (ref: Ref): Promise<Value | undefined> => {
    const item = await items.get(entity.key(ref))
    return item && valueIn(entity, item)
  }
  /** @returns what stood there before, and what stands now; undefined where it is no longer as it was seen. */
  const put = async (ref: Ref, value: Value) => {
    const current = { ...value, version: value.version + 1 }
    const before = await items.put(itemOf(entity, ref, current), unchangedSince(value.version), 'ALL_OLD')
    return before && { before, standing: current }
  }
  const replace = async (ref: Ref, value: Value) => {
    const written = await put(ref, value)
    if (!written) throw changedSince(entity.key(ref), value.version)
    return written
  }

  return {
    /** Strongly consistent. */
    load,

    /** Writes it unless one stands already. @returns what stands then. */
    add: async (ref: Ref, value: Value): Promise<Value> => {
      const current = (await put(ref, { ...value, version: 0 }))?.standing ?? (await load(ref))
      if (!current) throw new Error(`a new ${entity.attribute} vanished between two reads`)
      return current
    },

    /** One conditional write against `value.version`. @returns what stood there before, and what stands. @throws Conflict */
    replace,

    /** The same. @returns what stands. */
    commit: async (ref: Ref, value: Value): Promise<Value> => (await replace(ref, value)).standing,

    /** Empties the outbox unless somebody has committed since `version`. */
    clearOutbox: (ref: Ref, version: number): Promise<void> => items.clearOutbox(entity.key(ref), version),

    /** All of a partition whose sort keys begin with `prefix`. Strongly consistent. */
    below: async (partition: string, prefix: string): Promise<readonly Value[]> =>
      (await items.below(partition, prefix)).map((item) => valueIn(entity, item)),
  }
}
