import { open } from 'node:fs/promises'
import { parse } from 'csv-parse'
import {
  type Calibration,
  calibrate,
  type FieldEvidence,
  type Outcomes,
} from '../../domain/calibration/calibrate.ts'
import type { FieldValue, Value } from '../../domain/calibration/columns.ts'

const usualEndings = ['yes', 'true', '1', 'won', 'accepted']

export interface CsvOptions {
  readonly csv: string
  readonly label: string
  readonly time: string | undefined
  readonly positive: string | undefined
  readonly without: readonly string[]
  readonly known: readonly string[]
}

type Row = Readonly<Record<string, string>>

const readRows = async (file: string): Promise<readonly Row[]> => {
  const rows: Row[] = []
  const parser = (await open(file))
    .createReadStream()
    .pipe(parse({ columns: true, bom: true, skip_empty_lines: true, trim: true }))
  for await (const row of parser) rows.push(row)
  return rows
}

const positiveIn = (endings: ReadonlySet<string>, { label, positive }: CsvOptions): string => {
  const found = positive ?? usualEndings.find((usual) => endings.has(usual))
  const some = [...endings].slice(0, 5).join(', ')
  if (endings.size === 1)
    throw new TypeError(`every lead ended with ${label} "${some}": there is nothing to learn from one ending`)
  if (found === undefined)
    throw new TypeError(`which ending of "${label}" is hoped for (${some})? Say it with --positive`)
  if (!endings.has(found)) throw new TypeError(`no lead ended with ${label} "${found}". There are: ${some}`)
  return found
}

/** A number for each line, by which they are ordered. @throws TypeError for what is neither a time nor a number. */
const timesOf = (rows: readonly Row[], column: string): readonly number[] =>
  rows.map((row, index) => {
    const text = row[column] ?? ''
    const time = text === '' || Number.isNaN(Number(text)) ? Date.parse(text) : Number(text)
    if (Number.isNaN(time))
      throw new TypeError(`line ${index + 2}: ${column} "${text}" is no date, time or number`)
    return time
  })

const inOrder = (rows: readonly Row[], column: string | undefined): readonly Row[] => {
  if (column === undefined) return rows
  const times = timesOf(rows, column)
  return rows
    .map((row, index) => ({ row, time: times[index] ?? 0 }))
    .toSorted((a, b) => a.time - b.time)
    .map(({ row }) => row)
}

/** @throws TypeError where the file has no such column, or endings that nobody can tell apart. */
const outcomesIn = (read: readonly Row[], options: CsvOptions): Outcomes => {
  const { label, time, without, known } = options
  const names = Object.keys(read[0] ?? {})
  if (read.length === 0) throw new TypeError(`${options.csv} has no lines`)
  for (const name of [label, ...(time === undefined ? [] : [time]), ...without, ...known])
    if (!names.includes(name)) throw new TypeError(`no column "${name}". There are: ${names.join(', ')}`)
  const positive = positiveIn(new Set(read.map((row) => row[label] ?? '')), options)
  const rows = inOrder(read, time)
  const fields = names.filter((name) => name !== label && name !== time && !without.includes(name))
  return {
    fields: new Map(fields.map((field) => [field, rows.map((row): Value => row[field] ?? null)] as const)),
    labels: Uint8Array.from(rows, (row) => (row[label] === positive ? 1 : 0)),
    known,
  }
}

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 4, useGrouping: false })

const wordsOf = (value: FieldValue): string => {
  if ('empty' in value) return 'empty'
  if ('is' in value) return value.is === '*' ? 'rare values' : value.is
  const [from, to] = [value.from, value.to].map((bound) => (bound === null ? '' : number.format(bound)))
  return from === '' ? `below ${to}` : to === '' ? `${from} and more` : `${from} to below ${to}`
}

const printValues = ({ field, auc, values }: FieldEvidence): void => {
  console.log(`\n${field} (AUC alone ${auc.toFixed(3)})`)
  const mostFirst = values.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points)).slice(0, 6)
  for (const { value, leads, lift, low, high, points } of mostFirst)
    console.log(
      `  ${`${points > 0 ? '+' : ''}${points}`.padStart(4)}  ${wordsOf(value).padEnd(28)} lift ${lift.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}), ${leads} leads`,
    )
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

export const printFields = (calibration: Calibration): void => {
  const { judged, rarer } = calibration
  console.log(`${judged} leads are judged, ${rarer} of the rarer outcome.`)
  if (calibration.status === 'not-enough-data') {
    console.log('Too few to learn from: 100 are needed, 30 of the rarer outcome.')
    return
  }
  const { auc, leaks } = calibration
  for (const { field, why } of leaks)
    console.log(`\nLeak? ${field}: ${why} It is left out; --known ${field} takes it in.`)
  console.log(`\nHow well outcomes are told apart (AUC: 0.5 is guessing, 1 is knowing)
  in time order   ${auc.inTime?.toFixed(3) ?? '–    '}   learned from the first 70 %, tried on the rest
  in five folds   ${auc.folds.toFixed(3)}
  whole points    ${auc.points.toFixed(3)}   in the same folds

Of ten equal groups, by chance: predicted and actual share`)
  for (const { predicted, actual, leads } of calibration.calibration)
    console.log(`  ${percent(predicted).padStart(7)}  ${percent(actual).padStart(7)}   ${leads} leads`)
  console.log('\nPoints for each value (ten double the odds), fields that tell most first')
  for (const field of calibration.fields) printValues(field)
}

/**
 * What a table of leads and how they ended says of its columns.
 * @throws TypeError where the table has no such column, or endings that nobody can tell apart.
 */
export const calibrateTable = async (options: CsvOptions): Promise<Calibration> =>
  calibrate(outcomesIn(await readRows(options.csv), options))
