import { joinRows, noRows, replaceRows, rowsIn, takeRows } from './replace-rows.ts'
import type { Row, RowColumns } from './row.ts'

/**
 * The rows of a shard in two parts. Most rows tell what is over: they are settled, and stand apart, so that a minute writes the
 * others alone. A lead whose settled rows have become others after all has all rows of the shard written again.
 */
export interface ShardRows {
  readonly settled: RowColumns
  /** All of them were over by then (milliseconds since the epoch). */
  readonly before: number
  readonly moving: MovingRows
}

export interface MovingRows {
  readonly rows: RowColumns
  /** Fingerprints of the settled rows of each lead that has some. */
  readonly settled: ReadonlyMap<string, string>
}

/** Rows of some leads, made anew. */
export interface NewRows {
  /** Null stands for what belongs to no lead. */
  readonly leads: ReadonlySet<string | null>
  readonly rows: readonly Row[]
}

export const noShardRows: ShardRows = {
  settled: noRows,
  before: 0,
  moving: { rows: noRows, settled: new Map() },
}

/** Null among them stands for what belongs to no lead. */
export const leadsWithRows = ({ rows, settled }: MovingRows): ReadonlySet<string | null> =>
  new Set([...Array.from(rows.lead), ...settled.keys()])

/** Milliseconds in which most of what happens is told. */
const toldWithin = 10 * 60_000

const settledBefore = (now: number): number => now - toldWithin

/** Nothing is left open that comes about by itself. */
const isOver = ({ kind, until, next }: Row): boolean => {
  switch (kind) {
    case 'stage':
      return until !== null && next !== null
    case 'run':
    case 'deal':
    case 'negotiation':
    case 'handoff':
      return until !== null
    default:
      return true
  }
}

const isSettled = (row: Row, before: number): boolean =>
  row.lead !== null && Math.max(row.happenedAt, row.until ?? 0, row.next ?? 0) < before && isOver(row)

/** Sixty-four bits of the rows of a lead in their order, made of one after the other. */
type Fingerprint = readonly [number, number]

const noFingerprint: Fingerprint = [0x811c9dc5, 0x9e3779b9]

/** FNV-1a, beside it the same with another factor. */
const withRow = (print: Fingerprint, row: Row): Fingerprint => {
  const { source, campaign, kind, happenedAt, until, next, first, value, key, n, amount, currency } = row
  const texts = `${kind}\n${source}\n${key === null ? '' : `"${key}`}\n${campaign === null ? '' : `"${campaign}`}`
  const text = `${texts}\n${happenedAt} ${until} ${next} ${first} ${value} ${n} ${amount} ${currency}`
  let [one, other] = print
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    one = Math.imul(one ^ code, 0x01000193)
    other = Math.imul(other ^ code, 0x85ebca6b)
  }
  return [one, other]
}

const written = ([one, other]: Fingerprint): string =>
  `${(one >>> 0).toString(36)}-${(other >>> 0).toString(36)}`

/** Fewer rows are not worth an object of their own. */
const fewest = 100
/** So many of all rows at least are moved at once: moving them writes all, and not moving them writes them each minute. */
const share = 1 / 8

/** Whether so many of the moving rows are over that they are better settled. @param all rows of the shard. */
const isDue = (rows: RowColumns, all: number, now: number): boolean => {
  const [rowAt, before] = [rowsIn(rows), settledBefore(now)]
  const least = Math.max(fewest, all * share)
  let count = 0
  for (let place = 0; place < rows.kind.length && count < least; place += 1)
    if (isSettled(rowAt(place), before)) count += 1
  return count >= least
}

/** All of them move. @param all in the order of `compareRows`. */
const settleNothing = (all: RowColumns): ShardRows => ({
  ...noShardRows,
  moving: { ...noShardRows.moving, rows: all },
})

/** Settles what is over. @param all in the order of `compareRows`. */
const settle = (all: RowColumns, now: number): ShardRows => {
  const [rowAt, before] = [rowsIn(all), settledBefore(now)]
  const [over, open]: [number[], number[]] = [[], []]
  const prints = new Map<string, Fingerprint>()
  for (let place = 0; place < all.kind.length; place += 1) {
    const row = rowAt(place)
    if (row.lead === null || !isSettled(row, before)) {
      open.push(place)
      continue
    }
    over.push(place)
    prints.set(row.lead, withRow(prints.get(row.lead) ?? noFingerprint, row))
  }
  if (over.length < fewest) return settleNothing(all)
  const settled = new Map([...prints].map(([lead, print]) => [lead, written(print)]))
  return { settled: takeRows(all, over), before, moving: { rows: takeRows(all, open), settled } }
}

/** All rows of a shard, some of them anew. @param now what is over by then is settled; undefined: nothing. */
export const renewRows = (
  { settled, moving }: ShardRows,
  { leads, rows }: NewRows,
  now: number | undefined,
): ShardRows => {
  const rowAt = rowsIn(moving.rows)
  const kept = Array.from(moving.rows.lead, (lead, place) => ({ lead, place }))
    .filter(({ lead }) => !leads.has(lead))
    .map(({ place }): Row => ({ ...rowAt(place) }))
  const all = replaceRows(settled, leads, [...kept, ...rows]) ?? settled
  return now === undefined ? settleNothing(all) : settle(all, now)
}

/** What there is of a shard: how many rows, and when those that are settled had happened (milliseconds since the epoch). */
interface Standing {
  readonly rows: number
  readonly before: number
}

/**
 * The moving rows, some of them anew.
 * @returns `stands` where nothing has changed, `all` where settled rows have, or so many are to be settled that all are written.
 */
export const renewMoving = (
  moving: MovingRows,
  { rows: all, before }: Standing,
  { leads, rows }: NewRows,
  now: number,
): MovingRows | 'stands' | 'all' => {
  const byLead = Map.groupBy(rows, ({ lead }) => lead)
  const fresh: Row[] = []
  for (const lead of leads) {
    const own = byLead.get(lead) ?? []
    const known = lead === null ? undefined : moving.settled.get(lead)
    const isOld = (row: Row): boolean => known !== undefined && isSettled(row, before)
    if (known !== undefined && written(own.filter(isOld).reduce(withRow, noFingerprint)) !== known)
      return 'all'
    for (const row of own) if (!isOld(row)) fresh.push(row)
  }
  const next = replaceRows(moving.rows, leads, fresh)
  if (!next) return 'stands'
  return isDue(next, all, now) ? 'all' : { ...moving, rows: next }
}

/** In any order. */
export const allRows = ({ settled, moving }: ShardRows): RowColumns => joinRows([settled, moving.rows])
