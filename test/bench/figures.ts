import { type Columns, columnsOf, rowsInColumns } from '../../domain/kpi/columns.ts'
import { leadShards, replaceRows, shardOf } from '../../domain/kpi/replace-rows.ts'
import { kpiReport } from '../../domain/kpi/report.ts'
import { type Asked, type Grouping, type Row, type RowColumns, rowColumns } from '../../domain/kpi/row.ts'
import { compareRows, rowsOf } from '../../domain/kpi/rows-of.ts'
import { compileRules } from '../../domain/rules/rules.ts'
import { readRows, writeRows } from '../../functions/adapters/row-files.ts'
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

const makeRows = (): readonly RowColumns[] => {
  const rules = compileRules(makePlaybook())
  const shards: Row[][] = Array.from({ length: leadShards }, () => [])
  let count = 0
  for (let number = 0; count < million; number += 1) {
    const { history } = makePerson(number)
    const rows = rowsOf(history, rules, now)
    shards[shardOf(history.leadId)]?.push(...rows)
    count += rows.length
  }
  return shards.map((rows) => rowsInColumns(rows.toSorted(compareRows)))
}

const warm = async (all: readonly Columns[], by?: Grouping): Promise<number> => {
  const times: number[] = []
  for (let round = 0; round < 7; round += 1)
    times.push((await timed(() => kpiReport(all, { ...asked, ...(by && { by }) })))[1])
  return quantile(times, 0.5)
}

const rowAt = (columns: RowColumns, place: number): Row =>
  Object.fromEntries(rowColumns.map(({ name }) => [name, columns[name][place]])) as unknown as Row

/** Takes a minute in which every tenth lead of a shard did something: all of its rows are read, changed and written. */
const rewrite = async (file: Uint8Array, columns: RowColumns): Promise<number> => {
  const leads = new Set([...new Set(Array.from(columns.lead))].filter((_, index) => index % 10 === 0))
  const rows = Array.from(columns.lead, (lead, place) => (leads.has(lead) ? [rowAt(columns, place)] : []))
    .flat()
    .map((row) => ({ ...row, n: row.n + 1 }))
  const [, spent] = await timed(async () => {
    const next = replaceRows(await readRows(file), leads, rows)
    if (!next) throw new Error('nothing has changed')
    return writeRows(next)
  })
  return spent
}

/** A year of about a million rows, and ten times as many. */
export const measureFigures = async (): Promise<readonly Figure[]> => {
  const stored = makeRows()
  const rows = stored.reduce((sum, { lead }) => sum + lead.length, 0)
  const files = stored.map(writeRows)
  const bytes = files.reduce((sum, file) => sum + file.byteLength, 0)
  const [all, loading] = await timed(async () => {
    const loaded: Columns[] = []
    for (const file of files) loaded.push(columnsOf(await readRows(file)))
    return loaded
  })
  const [, first] = await timed(() => kpiReport(all, asked))
  const year = await warm(all)
  const [bySource, byWeek] = [await warm(all, 'source'), await warm(all, 'week')]
  const rewritten: number[] = []
  for (const [shard, file] of files.entries())
    rewritten.push(await rewrite(file, stored[shard] ?? rowsInColumns([])))
  const tenfold = Array.from({ length: 9 }, () => stored.map(columnsOf)).flat()
  const ten = await warm([...all, ...tenfold])
  return [
    { what: 'rows', value: rows, unit: '' },
    { what: 'bytes a row in Parquet', value: bytes / rows, unit: 'B', aim: '≤ 12' },
    { what: 'a year, columns in memory', value: year, unit: 'ms', aim: '≤ 150' },
    { what: 'a year by source', value: bySource, unit: 'ms' },
    { what: 'a year by week', value: byWeek, unit: 'ms' },
    { what: 'files read and counted for the first time', value: loading + first, unit: 'ms', aim: '≤ 1500' },
    { what: 'a shard of them changed in a tenth of its leads', value: quantile(rewritten, 0.5), unit: 'ms' },
    { what: 'a year of ten times the rows', value: ten, unit: 'ms', aim: '≤ 2000' },
  ]
}
