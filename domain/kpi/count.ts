import { type Columns, noKey, type Table } from './columns.ts'
import type { RowKind } from './row.ts'

/** From `from` (inclusive) to `to` (exclusive), seen from `end`; milliseconds since the epoch. */
interface Period {
  readonly from: number
  readonly to: number
  /** What happens from then on is not known. @default `to` */
  readonly end?: number
}

interface Shard {
  readonly columns: Columns
  /** The group of each origin; -1: in none. */
  readonly group: Int32Array
  /** The last question that each origin was an answer to. */
  readonly stamp: Uint32Array
}

/** Rows to be counted, in a period, by groups. */
export interface Scope {
  readonly shards: readonly Shard[]
  readonly from: number
  readonly to: number
  readonly end: number
  readonly groups: number
  /** The last question asked. */
  readonly asked: { last: number }
}

/** @param groupOf of a lead or what is credited, from 0; undefined: all are one group. */
export const scopeOf = (
  all: readonly Columns[],
  { from, to, end = to }: Period,
  groups?: {
    readonly count: number
    readonly of: (source: string, campaign: string | null) => number
  },
): Scope => ({
  shards: all.map((columns) => {
    const { source, campaign } = columns.origins
    const group = new Int32Array(source.length)
    if (groups)
      for (let origin = 0; origin < group.length; origin += 1)
        group[origin] = groups.of(source[origin] ?? '', campaign[origin] ?? null)
    return { columns, group, stamp: new Uint32Array(source.length) }
  }),
  from,
  to,
  end,
  groups: groups?.count ?? 1,
  asked: { last: 0 },
})

/** The same leads in another period. */
export const inPeriod = (scope: Scope, { from, to, end = to }: Period): Scope => ({ ...scope, from, to, end })

/** Which rows count. */
export interface Select {
  readonly kind: RowKind
  /** @default all */
  readonly keys?: readonly string[]
  /** What lies in the period; `before`: it happened before the period, `ever`: before its end. @default `happenedAt` */
  readonly when?: 'happenedAt' | 'until' | 'first' | 'before' | 'ever'
  /** Those that hold at the end. */
  readonly stands?: true
  /** Those that count for themselves: `n` is not 0. */
  readonly own?: true
  /** `next` came before the end. */
  readonly goesOn?: true
}

const lowerBound = (sorted: Float64Array, value: number): number => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}

const tablesOf = ({ tables }: Columns, { kind, keys }: Select): readonly Table[] => {
  const byKey = tables.get(kind)
  if (!byKey) return []
  return keys ? keys.flatMap((key) => byKey.get(key) ?? []) : [...byKey.values()]
}

type Visit = (shard: Shard, table: Table, row: number, group: number) => void

/** Where the rows lie whose `happenedAt` fits. */
const reach = ({ happenedAt }: Table, { from, to, end }: Scope, { when = 'happenedAt' }: Select) => {
  const last = when === 'before' ? from : when === 'happenedAt' ? Math.min(to, end) : end
  return { low: when === 'happenedAt' ? lowerBound(happenedAt, from) : 0, high: lowerBound(happenedAt, last) }
}

const fits = (table: Table, row: number, { from, to, end }: Scope, select: Select): boolean => {
  const { when, stands, own, goesOn } = select
  if (when === 'until' || when === 'first') {
    const at = table[when]?.[row] ?? Number.NaN
    if (!(at >= from && at < to && at < end)) return false
  }
  if (stands && (table.until?.[row] ?? Number.NaN) < end) return false
  if (own && table.n[row] === 0) return false
  return !goesOn || (table.next?.[row] ?? Number.NaN) < end
}

const isPlain = ({ when, stands, own, goesOn }: Select): boolean =>
  !(when === 'until' || when === 'first' || stands || own || goesOn)

const visit = (scope: Scope, select: Select, onRow: Visit): void => {
  const plain = isPlain(select)
  for (const shard of scope.shards)
    for (const table of tablesOf(shard.columns, select)) {
      const { low, high } = reach(table, scope, select)
      for (let row = low; row < high; row += 1) {
        const group = shard.group[table.origin[row] ?? 0] ?? -1
        if (group >= 0 && (plain || fits(table, row, scope, select))) onRow(shard, table, row, group)
      }
    }
}

const perGroup = <Value>({ groups }: Scope, make: () => Value): Value[] =>
  Array.from({ length: groups }, make)

/** Rows, by group. */
export const countRows = (scope: Scope, select: Select): readonly number[] => {
  const counts = perGroup(scope, () => 0)
  if (scope.groups === 1 && isPlain(select) && scope.shards.every(({ group }) => group[0] === 0)) {
    const tables = scope.shards.flatMap(({ columns }) => tablesOf(columns, select))
    for (const table of tables) {
      const { low, high } = reach(table, scope, select)
      counts[0] = (counts[0] ?? 0) + Math.max(0, high - low)
    }
    return counts
  }
  visit(scope, select, (_shard, _table, _row, group) => {
    counts[group] = (counts[group] ?? 0) + 1
  })
  return counts
}

/** Different leads that have rows of every selection, by group. */
export const countLeads = (scope: Scope, selects: readonly Select[]): readonly number[] => {
  const counts = perGroup(scope, () => 0)
  const base = scope.asked.last + 1
  scope.asked.last += selects.length
  for (const [index, select] of selects.entries()) {
    const [before, mark, isLast] = [base + index - 1, base + index, index === selects.length - 1]
    visit(scope, select, ({ stamp }, { origin }, row, group) => {
      const at = origin[row] ?? 0
      const known = stamp[at] ?? 0
      if (index === 0 ? known === mark : known !== before) return
      stamp[at] = mark
      if (isLast) counts[group] = (counts[group] ?? 0) + 1
    })
  }
  return counts
}

