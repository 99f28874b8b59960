import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { ImportRow } from '../domain/import/plan-row.ts'
import {
  importRow,
  makeTally,
  mapColumns,
  refusedHead,
  refusedLine,
  type TableForm,
} from '../domain/import/table.ts'
import { asksForHelp } from './help.ts'
import { type Begun, readNote, removeNote, writeNote } from './import/note.ts'
import { type ImportOptions, readOptions, usage } from './import/options.ts'
import { readForm, readRows } from './import/table-file.ts'
import { makeConsoleClient, refusal } from './playbook/publish.ts'
import { makeProgress } from './progress.ts'

type Task = ImportOptions['task'] & { type: 'import' | 'dry-run' }
type Mapping = Readonly<Record<string, string | null>>

class Refused extends Error {}

/** How a file is read, and what its columns are. */
interface Understood {
  readonly form: TableForm
  readonly mapping: Mapping
}

const separatorNames: Readonly<Record<string, string>> = {
  '\t': 'tab',
  ',': 'comma',
  ';': 'semicolon',
  '|': 'bar',
}

const understand = async ({ file, settings }: Task): Promise<Understood> => {
  const form = await readForm(file)
  const { mapping, unknown, exportOf } = mapColumns(form, settings.columns, Boolean(settings.consent))
  const source = exportOf ? `, an export of ${exportOf}` : ''
  console.log(
    `${file}: ${form.encoding}, separated by ${separatorNames[form.separator] ?? form.separator}${source}`,
  )
  for (const [column, target] of Object.entries(mapping))
    console.log(
      `  ${column.padEnd(28)} ${target ?? '(left out)'}${unknown.includes(column) ? '   nothing is known of this column' : ''}`,
    )
  if (!Object.values(mapping).includes('email'))
    throw new Refused(
      'no column is the email address: name it in a --map file, columns: { "<column>": email }',
    )
  return { form, mapping }
}

/** Reads the whole file once, before anything is written. @returns how many rows it has. */
const tryRows = async (file: string, { form, mapping }: Understood, isShown: boolean): Promise<number> => {
  const { tally, take } = makeTally(mapping, new Date().toISOString())
  for await (const row of readRows(file, form)) take(importRow(form, row))
  const { rows, shown, refused } = tally
  for (const { line, email, fields, unsubscribed } of isShown ? shown : [])
    console.log(`  line ${line}: ${email} ${JSON.stringify(fields)}${unsubscribed ? ', wants no mail' : ''}`)
  console.log(`${rows} rows${refused.size === 0 ? '' : ', of which would be refused:'}`)
  for (const [reason, { count, line }] of refused)
    console.log(`  ${count} × ${reason} (first in line ${line})`)
  return rows
}

const attempts = 6

/** Calls the API; what passes is tried again. @throws Refused with what the API says. */
const makeCall = ({ url, token }: ImportOptions) => {
  const call = makeConsoleClient(url, token)
  return async (method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await call(method, path, body).catch((error: unknown) => {
        if (attempt === attempts) throw error
      })
      if (answer && answer.status < 300) return answer.body
      const passes = !answer || answer.status >= 500 || answer.status === 429
      if (!passes || attempt === attempts)
        throw new Refused(refusal(answer?.status ?? 0, answer?.body).join('\n'))
      await sleep(250 * 2 ** attempt)
    }
  }
}

type Call = ReturnType<typeof makeCall>

const shown = z.object({
  importId: z.string(),
  state: z.string(),
  rows: z.number(),
  created: z.number(),
  updated: z.number(),
  unchanged: z.number(),
  rejectedRows: z.number(),
  rejected: z.array(z.object({ line: z.number(), reason: z.string() })).default([]),
})

const begin = async (call: Call, { file, settings }: Task, mapping: Mapping, url: string): Promise<Begun> => {
  const { columns: _, name = basename(file), ...rest } = settings
  const { importId } = shown.parse(await call('POST', '/api/imports', { ...rest, name, mapping }))
  const { size, mtimeMs } = await stat(file)
  return { importId, sentTo: 0, size, modified: mtimeMs, url }
}

const chunkSize = 500

