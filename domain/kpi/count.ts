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
  /** All are of the one group. */
  readonly whole: boolean
  /** The last question asked. */
  readonly asked: { last: number }
}

interface Grouped {
  readonly count: number
  /** From 0; -1: in none. */
  readonly of: (source: string, campaign: string | null) => number
}

/** @param groups of leads and what is credited; absent: all are one. */
export const scopeOf = (
  all: readonly Columns[],
  { from, to, end = to }: Period,
  groups?: Grouped,
): Scope => ({
  shards: all.map((columns) => {
    const { source, campaign } = columns.origins
    const group = new Int32Array(source.length)
    if (groups)
      for (let origin = 0; origin < group.length; origin += 1)
        group[origin] = groups.of(source[origin] ?? '', campaign[origin] ?? null)
    return { columns, group, stamp: new Uint32Array(source.length) }
  }),
  ...{ from, to, end },
  groups: groups?.count ?? 1,
  whole: groups === undefined,
  asked: { last: 0 },
})

/** The same leads in another period. */
export const inPeriod = (scope: Scope, { from, to, end = to }: Period): Scope => ({
  ...scope,
  ...{ from, to, end },
})

/** Each lead a group of its own, shard by shard: group `n` is the lead `leads[n]`. */
export const byLead = (
  scope: Scope,
): readonly { readonly leads: readonly (string | null)[]; readonly scope: Scope }[] =>
  scope.shards.map((shard) => {
    const group = shard.group.map((own, origin) => (own < 0 ? own : origin))
    const alone = { ...scope, shards: [{ ...shard, group }], groups: group.length, whole: false }
    return { leads: shard.columns.origins.lead, scope: alone }
  })

/**
 * Leads by when their first row of a kind happened.
 * @param starts of the groups, in order; each lasts until the next, the last one until the end of the period.
 */
export const byBeginning = (scope: Scope, kind: RowKind, starts: Float64Array): Scope => ({
  ...scope,
  shards: scope.shards.map((shard) => {
    const group = new Int32Array(shard.group.length).fill(-1)
    visitIn(shard, scope, { kind }, (_shard, { origin, happenedAt }, row) => {
      group[origin[row] ?? 0] = lowerBound(starts, (happenedAt[row] ?? 0) + 1) - 1
    })
    return { ...shard, group }
  }),
  groups: starts.length,
  whole: false,
})