/** A sum of whole numbers of at most 2^52 that stays exact above 2^53. */
const makeSum = () => {
  let low = 0
  let high = 0n
  return {
    add: (value: number): void => {
      low += value
      if (Math.abs(low) <= 2 ** 52) return
      high += BigInt(low)
      low = 0
    },
    total: (): number => (high === 0n ? low : Number(high + BigInt(low))),
  }
}

/** The sum of a column, and of how many rows that have one; `value` in millionths. */
export const sumRows = (
  scope: Scope,
  select: Select,
  column: 'value' | 'n',
): readonly { readonly sum: number; readonly rows: number }[] => {
  const sums = perGroup(scope, () => ({ rows: 0, sum: makeSum() }))
  visit(scope, select, (_shard, table, row, group) => {
    const value = table[column]?.[row] ?? Number.NaN
    const own = sums[group]
    if (!own || Number.isNaN(value)) return
    own.rows += 1
    own.sum.add(value)
  })
  return sums.map(({ rows, sum }) => ({ rows, sum: sum.total() }))
}

/** Ten-thousandths by currency. */
export type Amounts = ReadonlyMap<string, bigint>

const pay = (amounts: Map<string, bigint>, { amount, currency }: Table, row: number): void => {
  const [paid, code] = [amount?.[row] ?? null, currency?.[row] ?? null]
  if (paid !== null && code !== null) amounts.set(code, (amounts.get(code) ?? 0n) + paid)
}

/** What was paid, by group and currency. */
export const sumMoney = (scope: Scope, select: Select): readonly Amounts[] => {
  const sums = perGroup(scope, () => new Map<string, bigint>())
  visit(scope, select, (_shard, table, row, group) => {
    const own = sums[group]
    if (own) pay(own, table, row)
  })
  return sums
}

/** What was paid, by group, source and currency. */
export const sumMoneyBySource = (scope: Scope, select: Select): readonly ReadonlyMap<string, Amounts>[] => {
  const sums = perGroup(scope, () => new Map<string, Map<string, bigint>>())
  visit(scope, select, ({ columns }, table, row, group) => {
    if ((table.amount?.[row] ?? null) === null) return
    const source = columns.origins.source[table.origin[row] ?? 0] ?? ''
    const own = sums[group]
    const amounts = own?.get(source) ?? new Map<string, bigint>()
    own?.set(source, amounts)
    pay(amounts, table, row)
  })
  return sums
}

/** Two moments of a row. */
export interface Span {
  readonly from: 'happenedAt' | 'first'
  readonly to: 'until' | 'happenedAt'
}

/** The time between two moments of each row (ms), sorted, by group. */
export const spansOf = (scope: Scope, select: Select, { from, to }: Span): readonly Float64Array[] => {
  const spans = perGroup<number[]>(scope, () => [])
  visit(scope, select, (_shard, table, row, group) => {
    const span = (table[to]?.[row] ?? Number.NaN) - (table[from]?.[row] ?? Number.NaN)
    if (!Number.isNaN(span)) spans[group]?.push(span)
  })
  return spans.map((values) => Float64Array.from(values).sort())
}

/** The same for the earliest row of each lead alone, where it lies in the period. @param select with `when: 'ever'`. */
export const firstSpansOf = (scope: Scope, select: Select, { from, to }: Span): readonly Float64Array[] => {
  const spans = perGroup<number[]>(scope, () => [])
  for (const shard of scope.shards) {
    const earliest = new Map<number, { at: number; span: number }>()
    visit({ ...scope, shards: [shard] }, select, (_shard, table, row) => {
      const [origin, at] = [table.origin[row] ?? 0, table.happenedAt[row] ?? 0]
      if ((earliest.get(origin)?.at ?? Number.POSITIVE_INFINITY) <= at) return
      earliest.set(origin, {
        at,
        span: (table[to]?.[row] ?? Number.NaN) - (table[from]?.[row] ?? Number.NaN),
      })
    })
    for (const [origin, { at, span }] of earliest)
      if (at >= scope.from && at < scope.to) spans[shard.group[origin] ?? -1]?.push(span)
  }
  return spans.map((values) => Float64Array.from(values).sort())
}

/** The exact quantile: between two values, in proportion. @returns null without values. */
export const quantile = (sorted: Float64Array, share: number): number | null => {
  const place = (sorted.length - 1) * share
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return low === undefined || high === undefined ? null : low + (high - low) * (place - Math.floor(place))
}

/** Every source and campaign that any row names, in order. */
export const originsIn = (
  all: readonly Columns[],
): readonly { readonly source: string; readonly campaign: string | null }[] => {
  const campaigns = new Map<string, Set<string | null>>()
  for (const { origins } of all)
    for (const [index, source] of origins.source.entries()) {
      const own = campaigns.get(source) ?? new Set()
      campaigns.set(source, own.add(origins.campaign[index] ?? null))
    }
  const order = (a: string | null, b: string | null): number => ((a ?? '') < (b ?? '') ? -1 : 1)
  return [...campaigns]
    .toSorted(([a], [b]) => order(a, b))
    .flatMap(([source, own]) => [...own].toSorted(order).map((campaign) => ({ source, campaign })))
}

/** The keys of a kind, in order. */
export const keysIn = (all: readonly Columns[], kind: RowKind): readonly string[] =>
  [...new Set(all.flatMap(({ tables }) => [...(tables.get(kind)?.keys() ?? [])]))]
    .filter((key) => key !== noKey)
    .toSorted()
