import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { Readable } from 'node:stream'
import { DataInUse } from '../data-folder.ts'

type Done<Value = unknown> = (error: unknown, value?: Value) => void

/** Keys between these bounds, in the order of their code points. */
export interface Range {
  readonly gt?: string
  readonly gte?: string
  readonly lt?: string
  readonly lte?: string
  readonly reverse?: boolean
  readonly limit?: number
}

interface Change {
  readonly type: 'put' | 'del'
  readonly key: string
  readonly value?: unknown
}

/** The methods of a LevelDB, with JSON for values, that the engine calls. */
export interface JsonLevel {
  put(key: string, value: unknown, done: Done): void
  del(key: string, done: Done): void
  get(key: string, done: Done): void
  batch(changes: readonly Change[], done: Done): void
  createKeyStream(range?: Range): Readable
  createValueStream(range?: Range): Readable
}

type Entry = readonly [key: string, text: string]

/** Before and after every key that the engine makes. */
const FIRST = ''
const LAST = '\uffff'

/**
 * Of the file, which is the owner's alone by the process' umask. A commit outlives this process, not the machine: what runs here is
 * for trying out. Pages of 8 KB hold several items; 32 MB of them are kept in memory, and 16 MB go to the log before they go to their places.
 */
const SETTINGS = `
  PRAGMA page_size = 8192;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  PRAGMA secure_delete = ON;
  PRAGMA cache_size = -32768;
  PRAGMA wal_autocheckpoint = 2000;
  CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, text TEXT NOT NULL);
`
const NAME = 'entries.sqlite'

const BUSY = 5

/** @throws DataInUse when another process has it open */
function open(path: string): DatabaseSync {
  const db = new DatabaseSync(path)
  try {
    db.exec(SETTINGS)
  } catch (error) {
    db.close()
    const isLocked = error instanceof Error && 'errcode' in error && error.errcode === BUSY
    throw isLocked ? new DataInUse(dirname(dirname(path))) : error
  }
  return db
}

/**
 * Texts by their keys, in one file of SQLite or in memory. What is changed within one turn of the event loop is committed together
 * at its end: an item and its places in the indexes.
 */
export class EntryStore {
  readonly #path: string | undefined
  #db: DatabaseSync
  #statements = new Map<string, StatementSync>()
  #isChanged = false
  #waiting: (() => void)[] = []
  /** Commits that failed, and why the last one did. */
  #failed = 0
  #failure: unknown

  /** @param folder absent: in memory. @throws DataInUse when another process has it open */
  constructor(folder: string | undefined) {
    if (folder !== undefined) mkdirSync(folder, { recursive: true })
    this.#path = folder && join(folder, NAME)
    this.#db = open(this.#path ?? ':memory:')
  }

  get(key: string): string | undefined {
    const row = this.#statement('SELECT text FROM entries WHERE key = ?').get(key)
    return row && String(row[0])
  }

