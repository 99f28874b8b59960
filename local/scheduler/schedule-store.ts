import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { type Schedule, scheduleKey } from './schedule.ts'

/** A group made through the API; those of the template are named anew at each start. */
export interface ScheduleGroup {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

export type StoredItem =
  | { readonly type: 'schedule'; readonly schedule: Schedule }
  | { readonly type: 'group'; readonly group: ScheduleGroup }

/** Names hold no slash, so a group's key is never a schedule's. */
export function itemKey(item: StoredItem): string {
  return item.type === 'schedule' ? scheduleKey(item.schedule.definition) : item.group.name
}

/**
 * Where schedules outlive the process. A change is on its way to the disk, beyond the reach of a killed process,
 * when the call returns.
 */
export interface ScheduleStore {
  /** All that is kept; called once, before anything is put. */
  load(): Iterable<StoredItem>
  /** Replaces the item with the same key. */
  put(item: StoredItem): void
  delete(key: string): void
  close(): void
}

/** Keeps nothing beyond the process. */
export class MemoryScheduleStore implements ScheduleStore {
  load(): Iterable<StoredItem> {
    return []
  }

  put(): void {}

  delete(): void {}

  close(): void {}
}

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

interface Entry {
  readonly at: number
  readonly key: string
  readonly order: number
}

/** Keys by the time they are due: a binary heap in which a changed key leaves its old entry behind to be skipped. */
export class DueQueue {
  #heap: Entry[] = []
  readonly #current = new Map<string, Entry>()
  #order = 0

  get size(): number {
    return this.#current.size
  }

  /** Sets when `key` is due (ms), in place of what was set before. */
  set(key: string, at: number): void {
    const entry: Entry = { at, key, order: this.#order++ }
    this.#current.set(key, entry)
    this.#heap.push(entry)
    this.#rise(this.#heap.length - 1)
    if (this.#heap.length > 64 && this.#heap.length > this.#current.size * 4) this.#rebuild()
  }

  delete(key: string): void {
    this.#current.delete(key)
  }

  /** The earliest; of equal times the one set first. */
  peek(): { readonly at: number; readonly key: string } | undefined {
    for (;;) {
      const top = this.#heap[0]
      if (top === undefined || this.#current.get(top.key) === top) return top
      this.#removeTop()
    }
  }

  /** Takes out what is due at the earliest time, if that is not after `limit`, in the order it was set. */
  takeEarliest(limit: number): { readonly at: number; readonly keys: readonly string[] } | undefined {
    const first = this.peek()
    if (!first || first.at > limit) return undefined
    const keys: string[] = []
    for (let top = this.peek(); top && top.at === first.at; top = this.peek()) {
      keys.push(top.key)
      this.#current.delete(top.key)
      this.#removeTop()
    }
    return { at: first.at, keys }
  }

  #removeTop(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink(0)
  }

  #rebuild(): void {
    this.#heap = [...this.#current.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1))
  }

  #rise(from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#swapIfBefore(at, parent)) return
      at = parent
    }
  }

  #sink(from: number): void {
    let at = from
    for (;;) {
      const left = 2 * at + 1
      const right = left + 1
      const smaller = this.#isBefore(right, left) ? right : left
      if (!this.#swapIfBefore(smaller, at)) return
      at = smaller
    }
  }

  #isBefore(a: number, b: number): boolean {
    const one = this.#heap[a]
    const other = this.#heap[b]
    return one !== undefined && other !== undefined && isBefore(one, other)
  }

  #swapIfBefore(child: number, parent: number): boolean {
    const one = this.#heap[child]
    const other = this.#heap[parent]
    if (one === undefined || other === undefined || !isBefore(one, other)) return false
    this.#heap[child] = other
    this.#heap[parent] = one
    return true
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at !== b.at ? a.at < b.at : a.order < b.order
}

/** The schedules in memory and when each is due, in step with the store. */
export class ScheduleTable {
  readonly #store: ScheduleStore
  readonly #schedules = new Map<string, Schedule>()
  readonly #due = new DueQueue()

  constructor(store: ScheduleStore) {
    this.#store = store
  }

  get(key: string): Schedule | undefined {
    return this.#schedules.get(key)
  }

  all(): readonly Schedule[] {
    return [...this.#schedules.values()]
  }

  /** Takes in a schedule that the store already has. */
  restore(schedule: Schedule): void {
    const key = scheduleKey(schedule.definition)
    this.#schedules.set(key, schedule)
    if (schedule.nextAt === null) this.#due.delete(key)
    else this.#due.set(key, schedule.nextAt)
  }

  save(schedule: Schedule): void {
    this.#store.put({ type: 'schedule', schedule })
    this.restore(schedule)
  }

  remove(key: string): void {
    this.#store.delete(key)
    this.#schedules.delete(key)
    this.#due.delete(key)
  }

  removeWhere(isUnwanted: (schedule: Schedule) => boolean): void {
    for (const [key, schedule] of this.#schedules) if (isUnwanted(schedule)) this.remove(key)
  }

  nextDue(): number | undefined {
    return this.#due.peek()?.at
  }

  /** Takes the earliest time that is not after `now` out of what is due, with all that is due then. */
  takeEarliest(now: number): { readonly at: number; readonly keys: readonly string[] } | undefined {
    return this.#due.takeEarliest(now)
  }
}
