import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Row, RowColumns } from '../../../domain/kpi/row.ts'
import { compareRows } from '../../../domain/kpi/rows-of.ts'
import {
  allRows,
  type MovingRows,
  noShardRows,
  renewMoving,
  renewRows,
  type ShardRows,
} from '../../../domain/kpi/settled-rows.ts'
import { runs } from '../../support/runs.ts'
import { makeRow } from '../support/make-row.ts'

const minute = 60_000
const hour = 60 * minute
const row = (lead: string | null, happenedAt: number, changes: Partial<Row> = {}): Row =>
  makeRow({ lead, happenedAt, ...changes })

const rowsIn = (columns: RowColumns): readonly Row[] =>
  Array.from(columns.kind, (_, place) =>
    Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[place]])),
  ) as unknown as readonly Row[]
const told = (rows: readonly Row[]) => rows.toSorted(compareRows)
const all = (shard: ShardRows) => told(rowsIn(allRows(shard)))

/** Each lead has done something each minute from `from` on, and is in a stage. */
const busy = (leads: readonly string[], from: number, times: number): readonly Row[] =>
  leads.flatMap((lead) => [
    ...Array.from({ length: times }, (_, n) => row(lead, from + n * minute)),
    row(lead, from, { kind: 'stage', key: 'interest' }),
  ])

const of = (lead: string, rows: readonly Row[]) => rows.filter((one) => one.lead === lead)
const [anna, bea] = ['anna', 'bea']
const now = 100 * hour
const begin = now - 30 * hour
const both = busy([anna, bea], begin, 600)
const shard = renewRows(noShardRows, { leads: new Set([anna, bea]), rows: both }, now)
/** What a minute writes of this shard, where it has so many rows. */
const minuteOf = (lead: string, rows: readonly Row[], all = 1_202): MovingRows | 'stands' | 'all' =>
  renewMoving(shard.moving, { rows: all, before: shard.before }, { leads: new Set([lead]), rows }, now)

describe('what is over', () => {
  test('stands apart; what goes on, what is young and what belongs to nobody does not', () => {
    const young = row(anna, now - minute)
    const cost = row(null, begin, { kind: 'cost', amount: 5n, currency: 'EUR' })
    const next = renewRows(
      shard,
      { leads: new Set([anna, null]), rows: [...of(anna, both), young, cost] },
      now,
    )
    expect(next.settled.kind).toHaveLength(1_200)
    expect(rowsIn(next.moving.rows).map(({ lead, kind }) => `${lead} ${kind}`)).toEqual([
      'anna stage',
      'bea stage',
      'anna activity',
      'null cost',
    ])
    expect(all(next)).toEqual(told([...both, young, cost]))
  })

  test('is left with the rest where it is little', () => {
    const few = renewRows(noShardRows, { leads: new Set([anna]), rows: busy([anna], begin, 99) }, now)
    expect(few.settled.kind).toHaveLength(0)
    expect(few.moving.rows.kind).toHaveLength(100)
    expect(few.moving.settled.size).toBe(0)
  })

  test('has no part in what a minute writes: what is new, and what has ended meanwhile, is the rest', () => {
    const [, ...others] = of(anna, both).toSorted((a, b) =>
      a.kind === 'stage' ? -1 : b.kind === 'stage' ? 1 : 0,
    )
    const advanced = row(anna, begin, { kind: 'stage', key: 'interest', until: now, next: now })
    const rows = [advanced, row(anna, now, { kind: 'stage', key: 'intent' }), row(anna, now), ...others]
    const moving = minuteOf(anna, rows)
    if (typeof moving === 'string') throw new Error(moving)
    expect(moving.rows.kind).toHaveLength(4)
    expect(all({ ...shard, moving })).toEqual(told([...of(bea, both), ...rows]))
  })

  test.each<[string, readonly Row[]]>([
    ['has become something else', of(anna, both).map((one) => ({ ...one, source: 'google' }))],
    ['has one more among it', [...of(anna, both), row(anna, begin, { key: 'content.viewed' })]],
    ['has one less', of(anna, both).slice(1)],
    ['is gone with its lead', []],
  ])('%s: then all is written again', (_, rows) => {
    expect(minuteOf(anna, rows)).toBe('all')
    const next = renewRows(shard, { leads: new Set([anna]), rows }, now)
    expect(all(next)).toEqual(told([...of(bea, both), ...rows]))
    expect(next.moving.settled.has(anna)).toBe(rows.length > 0 && next.settled.kind.length > 0)
  })

  test('is nothing new where nothing is', () => {
    expect(minuteOf(anna, of(anna, both))).toBe('stands')
    expect(minuteOf('carl', [])).toBe('stands')
  })

  test('of a lead that comes with its past waits among the rest, until there is enough to settle', () => {
    const carls = busy(['carl'], begin, 200)
    expect(minuteOf('carl', carls, 1_600)).toBe('all')
    // An eighth of all, once there are many.
    expect(minuteOf('carl', carls, 1_601)).toMatchObject({ settled: shard.moving.settled })
    expect(minuteOf('carl', busy(['carl'], begin, 99), 200)).toMatchObject({ settled: shard.moving.settled })
  })
})

/** What comes to a shard in some minute. */
const change = fc.record({
  lead: fc.nat(5),
  minutes: fc.nat(40),
  does: fc.constantFrom('more', 'ends', 'late', 'named', 'much', 'gone'),
})

test('whatever comes in whatever order, the parts together are the rows that leads have now', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      let [stored, at] = [shard, now]
      let rows: readonly Row[] = both
      for (const { lead: number, minutes, does } of changes) {
        at += minutes * minute
        const lead = `lead-${number}`
        const own = of(lead, rows)
        const next = {
          more: () => [...own, row(lead, at), row(lead, at, { kind: 'run', key: `${at}` })],
          ends: () => own.map((one) => (one.kind === 'run' ? { ...one, until: one.until ?? at } : one)),
          late: () => [...own, row(lead, at - hour)],
          named: () => own.map((one) => ({ ...one, campaign: `${at}` })),
          much: () => [...own, ...busy([lead], at - 10 * hour, 300)],
          gone: () => [],
        }[does]()
        rows = [...rows.filter((one) => one.lead !== lead), ...next]
        const counted = { leads: new Set([lead]), rows: next }
        const standing = { rows: rows.length, before: stored.before }
        const moving = renewMoving(stored.moving, standing, counted, at)
        if (moving === 'all') stored = renewRows(stored, counted, at)
        else if (moving !== 'stands') stored = { ...stored, moving }
      }
      expect(all(stored)).toEqual(told(rows))
    }),
    { numRuns: runs(100) },
  )
})
