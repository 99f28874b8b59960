import type { ImportRow } from '../../../domain/import/plan-row.ts'
import { importRow, refusedHead, refusedLine, type TableForm } from '../../../domain/import/table.ts'
import { Problem, queries, Unreachable } from '../../lib/api.ts'
import { makeStore } from '../../lib/store.ts'
import { readRows } from './contact-file.ts'
import { type Rejected, readRejected, sendRows } from './imports-api.ts'

/** A file with contacts, and how it is written. */
export interface ContactFile {
  readonly file: File
  readonly form: TableForm
}

/** A file that is, or was, sent from here: whichever page is open meanwhile. */
interface Sending extends ContactFile {
  readonly sent: number
  /** As they were counted before; absent: nobody has. */
  readonly rows?: number
  readonly isDone: boolean
  readonly fault?: unknown
}

export const sendings = makeStore<Readonly<Record<string, Sending>>>({})

const note = (importId: string, change: Partial<Sending>): void => {
  const all = sendings.get()
  const known = all[importId]
  if (known) sendings.set({ ...all, [importId]: { ...known, ...change } })
}

const chunkSize = 500
const attempts = 6

const passes = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof Problem && (error.status >= 500 || error.status === 429))

const sendChunk = async (importId: string, rows: readonly ImportRow[], isLast: boolean): Promise<void> => {
  for (let attempt = 1; ; attempt += 1)
    try {
      await sendRows(importId, rows, isLast)
      return
    } catch (error) {
      if (attempt === attempts || !passes(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt))
    }
}

const isSending = (): boolean =>
  Object.values(sendings.get()).some(({ isDone, fault }) => !isDone && fault === undefined)

/** Who closes the page now leaves the rest unsent. */
const warn = (event: BeforeUnloadEvent): void => {
  if (isSending()) event.preventDefault()
}

/** Sends every row, chunk by chunk. What came before is known by its lines and changes nothing: an import that was broken off goes on so. */
export const sendFile = async (importId: string, contacts: ContactFile, rows?: number): Promise<void> => {
  const begun = { ...contacts, sent: 0, isDone: false, ...(rows !== undefined && { rows }) }
  sendings.set({ ...sendings.get(), [importId]: begun })
  addEventListener('beforeunload', warn)
  let chunk: ImportRow[] = []
  let sent = 0
  const flush = async (isLast: boolean): Promise<void> => {
    await sendChunk(importId, chunk, isLast)
    sent += chunk.length
    chunk = []
    note(importId, { sent, ...(isLast && { isDone: true }) })
  }
  try {
    for await (const row of readRows(contacts.file, contacts.form)) {
      chunk.push(importRow(contacts.form, row))
      if (chunk.length === chunkSize) await flush(false)
    }
    await flush(true)
  } catch (fault) {
    note(importId, { fault })
  }
  if (!isSending()) removeEventListener('beforeunload', warn)
  await queries.invalidateQueries({ queryKey: ['imports'] })
}

/** The rows that were refused as a file to mend and import: as they stood, where the file is still at hand, else their lines alone. */
export const refusedFile = async (importId: string, inWords: (reason: string) => string): Promise<Blob> => {
  const rejected = await readRejected(importId)
  const contacts = sendings.get()[importId]
  const form = contacts?.form ?? { columns: [] }
  const found = await cellsOf(contacts, rejected)
  const lines = rejected.map(({ line, reason }) =>
    refusedLine(form, { line, cells: found.get(line) ?? [] }, inWords(reason)),
  )
  return new Blob([refusedHead(form), ...lines], { type: 'text/csv' })
}

const cellsOf = async (
  contacts: ContactFile | undefined,
  rejected: readonly Rejected[],
): Promise<ReadonlyMap<number, readonly string[]>> => {
  const wanted = new Set(rejected.map(({ line }) => line))
  const found = new Map<number, readonly string[]>()
  if (contacts)
    for await (const { line, cells } of readRows(contacts.file, contacts.form))
      if (wanted.has(line)) found.set(line, cells)
  return found
}