/** Which rows count. */
export interface Select {
  readonly kind: RowKind
  /** @default all */
  readonly keys?: readonly string[]
  /**
   * What lies in the period. `before`: it happened before the period; `ever`: before its end; `ended`: its `until` came before
   * the end. @default `happenedAt`
   */
  readonly when?: 'happenedAt' | 'until' | 'first' | 'before' | 'ever' | 'ended'
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

/** What is asked of a table again and again. */
interface Indexes {
  byUntil?: { readonly until: Float64Array; readonly row: Int32Array }
  /** The first `happenedAt` of each origin. */
  earliest?: Float64Array
  earliestOwn?: Float64Array
}

const indexes = new WeakMap<Table, Indexes>()

const indexesOf = (table: Table): Indexes => {
  const known = indexes.get(table) ?? {}
  indexes.set(table, known)
  return known
}

const byUntil = (table: Table): NonNullable<Indexes['byUntil']> => {
  const known = indexesOf(table)
  if (known.byUntil) return known.byUntil
  const { until = new Float64Array() } = table
  const row = Int32Array.from(until.keys())
    .filter((one) => !Number.isNaN(until[one]))
    .sort((one, other) => (until[one] ?? 0) - (until[other] ?? 0))
  known.byUntil = { row, until: Float64Array.from(row, (one) => until[one] ?? 0) }
  return known.byUntil
}

const earliest = (table: Table, { own }: Select, origins: number): Float64Array => {
  const known = indexesOf(table)
  const name = own ? 'earliestOwn' : 'earliest'
  const found = known[name] ?? new Float64Array(origins).fill(Number.POSITIVE_INFINITY)
  if (known[name]) return found
  known[name] = found
  // Rows are in order: the last to be written is the first to have happened.
  for (let row = table.length - 1; row >= 0; row -= 1)
    if (!own || table.n[row] !== 0) found[table.origin[row] ?? 0] = table.happenedAt[row] ?? 0
  return found
}

const selected = new WeakMap<Columns, WeakMap<Select, readonly Table[]>>()

const tablesOf = (columns: Columns, select: Select): readonly Table[] => {
  const known = selected.get(columns) ?? new WeakMap<Select, readonly Table[]>()
  const found = known.get(select)
  if (found) return found
  const byKey = columns.tables.get(select.kind) ?? new Map<string, Table>()
  const tables = select.keys ? select.keys.flatMap((key) => byKey.get(key) ?? []) : [...byKey.values()]
  selected.set(columns, known.set(select, tables))
  return tables
}

interface Reach {
  readonly low: number
  readonly high: number
  /** Absent: the rows as they stand. */
  readonly order?: Int32Array
}

/** Where the rows lie whose moment fits. */
const reach = (table: Table, { from, to, end }: Scope, { when = 'happenedAt' }: Select): Reach => {
  const last = Math.min(to, end)
  switch (when) {
    case 'happenedAt':
      return { low: lowerBound(table.happenedAt, from), high: lowerBound(table.happenedAt, last) }
    case 'before':
      return { low: 0, high: lowerBound(table.happenedAt, Math.min(from, end)) }
    case 'ever':
    case 'first':
      return { low: 0, high: lowerBound(table.happenedAt, end) }
    case 'until':
    case 'ended': {
      const { row: order, until } = byUntil(table)
      const low = when === 'until' ? lowerBound(until, from) : 0
      return { order, low, high: lowerBound(until, when === 'until' ? last : end) }
    }
    default:
      return when satisfies never
  }
}

const fits = (table: Table, row: number, { from, to, end }: Scope, select: Select): boolean => {
  const { when, stands, own, goesOn } = select
  if (when === 'first') {
    const at = table.first?.[row] ?? Number.NaN
    if (!(at >= from && at < to)) return false
  }
  if (stands && (table.until?.[row] ?? Number.NaN) < end) return false
  if (own && table.n[row] === 0) return false
  return !goesOn || (table.next?.[row] ?? Number.NaN) < end
}

const isPlain = ({ when, stands, own, goesOn }: Select): boolean =>
  !(when === 'first' || stands || own || goesOn)

type Visit = (shard: Shard, table: Table, row: number, group: number) => void

const visitIn = (shard: Shard, scope: Scope, select: Select, onRow: Visit): void => {
  const plain = isPlain(select)
  for (const table of tablesOf(shard.columns, select)) {
    const { low, high, order } = reach(table, scope, select)
    for (let place = low; place < high; place += 1) {
      const row = order ? (order[place] ?? 0) : place
      const group = shard.group[table.origin[row] ?? 0] ?? -1
      if (group >= 0 && (plain || fits(table, row, scope, select))) onRow(shard, table, row, group)
    }
  }
}

const visit = (scope: Scope, select: Select, onRow: Visit): void => {
  for (const shard of scope.shards) visitIn(shard, scope, select, onRow)
}

const perGroup = <Value>({ groups }: Scope, make: () => Value): Value[] =>
  Array.from({ length: groups }, make)

/** Rows, by group. */
export const countRows = (scope: Scope, select: Select): readonly number[] => {
  const counts = perGroup(scope, () => 0)
  if (scope.whole && isPlain(select)) {
    for (const { columns } of scope.shards)
      for (const table of tablesOf(columns, select)) {
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

/** Whether a lead has such a row is found without looking at them all. */
const isIndexed = ({ when, stands, goesOn }: Select): boolean => when === 'ever' && !stands && !goesOn

type Has = (origin: number) => boolean

const indexed = ({ columns }: Shard, select: Select, end: number): Has => {
  const all = tablesOf(columns, select).map((table) => earliest(table, select, columns.origins.source.length))
  return (origin) => all.some((first) => (first[origin] ?? Number.POSITIVE_INFINITY) < end)
}

/** Different leads of a shard that have rows of the first selections, one after the other, and then of the others. */
const countIn = (
  scope: Scope,
  shard: Shard,
  { looked, has }: { readonly looked: readonly Select[]; readonly has: readonly Has[] },
  count: (group: number) => void,
): void => {
  const base = scope.asked.last + 1
  for (const [index, select] of looked.entries()) {
    const [before, mark, isLast] = [base + index - 1, base + index, index === looked.length - 1]
    visitIn(shard, scope, select, ({ stamp }, { origin }, row, group) => {
      const at = origin[row] ?? 0
      const known = stamp[at] ?? 0
      if (index === 0 ? known === mark : known !== before) return
      stamp[at] = mark
      if (isLast && has.every((one) => one(at))) count(group)
    })
  }
}

/** Different leads that have rows of every selection, by group. */
export const countLeads = (scope: Scope, selects: readonly Select[]): readonly number[] => {
  const counts = perGroup(scope, () => 0)
  const [first, ...others] = selects
  if (!first) return counts
  const looked = [first, ...others.filter((select) => !isIndexed(select))]
  const asked = others.filter(isIndexed)
  for (const shard of scope.shards) {
    const has = asked.map((select) => indexed(shard, select, scope.end))
    countIn(scope, shard, { looked, has }, (group) => {
      counts[group] = (counts[group] ?? 0) + 1
    })
  }
  scope.asked.last += looked.length
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
    visitIn(shard, scope, select, (_shard, table, row) => {
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

/** Every source and campaign of rows of these kinds, in order. */
export const originsIn = (
  all: readonly Columns[],
  kinds: readonly RowKind[],
): readonly { readonly source: string; readonly campaign: string | null }[] => {
  const campaigns = new Map<string, Set<string | null>>()
  for (const columns of all)
    for (const table of kinds.flatMap((kind) => tablesOf(columns, { kind })))
      for (const origin of table.origin) {
        const source = columns.origins.source[origin] ?? ''
        const own = campaigns.get(source) ?? new Set()
        campaigns.set(source, own.add(columns.origins.campaign[origin] ?? null))
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
