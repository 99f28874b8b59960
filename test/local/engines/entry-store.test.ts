import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, expect, it, vi } from 'vitest'
import { EntryStore, type JsonLevel, keepIn, type Range } from '../../../local/engines/entry-store.ts'
import { seededRandom } from '../../../local/random.ts'

const root = mkdtempSync(join(tmpdir(), 'trichter-entries-'))
afterAll(() => rmSync(root, { recursive: true }))
const newFolder = (): string => mkdtempSync(join(root, 'data-'))

const key = fc.string({ unit: fc.constantFrom('a', 'b', '~', '/'), minLength: 1, maxLength: 6 })
const change = fc.oneof(
  { weight: 80, arbitrary: fc.record({ type: fc.constant('put' as const), key, value: fc.integer() }) },
  { weight: 40, arbitrary: fc.record({ type: fc.constant('del' as const), key }) },
  { weight: 1, arbitrary: fc.constant({ type: 'rewrite' as const }) },
)

it('holds and lists what a map of entries does, also after it was written anew or opened again', () => {
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 300, maxLength: 1_500 }),
      fc.record({ gt: key, lte: key }),
      fc.boolean(),
      (changes, range, reverse) => {
        const folder = newFolder()
        const store = new EntryStore(folder)
        const model = new Map<string, string>()
        for (const one of changes)
          if (one.type === 'put') {
            store.put(one.key, String(one.value))
            model.set(one.key, String(one.value))
          } else if (one.type === 'del') {
            store.delete(one.key)
            model.delete(one.key)
          } else store.rewrite()
        const entries = [...model].sort(([a], [b]) => (a < b ? -1 : 1))
        expect(store.get(range.gt)).toBe(model.get(range.gt))
        const within = entries.filter(([one]) => one > range.gt && one <= range.lte)
        const expected = (reverse ? within.toReversed() : within).slice(0, 5)
        expect(store.read({ ...range, reverse }, 5)).toEqual(expected)
        store.close()
        const again = new EntryStore(folder)
        expect(again.read({}, 1_000)).toEqual(entries)
        again.close()
      },
    ),
    { numRuns: 50 },
  )
})

const openLevel = (store: EntryStore): JsonLevel => {
  const db = {} as JsonLevel
  keepIn(store, db)
  return db
}

it('reads a range in both directions, from and up to a bound, no more than a limit', async () => {
  const db = openLevel(new EntryStore(undefined))
  const numbers = Array.from({ length: 1_000 }, (_, index) => index)
  for (const number of numbers) db.put(String(number).padStart(4, '0'), { number }, () => {})
  const read = async (range: Range) =>
    (await db.createValueStream(range).toArray()).map((value) => (value as { number: number }).number)
  expect(await read({ gte: '0300', lt: '0700' })).toEqual(numbers.slice(300, 700))
  expect(await read({ gt: '0300', lte: '0700' })).toEqual(numbers.slice(301, 701))
  expect(await read({ gte: '0300', lte: '0700', reverse: true, limit: 3 })).toEqual([700, 699, 698])
  expect(await read({ gte: '0300', lt: '0700', reverse: true, limit: 2 })).toEqual([699, 698])
  expect(await read({ gte: '0000', limit: 16 })).toEqual(numbers.slice(0, 16))
  expect(await read({ gt: '0999' })).toEqual([])
  expect(await read({})).toEqual(numbers)
  expect(await read({ reverse: true })).toEqual(numbers.toReversed())
  expect(await db.createKeyStream({ gte: '0998' }).toArray()).toEqual(['0998', '0999'])
})

const filesOf = (folder: string): string =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('')

const markOf = (index: number): string => `<${index}>`

it('says that something is written when it outlives the process', async () => {
  const folder = newFolder()
  const store = new EntryStore(folder)
  await store.written(async () => {
    store.put('a', markOf(1))
    expect(filesOf(folder)).not.toContain(markOf(1))
  })
  expect(filesOf(folder)).toContain(markOf(1))
  store.close()
})

it('fails what was under way as a commit failed, whichever turn its change was made in', async () => {
  const store = new EntryStore(newFolder())
  const { exec } = DatabaseSync.prototype
  const commit = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (
    this: DatabaseSync,
    sql,
  ) {
    if (sql === 'COMMIT') throw new Error('disk I/O error')
    exec.call(this, sql)
  })
  const early = store.written(async () => {
    store.put('a', '1')
    await new Promise((resolve) => setTimeout(resolve, 5))
  })
  await expect(store.written(async () => store.put('b', '2'))).rejects.toThrow('disk I/O error')
  commit.mockRestore()
  await expect(early).rejects.toThrow('disk I/O error')
  await store.written(async () => store.put('c', '3'))
  expect(store.read({}, 10)).toEqual([['c', '3']])
  store.close()
})

it('holds nothing in its files that was deleted or replaced, once they are written anew', () => {
  const folder = newFolder()
  const store = new EntryStore(folder)
  const alive = new Map<string, string>()
  const random = seededRandom(1)
  // Texts of many lengths: entries move from page to page, and leave behind what is not overwritten where it is deleted.
  for (let index = 0; index < 30_000; index += 1) {
    const one = String(Math.floor(random() * 4_000))
    if (random() < 0.6) {
      store.put(one, markOf(index).repeat(1 + Math.floor(random() ** 4 * 700)))
      alive.set(one, markOf(index))
    } else {
      store.delete(one)
      alive.delete(one)
    }
  }
  store.rewrite()
  const found = new Set(filesOf(folder).match(/<\d+>/g))
  expect([...found].sort()).toEqual([...alive.values()].sort())
  store.close()
})

it('tells whoever asks that it is closed', async () => {
  const store = new EntryStore(newFolder())
  const db = openLevel(store)
  store.close()
  await expect(promisify(db.put)('a', 1)).rejects.toThrow('not open')
  await expect(promisify(db.get)('a')).rejects.toThrow('not open')
  await expect(db.createValueStream({}).toArray()).rejects.toThrow('not open')
})
