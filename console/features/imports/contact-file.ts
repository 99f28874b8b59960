import { type CsvError, parse } from 'csv-parse/browser/esm'
import {
  type Encoding,
  faultOfParser,
  formOf,
  makeDecode,
  makeUtf8Check,
  type ParsedRecord,
  parserOptions,
  recordOf,
  separatorOf,
  sniffed,
  TableFault,
  type TableForm,
  type TableRow,
  tableRow,
  utf16Of,
} from '../../../domain/import/table.ts'

/** So much is read in one go, in bytes: some hundredths of a second, between which the page is drawn. */
const part = 256 * 1024

async function* partsOf(file: Blob): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < file.size; from += part)
    yield new Uint8Array(await file.slice(from, from + part).arrayBuffer())
}

const encodingOf = async (file: Blob, bytes: Uint8Array): Promise<Encoding> => {
  const wide = utf16Of(bytes)
  if (wide) return wide
  const check = makeUtf8Check()
  for await (const one of partsOf(file)) if (!check(one)) break
  return check() ? 'utf-8' : 'windows-1252'
}

/** The parser gives its records a moment after it was fed. */
const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

async function* records(file: Blob, { encoding, separator }: Pick<TableForm, 'encoding' | 'separator'>) {
  const parser = parse(parserOptions(separator))
  const found: ParsedRecord[] = []
  let fault: CsvError | undefined
  parser.on('data', (one: ParsedRecord) => found.push(one))
  parser.on('error', (error: CsvError) => {
    fault = error
  })
  const ended = new Promise<void>((resolve) => {
    parser.on('end', resolve)
    parser.on('error', () => resolve())
  })
  const told = () => {
    if (fault) throw faultOfParser(fault, parser.info.lines)
    return found.splice(0).map(recordOf)
  }
  const decode = makeDecode(encoding)
  for await (const one of partsOf(file)) {
    parser.write(decode(one))
    await aMoment()
    yield* told()
  }
  parser.end(decode())
  await ended
  yield* told()
}

/** Finds out how a file is written. @throws TableFault where it holds no table. */
export const readForm = async (file: Blob): Promise<TableForm> => {
  const bytes = new Uint8Array(await file.slice(0, sniffed).arrayBuffer())
  const encoding = await encodingOf(file, bytes)
  const how = { encoding, separator: separatorOf(new TextDecoder(encoding).decode(bytes)) }
  for await (const first of records(file, how)) return formOf(how, first)
  throw new TableFault({ type: 'empty' })
}

/** Every record but the first, however large the file is. @throws TableFault at what is no table. */
export async function* readRows(file: Blob, form: TableForm): AsyncGenerator<TableRow> {
  let isHeader = true
  for await (const record of records(file, form)) {
    if (!isHeader) yield tableRow(form, record)
    isHeader = false
  }
}
