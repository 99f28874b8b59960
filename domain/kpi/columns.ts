import type { Row, RowColumns, RowKind } from './row.ts'

/** Rows of one kind and key, by `happenedAt`. A column that none of them uses is absent; a missing number is NaN. */
export interface Table {
  readonly length: number
  /** Index into the origins of the shard. */
  readonly origin: Int32Array
  readonly happenedAt: Float64Array
  readonly until?: Float64Array
  readonly next?: Float64Array
  readonly first?: Float64Array
  readonly value?: Float64Array
  readonly n: Int32Array
  readonly amount?: readonly (bigint | null)[]
  readonly currency?: readonly (string | null)[]
}

/** A lead with its first touch, or what is credited with a purchase or cost money. */
interface Origins {
  /** Null: a cost. */
  readonly lead: readonly (string | null)[]
  readonly source: readonly string[]
  readonly campaign: readonly (string | null)[]
  /** Each name once. */
  readonly names: {
    readonly source: ReadonlySet<string | null>
    readonly campaign: ReadonlySet<string | null>
  }
}

/** The rows of whole leads, ready to be counted. Except in credits and costs, a lead has one origin. */
export interface Columns {
  readonly origins: Origins
  readonly tables: ReadonlyMap<RowKind, ReadonlyMap<string, Table>>
}

/** The key of rows without one. */
export const noKey = ''

interface Bucket {
  readonly kind: RowKind
  readonly key: string
  length: number
}

const bucketsOf = ({
  kind,
  key,
}: RowColumns): { readonly of: Int32Array; readonly all: readonly Bucket[] } => {
  const known = new Map<string, number>()
  const all: Bucket[] = []
  const of = new Int32Array(kind.length)
  for (let index = 0; index < kind.length; index += 1) {
    const [ownKind, ownKey] = [kind[index] ?? 'lead', key[index] ?? noKey]
    let bucket = all[of[index - 1] ?? 0]
    // Stored rows of one table follow each other.
    if (bucket?.kind !== ownKind || bucket.key !== ownKey) {
      const name = `${ownKind} ${ownKey}`
      const found = known.get(name) ?? all.length
      known.set(name, found)
      bucket = all[found] ?? { kind: ownKind, key: ownKey, length: 0 }
      all[found] = bucket
      of[index] = found
    } else of[index] = of[index - 1] ?? 0
    bucket.length += 1
  }
  return { of, all }
}

const originsOf = ({
  lead,
  source,
  campaign,
}: RowColumns): { readonly of: Int32Array; readonly origins: Origins } => {
  const of = new Int32Array(lead.length)
  const leads: (string | null)[] = []
  const sources: string[] = []
  const campaigns: (string | null)[] = []
  const byLead = new Map<string | null, number>()
  const byName = new Map<string, number>()
  const isAt = (index: number, at: number): boolean =>
    sources[at] === source[index] && campaigns[at] === (campaign[index] ?? null)
  for (let index = 0; index < lead.length; index += 1) {
    const own = lead[index] ?? null
    let at = byLead.get(own)
    if (at === undefined || !isAt(index, at)) {
      const name = JSON.stringify([own, source[index], campaign[index] ?? null])
      at = byName.get(name) ?? sources.length
      if (at === sources.length) {
        leads.push(own)
        sources.push(source[index] ?? '')
        campaigns.push(campaign[index] ?? null)
        byName.set(name, at)
      }
      if (!byLead.has(own)) byLead.set(own, at)
    }
    of[index] = at
  }
  const names = { source: new Set(sources), campaign: new Set(campaigns) }
  return { of, origins: { lead: leads, source: sources, campaign: campaigns, names } }
}

/** The rows of a table in the order of `happenedAt`. */
const sorted = (rows: Int32Array, happenedAt: RowColumns['happenedAt']): Int32Array => {
  const at = (row: number | undefined): number => happenedAt[row ?? 0] ?? 0
  for (let index = 1; index < rows.length; index += 1)
    if (at(rows[index]) < at(rows[index - 1])) return rows.sort((a, b) => at(a) - at(b))
  return rows
}

