import { type JsonObject, parseObject } from '../json.ts'
import type { EntryStore } from './entry-store.ts'

export type Answer<Value = object> = (error: unknown, value?: Value) => void
export type Action<Store, Data = object> = (store: Store, data: Data, done: Answer) => void

/** A table as dynalite knows it. */
export interface Table {
  readonly TableName: string
  readonly LocalSecondaryIndexes?: readonly object[]
  readonly GlobalSecondaryIndexes?: readonly object[]
}

interface Tables {
  getTable(name: string, done: Answer<Table>): void
  getItemDb(table: string): { readonly lock: { isLocked(key: string): boolean } }
  /** Where its items are kept. */
  readonly entries: EntryStore
}

export interface Put {
  readonly TableName: string
  readonly Item: JsonObject
  readonly ReturnValues?: string
}

interface IndexPlace {
  readonly index: string
  readonly key: string
}

/** What dynalite finds out about items. What fails a check is returned, not thrown. */
export interface Items {
  validateItem(item: JsonObject, table: Table): unknown
  createKey(item: JsonObject, table: Table): string
  checkConditional(put: Put, existing: JsonObject | undefined): unknown
  addConsumedCapacity(put: Put, isRead: false, existing: JsonObject | undefined, item: JsonObject): unknown
  getIndexActions(
    indexes: readonly object[],
    existing: JsonObject | undefined,
    item: JsonObject,
    table: Table,
  ): {
    readonly puts: readonly (IndexPlace & { readonly item: JsonObject })[]
    readonly deletes: readonly IndexPlace[]
  }
}

/**
 * A `PutItem` that finds its item, looks at it and writes it within one turn of the event loop, as the store answers at once: dynalite
 * takes a dozen steps that wait for each other. It keeps its checks, its keys and its places. An item that another action holds is put `inSteps`.
 */
export function putAtOnce<Store extends Tables>(
  items: Items,
  inSteps: Action<Store, Put>,
): Action<Store, Put> {
  const put = (entries: EntryStore, data: Put, table: Table, key: string): object => {
    const { Item, ReturnValues } = data
    const place = `item-${table.TableName}~${key}`
    const text = JSON.stringify(Item)
    // Most items are new: their place is looked for once.
    const former = entries.insert(place, text)
    const existing = former === undefined ? undefined : parseObject(former)
    const failure = items.checkConditional(data, existing)
    if (failure) {
      if (!existing) entries.delete(place)
      throw failure
    }
    if (existing) entries.put(place, text)
    for (const kind of ['Local', 'Global'] as const) {
      const indexes = table[`${kind}SecondaryIndexes`] ?? []
      const { puts, deletes } = items.getIndexActions(indexes, existing, Item, table)
      const at = (to: IndexPlace) => `index-${kind.toLowerCase()}~${table.TableName}~${to.index}~${to.key}`
      for (const left of deletes) entries.delete(at(left))
      for (const { item, ...to } of puts) entries.put(at(to), JSON.stringify(item))
    }
    const ConsumedCapacity = items.addConsumedCapacity(data, false, existing, Item)
    return { ...(existing && ReturnValues === 'ALL_OLD' && { Attributes: existing }), ConsumedCapacity }
  }

  return (store, data, done) => {
    store.getTable(data.TableName, (error, table) => {
      if (error || !table) return done(error)
      const invalid = items.validateItem(data.Item, table)
      if (invalid) return done(invalid)
      const key = items.createKey(data.Item, table)
      if (store.getItemDb(data.TableName).lock.isLocked(key)) return inSteps(store, data, done)
      let result: object
      try {
        result = put(store.entries, data, table, key)
      } catch (thrown) {
        return done(thrown)
      }
      done(null, result)
    })
  }
}
