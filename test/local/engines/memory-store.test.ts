import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type JsonLevel, keepInMemory, SortedTexts } from '../../../local/engines/memory-store.ts'

const key = fc.string({ unit: fc.constantFrom('a', 'b', '~', '/'), minLength: 1, maxLength: 6 })
const change = fc.oneof(
  fc.record({ type: fc.constant('put' as const), key, value: fc.integer() }),
  fc.record({ type: fc.constant('del' as const), key }),
)

it('finds, and steps through, what a sorted list of entries holds', () => {
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 300, maxLength: 1_500 }),
      key,
      fc.boolean(),
      (changes, at, counts) => {
        const texts = new SortedTexts()
        const model = new Map<string, string>()
        for (const one of changes) {
          if (one.type === 'put') {
            texts.set(one.key, String(one.value))
            model.set(one.key, String(one.value))
          } else {
            texts.delete(one.key)
            model.delete(one.key)
          }
        }
        const entries = [...model].sort(([a], [b]) => (a < b ? -1 : 1))
        expect(texts.get(at)).toBe(model.get(at))
        expect(texts.next(at, counts)).toEqual(entries.find(([one]) => one > at || (counts && one === at)))
        expect(texts.previous(at, counts)).toEqual(
          entries.findLast(([one]) => one < at || (counts && one === at)),
        )
      },
    ),
    { numRuns: 50 },
  )
})

const within = async (
  db: JsonLevel,
  range: Parameters<JsonLevel['createValueStream']>[0],
): Promise<unknown[]> => db.createValueStream(range).toArray()

it('reads a range in both directions, from and up to a bound, no more than a limit', async () => {
  const db = {} as JsonLevel
  keepInMemory(db)
  const numbers = Array.from({ length: 1_000 }, (_, index) => index)
  for (const number of numbers) db.put(String(number).padStart(4, '0'), { number }, () => {})
  const read = async (range: Parameters<JsonLevel['createValueStream']>[0]) =>
    (await within(db, range)).map((value) => (value as { number: number }).number)
  expect(await read({ gte: '0300', lt: '0700' })).toEqual(numbers.slice(300, 700))
  expect(await read({ gt: '0300', lte: '0700' })).toEqual(numbers.slice(301, 701))
  expect(await read({ gte: '0300', lte: '0700', reverse: true, limit: 3 })).toEqual([700, 699, 698])
  expect(await read({ gte: '0300', lt: '0700', reverse: true, limit: 2 })).toEqual([699, 698])
  expect(await read({ gt: '0999' })).toEqual([])
  expect(await read({})).toEqual(numbers)
})