const numbers = (rows: Int32Array, column: ArrayLike<number | null>): Float64Array | undefined => {
  let values: Float64Array | undefined
  for (let index = 0; index < rows.length; index += 1) {
    const value = column[rows[index] ?? 0] ?? null
    if (value === null) continue
    values ??= new Float64Array(rows.length).fill(Number.NaN)
    values[index] = value
  }
  return values
}

const others = <Value>(
  rows: Int32Array,
  column: ArrayLike<Value | null>,
): readonly (Value | null)[] | undefined => {
  const values = Array.from(rows, (row) => column[row] ?? null)
  return values.some((value) => value !== null) ? values : undefined
}

const tableOf = (rows: Int32Array, columns: RowColumns, origins: Int32Array): Table => {
  const [until, next, first, value] = [columns.until, columns.next, columns.first, columns.value].map(
    (column) => numbers(rows, column),
  )
  const [amount, currency] = [others(rows, columns.amount), others(rows, columns.currency)]
  return {
    length: rows.length,
    origin: rows.map((row) => origins[row] ?? 0),
    happenedAt: Float64Array.from(rows, (row) => columns.happenedAt[row] ?? 0),
    n: rows.map((row) => columns.n[row] ?? 1),
    ...(until && { until }),
    ...(next && { next }),
    ...(first && { first }),
    ...(value && { value }),
    ...(amount && { amount }),
    ...(currency && { currency }),
  }
}

/** @param columns of whole leads: of a lead that is spread over two of them, some figures count two. In any order. */
export const columnsOf = (columns: RowColumns): Columns => {
  const buckets = bucketsOf(columns)
  const { of, origins } = originsOf(columns)
  const rows = buckets.all.map(({ length }) => new Int32Array(length))
  const filled = new Int32Array(buckets.all.length)
  for (let row = 0; row < buckets.of.length; row += 1) {
    const bucket = buckets.of[row] ?? 0
    const place = filled[bucket] ?? 0
    const list = rows[bucket]
    if (list) list[place] = row
    filled[bucket] = place + 1
  }
  const tables = new Map<RowKind, Map<string, Table>>()
  for (const [index, { kind, key }] of buckets.all.entries()) {
    const byKey = tables.get(kind) ?? new Map<string, Table>()
    const list = sorted(rows[index] ?? new Int32Array(), columns.happenedAt)
    tables.set(kind, byKey.set(key, tableOf(list, columns, of)))
  }
  return { origins, tables }
}

/** The same rows under fewer names: all but those that are kept become one. @param kept undefined: all. */
export const withNames = (
  { origins, tables }: Columns,
  kept: { readonly [Name in 'source' | 'campaign']: ReadonlySet<string | null> | undefined },
  other: string,
): Columns => {
  const source = origins.source.map((name) => (kept.source?.has(name) === false ? other : name))
  const campaign = origins.campaign.map((name) =>
    name !== null && kept.campaign?.has(name) === false ? other : name,
  )
  const names = { source: new Set(source), campaign: new Set(campaign) }
  return { tables, origins: { lead: origins.lead, source, campaign, names } }
}

/** Rows turned into columns. */
export const rowsInColumns = (rows: readonly Row[]): RowColumns => ({
  lead: rows.map(({ lead }) => lead),
  source: rows.map(({ source }) => source),
  campaign: rows.map(({ campaign }) => campaign),
  kind: rows.map(({ kind }) => kind),
  happenedAt: rows.map(({ happenedAt }) => happenedAt),
  until: rows.map(({ until }) => until),
  next: rows.map(({ next }) => next),
  first: rows.map(({ first }) => first),
  value: rows.map(({ value }) => value),
  key: rows.map(({ key }) => key),
  n: rows.map(({ n }) => n),
  amount: rows.map(({ amount }) => amount),
  currency: rows.map(({ currency }) => currency),
})
