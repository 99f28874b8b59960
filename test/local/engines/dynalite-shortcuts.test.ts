import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { expect, it, vi } from 'vitest'
import {
  rememberConditions,
  rememberTables,
  writeTogether,
} from '../../../local/engines/dynalite-shortcuts.ts'

type Done = (error: unknown, value?: unknown) => void

it('reads the definition of a table once, and again after it was changed', async () => {
  const stored = new Map<string, unknown>([['leads', { TableStatus: 'CREATING' }]])
  const get = vi.fn((name: string, done: Done) => void setImmediate(() => done(null, stored.get(name))))
  const tables = {
    get,
    put: (name: string, table: unknown, done: Done) =>
      void setImmediate(() => {
        stored.set(name, table)
        done(null)
      }),
    del: (name: string, done: Done) =>
      void setImmediate(() => {
        stored.delete(name)
        done(null)
      }),
  }
  rememberTables(tables)
  const read = (name: string) => new Promise((resolve) => tables.get(name, (_, table) => resolve(table)))
  const change = (table: unknown) => new Promise((resolve) => tables.put('leads', table, resolve))

  expect(await read('leads')).toEqual({ TableStatus: 'CREATING' })
  expect(await read('leads')).toEqual({ TableStatus: 'CREATING' })
  expect(get).toHaveBeenCalledTimes(1)
  // Whoever asks while it is being changed may hear what stood before, but never after the change was told.
  await Promise.all([change({ TableStatus: 'ACTIVE' }), read('leads')])
  expect(await read('leads')).toEqual({ TableStatus: 'ACTIVE' })
  await new Promise((resolve) => tables.del('leads', resolve))
  expect(await read('leads')).toBeUndefined()
  expect(await read('others')).toBeUndefined()
})

it('gives the same answer to a condition that is asked again, and crosses out what it names', () => {
  const parser = createRequire(import.meta.url)('dynalite/db/conditionParser')
  const untouched = parser.parse
  const asked = (text: string, attrNames: Record<string, string>, attrVals?: Record<string, object>) => {
    const context = {
      ...{ attrNames, attrVals, isReserved: () => false, compare: () => false },
      unusedAttrNames: Object.fromEntries(Object.keys(attrNames).map((name) => [name, true])),
      unusedAttrVals: Object.fromEntries(Object.keys(attrVals ?? {}).map((name) => [name, true])),
    }
    const answers = [untouched, parser.parse, parser.parse].map((parse) => {
      const own = structuredClone({ ...context, isReserved: undefined, compare: undefined })
      const given = { ...context, unusedAttrNames: own.unusedAttrNames, unusedAttrVals: own.unusedAttrVals }
      return { answer: parse(text, { context: given }), ...own }
    })
    for (const one of answers) expect(one).toEqual(answers[0])
    return answers[0]
  }
  const wrapped = vi.fn(parser.parse)
  parser.parse = wrapped
  rememberConditions(parser)

  asked('attribute_not_exists(#pk)', { '#pk': 'PK' })
  expect(wrapped).toHaveBeenCalledTimes(1)
  expect(asked('attribute_not_exists(#pk)', { '#pk': 'PK', '#more': 'x' })?.unusedAttrNames).toEqual({
    '#more': true,
  })
  asked('#version = :seen', { '#version': 'version' }, { ':seen': { N: '1' } })
  const other = asked('#version = :seen', { '#version': 'version' }, { ':seen': { N: '2' } })
  expect(JSON.stringify(other)).toContain('"2"')
  // Errors are texts, and are found anew.
  expect(asked('attribute_not_exists(#unknown)', { '#pk': 'PK' })?.answer).toEqual(expect.any(String))
  parser.parse = untouched
})

it('writes what comes in one turn in one batch, and tells each of them what came of it', async () => {
  const batch = vi.fn((changes: readonly { readonly key: string }[], done: Done) =>
    setImmediate(() => done(changes.some(({ key }) => key === 'bad') ? new Error('full') : null)),
  )
  const put = vi.fn(async (_key: string, _value: unknown) => undefined)
  const db: Parameters<typeof writeTogether>[0] = { batch, put, del: async () => undefined }
  writeTogether(db)
  const write = promisify((key: string, done: Done) => db.put(key, { value: key }, done))
  const drop = promisify((key: string, done: Done) => db.del(key, done))

  await Promise.all([write('a'), drop('b'), write('c')])
  expect(batch.mock.calls.map(([changes]) => changes)).toEqual([
    [
      { type: 'put', key: 'a', value: { value: 'a' } },
      { type: 'del', key: 'b' },
      { type: 'put', key: 'c', value: { value: 'c' } },
    ],
  ])
  const told = await Promise.allSettled([write('bad'), write('d')])
  expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await db.put('e', '')
  expect(put).toHaveBeenCalledWith('e', '')
})
