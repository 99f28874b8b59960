import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { itemKey, type ScheduleStore, type StoredItem } from './schedule-store.ts'

type Line = { readonly put: StoredItem } | { readonly delete: string }

const COMPACT_ABOVE_LINES = 10_000

/**
 * One file of JSON lines, appended to with one write each: what a write has returned from survives a killed process.
 * A line torn by the kill was never acknowledged and is left out. Rewritten when mostly outdated lines are left.
 */
export class FileScheduleStore implements ScheduleStore {
  readonly #path: string
  readonly #kept = new Map<string, StoredItem>()
  #file: number
  #lines = 0

  constructor(path: string) {
    this.#path = path
    for (const line of readLines(path)) this.#apply(line)
    this.#file = this.#rewrite()
  }

  load(): Iterable<StoredItem> {
    return [...this.#kept.values()]
  }

  put(item: StoredItem): void {
    this.#append({ put: item })
  }

  delete(key: string): void {
    this.#append({ delete: key })
  }

  close(): void {
    fsyncSync(this.#file)
    closeSync(this.#file)
  }

  #append(line: Line): void {
    writeWhole(this.#file, `${JSON.stringify(line)}\n`)
    this.#apply(line)
    this.#lines++
    if (this.#lines > COMPACT_ABOVE_LINES && this.#lines > this.#kept.size * 4) {
      closeSync(this.#file)
      this.#file = this.#rewrite()
    }
  }

  #apply(line: Line): void {
    if ('put' in line) this.#kept.set(itemKey(line.put), line.put)
    else this.#kept.delete(line.delete)
  }

  /** Writes what is kept beside the file and puts it in its place, so that there is a whole file at any moment. */
  #rewrite(): number {
    const beside = `${this.#path}.new`
    const file = openSync(beside, 'w')
    const lines = [...this.#kept.values()].map((item) => `${JSON.stringify({ put: item })}\n`)
    writeWhole(file, lines.join(''))
    fsyncSync(file)
    renameSync(beside, this.#path)
    this.#lines = lines.length
    return file
  }
}

function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
}

function* readLines(path: string): Iterable<Line> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  const lines = text.split('\n')
  // What follows the last line end was torn off in the middle of a write.
  lines.pop()
  for (const line of lines) yield JSON.parse(line)
}
