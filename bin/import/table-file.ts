import { createReadStream } from 'node:fs'
import { type CsvError, parse } from 'csv-parse'

const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
type Encoding = (typeof encodings)[number]

const separators = [',', ';', '\t', '|'] as const

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
  readonly fault?: 'more or fewer values than columns'
}

/** A file that cannot be read as a table. */
export class TableFault extends Error {}

const sniffed = 64 * 1024

const firstBytes = async (file: string): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of createReadStream(file, { end: sniffed - 1 })) parts.push(part)
  return Buffer.concat(parts)
}

/** UTF-16 without a mark: of Latin text every other byte is 0. */
const utf16Of = (bytes: Buffer): Encoding | undefined => {
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

/** Whether the whole file is UTF-8; what is not is Windows-1252, in which every byte is something. */
const isUtf8 = async (file: string): Promise<boolean> => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const part of createReadStream(file)) decoder.decode(part, { stream: true })
    decoder.decode()
    return true
  } catch {
    return false
  }
}

/** What Excel writes into the first line. */
const separatorLine = /^sep=(.)\r?\n/

/** The separator that cuts the first lines most often into equally many parts. */
const separatorOf = (text: string): string => {
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

async function* decoded(file: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding)
  let isFirst = true
  for await (const part of createReadStream(file)) {
    const text = decoder.decode(part, { stream: true })
    yield isFirst ? text.replace(separatorLine, '\n') : text
    isFirst = false
  }
  yield decoder.decode()
}

const lineBreaks = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0)

async function* records(file: string, { encoding, separator }: Pick<TableForm, 'encoding' | 'separator'>) {
  const parser = parse({
    ...{
      delimiter: separator,
      relax_column_count: true,
      relax_quotes: true,
      record_delimiter: ['\r\n', '\n', '\r'],
    },
    ...{
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      info: true,
      max_record_size: 1_000_000,
    },
  })
  const feed = async (): Promise<void> => {
    for await (const text of decoded(file, encoding))
      if (!parser.write(text)) await new Promise((resolve) => parser.once('drain', resolve))
    parser.end()
  }
  feed().catch((error: unknown) => parser.destroy(error as Error))
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[]
      info: { lines: number }
    }>)
      yield { line: info.lines - lineBreaks(record), cells: record }
  } catch (error) {
    const { code, message } = error as CsvError
    const line = parser.info.lines
    if (code === 'CSV_QUOTE_NOT_CLOSED') throw new TableFault(`line ${line}: a quote is never closed`)
    if (code === 'CSV_MAX_RECORD_SIZE')
      throw new TableFault(`line ${line}: a quote is not closed, or the row is too long`)
    throw new TableFault(`line ${line}: ${message}`)
  }
}

/** Finds out how a file is written. @throws TableFault where it holds no table. */
export const readForm = async (file: string): Promise<TableForm> => {
  const bytes = await firstBytes(file)
  const encoding = utf16Of(bytes) ?? ((await isUtf8(file)) ? 'utf-8' : 'windows-1252')
  const separator = separatorOf(new TextDecoder(encoding).decode(bytes))
  for await (const { line, cells } of records(file, { encoding, separator }))
    return { encoding, separator, columns: cells.map((name) => name.trim()), headerLine: line }
  throw new TableFault('the file holds nothing')
}

/** Every record but the first, in flat memory. @throws TableFault at what is no table. */
export async function* readRows(file: string, form: TableForm): AsyncGenerator<TableRow> {
  let isHeader = true
  for await (const { line, cells } of records(file, form)) {
    const filled = cells.findLastIndex((cell) => cell !== '') + 1
    const isUneven = filled > form.columns.length || cells.length < form.columns.length
    if (!isHeader)
      yield isUneven ? { line, cells, fault: 'more or fewer values than columns' } : { line, cells }
    isHeader = false
  }
}

/** A cell as spreadsheets take it for a text, whatever it begins with. */
const csvCell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.,\s()/-]+$/.test(text) ? `'${text}` : text
  return /[",;\n\r\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`
