import type { LeadId } from '../model/activity.ts'
import { hashText } from '../model/hash-text.ts'
import { type Row, type RowColumns, rowColumns } from './row.ts'
import { compareRows } from './rows-of.ts'

/** Shards of leads. A lead's stands in one of the lanes that lists are gone through in, so that a lane writes few shards. */
export const leadShards = 64
/** Apart from those of leads, however many there will be: what channels cost. */
export const costShard = 99

export const shardOf = (leadId: LeadId): number => hashText(leadId) % leadShards

const names = rowColumns.map(({ name }) => name)

// Each column is read by its own name.
const columnsFrom = (value: (name: keyof Row) => readonly unknown[]): RowColumns =>
  Object.fromEntries(names.map((name) => [name, value(name)])) as unknown as RowColumns

/** The stored row at a place, whose columns are read where they stand: good until the next place is asked for. */
export const rowsIn = (columns: RowColumns): ((place: number) => Row) => {
  let place = 0
  const row: Row = {
    get lead() {
      return columns.lead[place] ?? null
    },
    get source() {
      return columns.source[place] ?? ''
    },
    get campaign() {
      return columns.campaign[place] ?? null
    },
    get kind() {
      return columns.kind[place] ?? 'lead'
    },
    get happenedAt() {
      return columns.happenedAt[place] ?? 0
    },
    get until() {
      return columns.until[place] ?? null
    },
    get next() {
      return columns.next[place] ?? null
    },
    get first() {
      return columns.first[place] ?? null
    },
    get value() {
      return columns.value[place] ?? null
    },
    get key() {
      return columns.key[place] ?? null
    },
    get n() {
      return columns.n[place] ?? 1
    },
    get amount() {
      return columns.amount[place] ?? null
    },
    get currency() {
      return columns.currency[place] ?? null
    },
  }
  return (next) => {
    place = next
    return row
  }
}

export const noRows: RowColumns = columnsFrom(() => [])

/** The rows of several shards, one after the other. */
export const joinRows = (all: readonly RowColumns[]): RowColumns =>
  columnsFrom((name) => all.flatMap((columns) => Array.from<unknown>(columns[name])))

/** The rows at these places. */
export const takeRows = (columns: RowColumns, places: readonly number[]): RowColumns =>
  columnsFrom((name) => places.map((place) => columns[name][place]))

/** Stored rows, by their places, and new ones in one order. */
const merged = (
  columns: RowColumns,
  places: readonly number[],
  rows: readonly Row[],
): readonly (number | Row)[] => {
  const rowAt = rowsIn(columns)
  const order: (number | Row)[] = []
  let next = 0
  for (const place of places) {
    for (let row = rows[next]; row && compareRows(row, rowAt(place)) < 0; row = rows[next]) {
      order.push(row)
      next += 1
    }
    order.push(place)
  }
  return [...order, ...rows.slice(next)]
}

const isSame = (columns: RowColumns, places: readonly number[], rows: readonly Row[]): boolean =>
  places.length === rows.length &&
  places.every((place, index) => names.every((name) => columns[name][place] === rows[index]?.[name]))

/**
 * The rows of a shard, in the order of `compareRows`, with those of some leads made anew: what these had goes, what they have
 * comes.
 * @param leads null stands for what belongs to no lead.
 * @returns undefined where all stands as it is.
 */
export const replaceRows = (
  columns: RowColumns,
  leads: ReadonlySet<string | null>,
  rows: readonly Row[],
): RowColumns | undefined => {
  const [kept, gone]: [number[], number[]] = [[], []]
  for (let place = 0; place < columns.lead.length; place += 1)
    (leads.has(columns.lead[place] ?? null) ? gone : kept).push(place)
  const fresh = rows.toSorted(compareRows)
  if (isSame(columns, gone, fresh)) return undefined
  const order = merged(columns, kept, fresh)
  return columnsFrom((name) => {
    const stored = columns[name]
    return order.map((from) => (typeof from === 'number' ? stored[from] : from[name]))
  })
}