  put(key: string, text: string): void {
    this.#begin()
    this.#statement(
      'INSERT INTO entries VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET text = excluded.text',
    ).run(key, text)
  }

  /** Puts a text where there is none yet. @returns what is there in place of it */
  insert(key: string, text: string): string | undefined {
    this.#begin()
    const insert = this.#statement('INSERT INTO entries VALUES (?, ?) ON CONFLICT (key) DO NOTHING')
    return insert.run(key, text).changes === 1 ? undefined : this.get(key)
  }

  delete(key: string): void {
    this.#begin()
    this.#statement('DELETE FROM entries WHERE key = ?').run(key)
  }

  /**
   * Does some work, in as many turns as it takes, and waits until all that it has changed outlives this process.
   * @throws what kept any commit from being written meanwhile: it may have held a part of this work
   */
  async written<Result>(work: () => Promise<Result>): Promise<Result> {
    const failed = this.#failed
    const result = await work()
    if (this.#isChanged) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    if (this.#failed > failed) throw this.#failure
    return result
  }

  /** The first of a range, in its order. */
  read({ gt, gte, lt, lte, reverse = false }: Range, limit: number): readonly Entry[] {
    const above = gt === undefined ? '>=' : '>'
    const below = lt === undefined ? '<=' : '<'
    const order = reverse ? 'DESC' : 'ASC'
    const rows = this.#statement(
      `SELECT key, text FROM entries WHERE key ${above} ? AND key ${below} ? ORDER BY key ${order} LIMIT ?`,
    ).all(gt ?? gte ?? FIRST, lt ?? lte ?? LAST, limit)
    return rows.map((row) => [String(row[0]), String(row[1])])
  }

  /**
   * Copies what there is to a file of its own, and goes on with that one: what was deleted or replaced is in none. SQLite itself
   * overwrites it where it stood, but not what it left behind as it moved entries from page to page.
   */
  rewrite(): void {
    if (this.#path === undefined) return
    this.#commit()
    const copy = `${this.#path}.new`
    rmSync(copy, { force: true })
    this.#db.prepare('VACUUM INTO ?').run(copy)
    this.#end()
    renameSync(copy, this.#path)
    this.#db = open(this.#path)
  }

  close(): void {
    this.#commit()
    this.#end()
  }

  /** @throws Error in the words by which the engine knows that nobody waits for an answer any more */
  #open(): DatabaseSync {
    if (!this.#db.isOpen) throw new Error('Database is not open')
    return this.#db
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#open().prepare(sql)
    statement.setReturnArrays(true)
    this.#statements.set(sql, statement)
    return statement
  }

  #begin(): void {
    const db = this.#open()
    if (this.#isChanged) return
    db.exec('BEGIN')
    this.#isChanged = true
    setImmediate(() => this.#commit())
  }

  #commit(): void {
    if (!this.#isChanged) return
    this.#isChanged = false
    const waiting = this.#waiting
    this.#waiting = []
    try {
      this.#db.exec('COMMIT')
    } catch (error) {
      this.#failed += 1
      this.#failure = error
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
    }
    for (const goOn of waiting) goOn()
  }

  #end(): void {
    this.#statements = new Map()
    this.#db.close()
  }
}

/** Most ranges hold a few entries; from longer ones ever more are read at once, up to so many. */
const FIRST_READ = 16
const LARGEST_READ = 256

/** What changes while a range is read may be among its entries or not, as with a scan. */
function streamOf(store: EntryStore, range: Range, pick: (entry: Entry) => unknown): Readable {
  const { reverse = false, limit = -1 } = range
  let rest = range
  let left = limit < 0 ? Number.POSITIVE_INFINITY : limit
  let size = FIRST_READ
  return new Readable({
    objectMode: true,
    read() {
      const asked = Math.min(size, left)
      const entries = asked > 0 ? store.read(rest, asked) : []
      for (const entry of entries) this.push(pick(entry))
      left -= entries.length
      size = Math.min(2 * size, LARGEST_READ)
      const last = entries.at(-1)?.[0]
      if (last !== undefined && entries.length === asked && left > 0)
        rest = { ...rest, ...(reverse ? { lt: last } : { gt: last }) }
      else this.push(null)
    },
  })
}

/**
 * Has the engine keep its items in `store`. What it asks for is answered within the same turn of the event loop, and so before it is
 * committed: whoever answers for the engine waits for that.
 */
export function keepIn(store: EntryStore, db: JsonLevel): void {
  const answer = (done: Done, work: () => unknown): void => {
    let value: unknown
    try {
      value = work()
    } catch (error) {
      process.nextTick(done, error)
      return
    }
    process.nextTick(done, null, value)
  }
  const change = ({ type, key, value }: Change): void => {
    if (type === 'put') store.put(key, JSON.stringify(value))
    else store.delete(key)
  }
  const read = (key: string): unknown => {
    const text = store.get(key)
    return text === undefined ? undefined : JSON.parse(text)
  }

  db.put = (key, value, done) => answer(done, () => change({ type: 'put', key, value }))
  db.del = (key, done) => answer(done, () => change({ type: 'del', key }))
  db.batch = (changes, done) => answer(done, () => changes.forEach(change))
  db.get = (key, done) => answer(done, () => read(key))
  db.createKeyStream = (range = {}) => streamOf(store, range, ([key]) => key)
  db.createValueStream = (range = {}) => streamOf(store, range, ([, text]) => JSON.parse(text))
}
