import { type Columns, columnsOf, rowsInColumns } from '../../domain/kpi/columns.ts'
import { leadShards, shardOf } from '../../domain/kpi/replace-rows.ts'
import { kpiReport } from '../../domain/kpi/report.ts'
import type { Asked, Grouping, Row } from '../../domain/kpi/row.ts'
import { compareRows, rowsOf } from '../../domain/kpi/rows-of.ts'
import { type MovingRows, noShardRows, renewMoving, renewRows } from '../../domain/kpi/settled-rows.ts'
import { compileRules } from '../../domain/rules/rules.ts'
import { fingerprintsIn, readRows, writeRows } from '../../functions/adapters/row-files.ts'
import { makePerson } from '../domain/kpi/made-up-year.ts'
import { makePlaybook } from '../domain/support/make-playbook.ts'
import { type Row as Figure, quantile } from './table.ts'

const million = 1_000_000
const now = '2027-02-01T00:00:00.000Z'
const asked: Asked = { from: '2026-01-01', to: '2027-01-01', zone: 'Europe/Berlin', now }

/** Processor time in milliseconds: other programs of the machine count less than by the clock. */
const timed = async <Result>(work: () => Result | Promise<Result>): Promise<readonly [Result, number]> => {
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return [result, (user + system) / 1000]
}

/** By shard, in the order in which they are stored. */
const makeRows = (): readonly (readonly Row[])[] => {
  const rules = compileRules(makePlaybook())
  const shards: Row[][] = Array.from({ length: leadShards }, () => [])
  let count = 0
  for (let number = 0; count < million; number += 1) {
    const { history } = makePerson(number)
    const rows = rowsOf(history, rules, now)
    shards[shardOf(history.leadId)]?.push(...rows)
    count += rows.length
  }
  return shards.map((rows) => rows.toSorted(compareRows))
}

const warm = async (all: readonly Columns[], by?: Grouping): Promise<number> => {
  const times: number[] = []
  for (let round = 0; round < 7; round += 1)
    times.push((await timed(() => kpiReport(all, { ...asked, ...(by && { by }) })))[1])
  return quantile(times, 0.5)
}

interface Rewriting {
  /** Milliseconds where every tenth lead did one thing more. */
  readonly moving: number
  /** Milliseconds where what is settled changed as well. */
  readonly all: number
}

/** What a minute takes in which every tenth lead of a shard did something: its rows are read, changed and written. */
const rewrite = async (rows: readonly Row[]): Promise<Rewriting> => {
  const leads = new Set([...new Set(rows.map(({ lead }) => lead))].filter((_, index) => index % 10 === 0))
  const at = Date.parse(now)
  const { settled, before, moving } = renewRows(noShardRows, { leads: new Set(), rows }, at)
  const files = { settled: writeRows(settled), moving: writeRows(moving.rows, moving.settled) }
  const readMoving = async (): Promise<MovingRows> => ({
    rows: await readRows(files.moving),
    settled: fingerprintsIn(files.moving),
  })
  const standing = { rows: rows.length, before }
  const own = rows.filter(({ lead }) => leads.has(lead))
  const more = [
    ...own,
    ...own.filter(({ kind }) => kind === 'lead').map((row) => ({ ...row, happenedAt: at })),
  ]
  const [, ofMoving] = await timed(async () => {
    const next = renewMoving(await readMoving(), standing, { leads, rows: more }, at)
    if (typeof next === 'string') throw new Error(next)
    return writeRows(next.rows, next.settled)
  })
  const others = own.map((row) => ({ ...row, n: row.n + 1 }))
  const [, ofAll] = await timed(async () => {
    if (renewMoving(await readMoving(), standing, { leads, rows: others }, at) !== 'all')
      throw new Error('it stands')
    const shard = { settled: await readRows(files.settled), before, moving: await readMoving() }
    const next = renewRows(shard, { leads, rows: others }, at)
    return [writeRows(next.settled), writeRows(next.moving.rows, next.moving.settled)]
  })
  return { moving: ofMoving, all: ofAll }
}

/** The columns of all shards, and what it takes to rewrite one; single rows are not kept, as they would be in the way of the collector. */
const prepare = async () => {
  const shards = makeRows()
  const times: Rewriting[] = []
  for (const rows of shards) times.push(await rewrite(rows))
  const median = (of: keyof Rewriting): number =>
    quantile(
      times.map((one) => one[of]),
      0.5,
    )
  return { stored: shards.map(rowsInColumns), rewriting: { moving: median('moving'), all: median('all') } }
}

/** A year of about a million rows, and ten times as many. */
export const measureFigures = async (): Promise<readonly Figure[]> => {
  const { stored, rewriting } = await prepare()
  const rows = stored.reduce((sum, { lead }) => sum + lead.length, 0)
  const files = stored.map((rows) => writeRows(rows))
  const bytes = files.reduce((sum, file) => sum + file.byteLength, 0)
  const [all, loading] = await timed(async () => {
    const loaded: Columns[] = []
    for (const file of files) loaded.push(columnsOf(await readRows(file)))
    return loaded
  })
  const [, first] = await timed(() => kpiReport(all, asked))
  const year = await warm(all)
  const [bySource, byWeek] = [await warm(all, 'source'), await warm(all, 'week')]
  const tenfold = Array.from({ length: 9 }, () => stored.map(columnsOf)).flat()
  const ten = await warm([...all, ...tenfold])
  return [
    { what: 'rows', value: rows, unit: '' },
    { what: 'bytes a row in Parquet', value: bytes / rows, unit: 'B', aim: '≤ 12' },
    { what: 'a year, columns in memory', value: year, unit: 'ms', aim: '≤ 150' },
    { what: 'a year by source', value: bySource, unit: 'ms' },
    { what: 'a year by week', value: byWeek, unit: 'ms' },
    { what: 'files read and counted for the first time', value: loading + first, unit: 'ms', aim: '≤ 1500' },
    {
      what: 'a shard of them, with something new of a tenth of its leads',
      value: rewriting.moving,
      unit: 'ms',
    },
    { what: 'the same, reaching back beyond what is settled', value: rewriting.all, unit: 'ms' },
    { what: 'a year of ten times the rows', value: ten, unit: 'ms', aim: '≤ 2000' },
  ]
}
