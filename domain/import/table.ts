import { type GuessedColumns, guessColumns, repeatedColumns } from './columns.ts'
import { type ImportRow, type ReadRow, type Rejection, type RowFault, readRow } from './plan-row.ts'

/** Files of contacts, as far as it does not matter where their bytes come from: a disk, or a browser. */

const separators = [',', ';', '\t', '|'] as const

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** How a file is written. */
export interface TableForm {
  readonly encoding: Encoding
  readonly separator: string
  /** Of the first record. */
  readonly columns: readonly string[]
  /** Line of the first record, from 1. */
  readonly headerLine: number
}

/** A record with the number of its first line; `fault` where it has more or fewer values than there are columns. */
export interface TableRow {
  readonly line: number
  readonly cells: readonly string[]
  readonly fault?: RowFault
}

/** Why a file cannot be read as a table. `line`: from 1. */
export type TableFaultKind =
  | { readonly type: 'open-quote' | 'long-row'; readonly line: number }
  | { readonly type: 'unreadable'; readonly line: number; readonly message: string }
  | { readonly type: 'repeated-column' | 'missing-column'; readonly column: string }
  | { readonly type: 'empty' }

const wordsOf = (kind: TableFaultKind): string => {
  switch (kind.type) {
    case 'open-quote':
      return `line ${kind.line}: a quote is never closed`
    case 'long-row':
      return `line ${kind.line}: a quote is not closed, or the row is too long`
    case 'unreadable':
      return `line ${kind.line}: ${kind.message}`
    case 'repeated-column':
      return `the column "${kind.column}" is there more than once`
    case 'missing-column':
      return `the file has no column "${kind.column}"`
    case 'empty':
      return 'the file holds nothing'
    default:
      return kind satisfies never
  }
}

/** A file that cannot be read as a table. */
export class TableFault extends Error {
  override readonly name = 'TableFault'
  readonly kinds: readonly TableFaultKind[]

  constructor(...kinds: readonly TableFaultKind[]) {
    super(kinds.map(wordsOf).join('\n'))
    this.kinds = kinds
  }
}

/** As much of a file as is looked at to find out how it is written, in bytes. */
export const sniffed = 64 * 1024

/** UTF-16 without a mark: of Latin text every other byte is 0. */
export const utf16Of = (bytes: Uint8Array): Encoding | undefined => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const start = [...bytes.subarray(0, 2_000)]
  const zerosAt = (rest: number): number =>
    start.filter((byte, index) => byte === 0 && index % 2 === rest).length
  const [even, odd] = [zerosAt(0), zerosAt(1)]
  const half = start.length / 2
  if (odd > half * 0.5 && even < half * 0.1) return 'utf-16le'
  return even > half * 0.5 && odd < half * 0.1 ? 'utf-16be' : undefined
}

/** Takes a file part by part; at the end (no part) too it says whether all of it is UTF-8. What is not is Windows-1252, in which every byte is something. */
export const makeUtf8Check = (): ((part?: Uint8Array) => boolean) => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let holds = true
  return (part) => {
    try {
      if (holds) decoder.decode(part, { stream: part !== undefined })
    } catch {
      holds = false
    }
    return holds
  }
}

/** What Excel writes into the first line. */
const separatorLine = /^sep=(.)\r?\n/

/** The separator that cuts the first lines most often into equally many parts. */
export const separatorOf = (text: string): string => {
  const named = separatorLine.exec(text)?.[1]
  if (named !== undefined) return named
  const unquoted = text.replace(/"(?:[^"]|"")*"/g, '""')
  const lines = unquoted
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, 20)
  const scores = separators.map((separator) => {
    const [first = 0, ...others] = lines.map((line) => line.split(separator).length - 1)
    return { separator, score: first * (1 + others.filter((count) => count === first).length) }
  })
  return scores.reduce((best, one) => (one.score > best.score ? one : best)).separator
}

/** Takes a file part by part, and gives its text without what is none of the table. */
export const makeDecode = (encoding: Encoding): ((part?: Uint8Array) => string) => {
  const decoder = new TextDecoder(encoding)
  let isFirst = true
  return (part) => {
    const text = decoder.decode(part, { stream: part !== undefined })
    const shown = isFirst ? text.replace(separatorLine, '\n') : text
    isFirst = false
    return shown
  }
}

/** For csv-parse. */
export const parserOptions = (separator: string) => ({
  ...{ delimiter: separator, relax_column_count: true, relax_quotes: true },
  record_delimiter: ['\r\n', '\n', '\r'],
  ...{ skip_empty_lines: true, skip_records_with_empty_values: true, info: true as const },
  max_record_size: 1_000_000,
})

/** A record as csv-parse gives it with `info`. */
export interface ParsedRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

const lineBreaks = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0)