/** Sends what has not been sent, chunk by chunk; a chunk that comes again changes nothing. */
const sendRows = async (
  call: Call,
  file: string,
  form: TableForm,
  note: Begun,
  total: number,
): Promise<void> => {
  const progress = makeProgress('Rows sent', total)
  let chunk: ImportRow[] = []
  let passed = 0
  const flush = async (last: boolean): Promise<void> => {
    await call('POST', `/api/imports/${note.importId}/rows`, { rows: chunk, ...(last && { last }) })
    progress(chunk.length)
    const sentTo = chunk.at(-1)?.line ?? note.sentTo
    await writeNote(file, { ...note, sentTo })
    chunk = []
  }
  for await (const row of readRows(file, form)) {
    if (row.line <= note.sentTo) passed += 1
    else {
      if (passed > 0) progress(passed)
      passed = 0
      chunk.push(importRow(form, row))
      if (chunk.length === chunkSize) await flush(false)
    }
  }
  if (passed > 0) progress(passed)
  await flush(true)
}

const untilState = async (call: Call, importId: string, states: readonly string[], total: number) => {
  const progress = makeProgress('Rows taken', total)
  for (let done = 0; ; await sleep(500)) {
    const now = shown.parse(await call('GET', `/api/imports/${importId}?after=999999999`))
    if (now.rows > done && total > 0) progress(Math.min(now.rows, total) - done)
    done = now.rows
    if (states.includes(now.state)) return now
  }
}

/** Writes the rows that were refused as they stood in the file, with the reason. */
const writeRejected = async (
  call: Call,
  file: string,
  form: TableForm,
  importId: string,
): Promise<string> => {
  const reasons = new Map<number, string>()
  for (let after = 0; ; ) {
    const { rejected } = shown.parse(await call('GET', `/api/imports/${importId}?after=${after}`))
    for (const { line, reason } of rejected) reasons.set(line, reason)
    const last = rejected.at(-1)
    if (!last) break
    after = last.line
  }
  const target = `${file}.rejected.csv`.replace(/\.(csv|tsv|txt)\.rejected/i, '.rejected')
  const out = createWriteStream(target)
  out.write(refusedHead(form))
  for await (const row of readRows(file, form)) {
    const reason = reasons.get(row.line)
    if (reason !== undefined) out.write(refusedLine(form, row, reason))
  }
  await new Promise((resolve, reject) => out.on('error', reject).end(() => resolve(undefined)))
  return target
}

const importFile = async (options: ImportOptions, task: Task): Promise<void> => {
  const { file } = task
  const understood = await understand(task)
  const total = await tryRows(file, understood, task.type === 'dry-run')
  if (task.type === 'dry-run') return
  const call = makeCall(options)
  const earlier = await readNote(file, options.url)
  const note = earlier ?? (await begin(call, task, understood.mapping, options.url))
  await writeNote(file, note)
  console.log(
    earlier ? `Import ${note.importId} goes on behind line ${note.sentTo}` : `Import ${note.importId} begins`,
  )
  await sendRows(call, file, understood.form, note, total)
  const { created, updated, unchanged, rejectedRows } = await untilState(call, note.importId, ['done'], total)
  console.log(
    `Import ${note.importId}: ${created} created, ${updated} updated, ${unchanged} unchanged, ${rejectedRows} rejected`,
  )
  if (rejectedRows > 0)
    console.log(`Rejected rows: ${await writeRejected(call, file, understood.form, note.importId)}`)
  await removeNote(file)
}

const undo = async (options: ImportOptions, importId: string): Promise<void> => {
  const call = makeCall(options)
  await call('POST', `/api/imports/${importId}/undo`, {})
  await untilState(call, importId, ['undone'], 0)
  console.log(`Import ${importId} is taken back`)
}

const run = async (): Promise<number> => {
  const args = process.argv.slice(2)
  if (asksForHelp(args)) {
    console.log(usage)
    return 0
  }
  const options = await readOptions(args)
  if (!options) {
    console.error(usage)
    return 2
  }
  await (options.task.type === 'undo'
    ? undo(options, options.task.importId)
    : importFile(options, options.task))
  return 0
}

process.exitCode = await run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})
