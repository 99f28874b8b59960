import { type Columns, columnsOf } from '../../domain/kpi/columns.ts'
import { joinRows } from '../../domain/kpi/replace-rows.ts'
import { type RowColumns, rowsVersion } from '../../domain/kpi/row.ts'
import { allRows } from '../../domain/kpi/settled-rows.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import {
  MissingRows,
  type Rebuild,
  type Rebuilds,
  type RowStore,
  type ShardPointer,
} from '../figures-ports.ts'

export interface ReadRowsPorts {
  readonly store: Pick<RowStore, 'pointers' | 'read'>
  readonly rebuilds: Pick<Rebuilds, 'load'>
  /** How many leads the lists hold, about. */
  readonly countLeads: () => Promise<number>
  /** Puts a message on the figures' queue. */
  readonly enqueue: (message: JsonObject) => Promise<void>
}

/** What was asked for, or what is missing for figures to be right. */
export type Read<Rows> =
  | { readonly type: 'read'; readonly rows: Rows }
  | { readonly type: 'missing'; readonly what: string }

const isWhole = ({ rowsVersion: made, isWhole }: Rebuild): boolean => made === rowsVersion && isWhole

/** What is not counted yet after a release that counts otherwise; undefined where all is. */
const whatIsMissing = async (
  { countLeads, enqueue }: ReadRowsPorts,
  rebuild: Rebuild,
  pointers: readonly ShardPointer[],
): Promise<string | undefined> => {
  if (isWhole(rebuild)) return undefined
  if (rebuild.rowsVersion === rowsVersion)
    return `leads are being counted: ${rebuild.open.length} parts of them are left`
  if (pointers.length === 0 && (await countLeads()) === 0) return undefined
  await enqueue({ type: 'begin', anew: false })
  return 'no lead is counted yet by this release: that begins now'
}

/** Shards that are read at the same time. */
const atOnce = 16
/** An object may be gone because it was replaced a moment ago: then the pointers tell of another. */
const tries = 3

const readAll = async <One>(
  pointers: readonly ShardPointer[],
  read: (pointer: ShardPointer) => Promise<One>,
): Promise<readonly One[]> => {
  const all: One[] = []
  for (let from = 0; from < pointers.length; from += atOnce)
    all.push(...(await Promise.all(pointers.slice(from, from + atOnce).map(read))))
  return all
}

interface Reading<One> {
  /** Of all pointers. */
  readonly choose: (pointers: readonly ShardPointer[]) => readonly ShardPointer[]
  readonly read: (pointer: ShardPointer) => Promise<One>
}

/** Reads what pointers name, and asks for them again while it is replaced. */
const readStanding = async <One>(
  ports: ReadRowsPorts,
  { choose, read }: Reading<One>,
): Promise<Read<readonly One[]>> => {
  for (let done = 1; ; done += 1) {
    const [rebuild, pointers] = await Promise.all([ports.rebuilds.load(), ports.store.pointers()])
    const what = await whatIsMissing(ports, rebuild, pointers)
    if (what !== undefined) return { type: 'missing', what }
    try {
      return { type: 'read', rows: await readAll(choose(pointers), read) }
    } catch (error) {
      if (!(error instanceof MissingRows)) throw error
      if (done === tries) return { type: 'missing', what: error.message }
    }
  }
}

export type ReadColumns = () => Promise<Read<readonly Columns[]>>

/** Reads the rows of all leads, ready to be counted: what stands as it did at the call before is not read again. */
export const makeReadColumns = (ports: ReadRowsPorts): ReadColumns => {
  const known = new Map<number, { readonly object: string | undefined; readonly columns: Columns }>()
  const read = async (pointer: ShardPointer): Promise<Columns> => {
    const { shard, object } = pointer
    const before = known.get(shard)
    if (before && before.object === object) return before.columns
    const columns = columnsOf(allRows(await ports.store.read(pointer)))
    known.set(shard, { object, columns })
    return columns
  }
  return () => readStanding(ports, { choose: (pointers) => pointers, read })
}

/** Rows that one answer holds, at some 13 bytes each: Lambda gives at most 6 MB, of which a quarter goes into letters. */
const mostRows = 300_000

/** Shards in parts of so many rows. One that has more by itself is a part of its own. */
const partsOf = (pointers: readonly ShardPointer[], most: number): readonly (readonly ShardPointer[])[] => {
  const parts: ShardPointer[][] = [[]]
  let rows = 0
  for (const pointer of pointers.toSorted((a, b) => a.shard - b.shard)) {
    rows += pointer.rows
    if (rows > most && parts.at(-1)?.length !== 0) {
      parts.push([])
      rows = pointer.rows
    }
    parts.at(-1)?.push(pointer)
  }
  return parts
}

interface PartOfRows {
  readonly rows: RowColumns
  /** How many parts there are; from 1. */
  readonly parts: number
}

/** Reads the rows of one part, from 1, as they are stored. */
export const makeReadPart =
  (ports: ReadRowsPorts, most = mostRows) =>
  async (part: number): Promise<Read<PartOfRows>> => {
    let parts = 1
    const choose = (pointers: readonly ShardPointer[]): readonly ShardPointer[] => {
      const all = partsOf(pointers, most)
      parts = all.length
      return all[part - 1] ?? []
    }
    const read = async (pointer: ShardPointer) => allRows(await ports.store.read(pointer))
    const found = await readStanding(ports, { choose, read })
    return found.type === 'missing' ? found : { type: 'read', rows: { rows: joinRows(found.rows), parts } }
  }