/** Where it begins: csv-parse tells where it ends. */
export const recordOf = ({ record, info }: ParsedRecord): Pick<TableRow, 'line' | 'cells'> => ({
  line: info.lines - lineBreaks(record),
  cells: record,
})

/** What csv-parse stumbles over, in words. */
export const faultOfParser = (
  { code, message }: { readonly code?: string; readonly message: string },
  line: number,
): TableFault => {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return new TableFault({ type: 'open-quote', line })
  if (code === 'CSV_MAX_RECORD_SIZE') return new TableFault({ type: 'long-row', line })
  return new TableFault({ type: 'unreadable', line, message })
}

/** @param first what stands in the first record: names of columns. */
export const formOf = (
  how: Pick<TableForm, 'encoding' | 'separator'>,
  first: Pick<TableRow, 'line' | 'cells'>,
): TableForm => ({ ...how, columns: first.cells.map((name) => name.trim()), headerLine: first.line })

/** A record behind the first. */
export const tableRow = (
  { columns }: TableForm,
  { line, cells }: Pick<TableRow, 'line' | 'cells'>,
): TableRow => {
  const filled = cells.findLastIndex((cell) => cell !== '') + 1
  const isUneven = filled > columns.length || cells.length < columns.length
  return isUneven ? { line, cells, fault: 'more or fewer values than columns' } : { line, cells }
}

/** As the API takes it. */
export const importRow = ({ columns }: TableForm, { line, cells, fault }: TableRow): ImportRow => ({
  line,
  values: fault
    ? {}
    : Object.fromEntries(
        columns.flatMap((column, index) => (column === '' ? [] : [[column, cells[index] ?? '']])),
      ),
  ...(fault && { fault }),
})

type Mapping = GuessedColumns['mapping']

/**
 * What each column is: as somebody has chosen, else as it looks.
 * @param hasConsent whether it is said to what people agreed: without, a column that says when tells nothing.
 * @throws TableFault where a column is there twice, or one that was chosen is not.
 */
export const mapColumns = (
  { columns }: Pick<TableForm, 'columns'>,
  chosen: Mapping,
  hasConsent: boolean,
): GuessedColumns => {
  const wrong: readonly TableFaultKind[] = [
    ...repeatedColumns(columns).map((column) => ({ type: 'repeated-column' as const, column })),
    ...Object.keys(chosen)
      .filter((column) => !columns.includes(column))
      .map((column) => ({ type: 'missing-column' as const, column })),
  ]
  if (wrong.length > 0) throw new TableFault(...wrong)
  const guessed = guessColumns(columns.filter((column) => column !== ''))
  const taken = new Set(Object.values(chosen))
  const isOut = (target: string | null): boolean =>
    taken.has(target) || (target === '$consentAt' && !hasConsent)
  const others = Object.entries(guessed.mapping).map(([column, target]) => [
    column,
    isOut(target) ? null : target,
  ])
  return {
    ...guessed,
    unknown: guessed.unknown.filter((column) => !Object.hasOwn(chosen, column)),
    mapping: { ...Object.fromEntries(others), ...chosen },
  }
}

/** The playbook may say otherwise of two addresses; how they are read is the same. */
const identity = { plusTags: 'distinct', case: 'same' } as const
const mostShown = 20

/** What rows would become, as far as they alone tell. */
export interface Tally {
  rows: number
  /** The first ones, as they are read. */
  readonly shown: ReadRow[]
  /** Refused, by the reason: how many, and the line of the first. */
  readonly refused: Map<Rejection, { count: number; readonly line: number }>
}

/** @param now RFC 3339 UTC. @returns what takes row after row, and what has come of them. */
export const makeTally = (mapping: Mapping, now: string) => {
  const tally: Tally = { rows: 0, shown: [], refused: new Map() }
  const take = (row: ImportRow): void => {
    tally.rows += 1
    const read = readRow(row, { mapping }, identity, now)
    if ('reason' in read) {
      const known = tally.refused.get(read.reason)
      if (known) known.count += 1
      else tally.refused.set(read.reason, { count: 1, line: read.line })
    } else if (tally.rows <= mostShown) tally.shown.push(read)
  }
  return { tally, take }
}

/** A cell as spreadsheets take it for a text, whatever it begins with. */
const csvCell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.,\s()/-]+$/.test(text) ? `'${text}` : text
  return /[",;\n\r\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`

/** The head of a file with the rows that were refused, and each of them: as it stood, with the reason. */
export const refusedHead = ({ columns }: Pick<TableForm, 'columns'>): string =>
  `\uFEFF${csvLine([...columns, 'reason'])}`

export const refusedLine = (
  { columns }: Pick<TableForm, 'columns'>,
  { line, cells }: Pick<TableRow, 'line' | 'cells'>,
  reason: string,
): string => csvLine([...columns.map((_, index) => cells[index] ?? ''), `line ${line}: ${reason}`])
