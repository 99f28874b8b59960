import { createReadStream } from 'node:fs'
import { type CsvError, parse } from 'csv-parse'
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
} from '../../domain/import/table.ts'

const firstBytes = async (file: string): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of createReadStream(file, { end: sniffed - 1 })) parts.push(part)
  return Buffer.concat(parts)
}

const encodingOf = async (file: string, bytes: Buffer): Promise<Encoding> => {
  const wide = utf16Of(bytes)
  if (wide) return wide
  const check = makeUtf8Check()
  for await (const part of createReadStream(file)) if (!check(part)) break
  return check() ? 'utf-8' : 'windows-1252'
}

async function* decoded(file: string, encoding: Encoding): AsyncGenerator<string> {
  const decode = makeDecode(encoding)
  for await (const part of createReadStream(file)) yield decode(part)
  yield decode()
}

async function* records(file: string, { encoding, separator }: Pick<TableForm, 'encoding' | 'separator'>) {
  const parser = parse(parserOptions(separator))
  const feed = async (): Promise<void> => {
    for await (const text of decoded(file, encoding))
      if (!parser.write(text)) await new Promise((resolve) => parser.once('drain', resolve))
    parser.end()
  }
  feed().catch((error: unknown) => parser.destroy(error as Error))
  try {
    for await (const one of parser as AsyncIterable<ParsedRecord>) yield recordOf(one)
  } catch (error) {
    throw faultOfParser(error as CsvError, parser.info.lines)
  }
}

/** Finds out how a file is written. @throws TableFault where it holds no table. */
export const readForm = async (file: string): Promise<TableForm> => {
  const bytes = await firstBytes(file)
  const encoding = await encodingOf(file, bytes)
  const how = { encoding, separator: separatorOf(new TextDecoder(encoding).decode(bytes)) }
  for await (const first of records(file, how)) return formOf(how, first)
  throw new TableFault({ type: 'empty' })
}

/** Every record but the first, in flat memory. @throws TableFault at what is no table. */
export async function* readRows(file: string, form: TableForm): AsyncGenerator<TableRow> {
  let isHeader = true
  for await (const record of records(file, form)) {
    if (!isHeader) yield tableRow(form, record)
    isHeader = false
  }
}
