import { afterAll, beforeAll, expect, test } from 'vitest'
import { dynamoAudit } from '../../../functions/adapters/dynamo-audit.ts'
import type { AuditEntry, AuditLog, AuditPlace } from '../../../functions/audit-ports.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
let log: AuditLog
beforeAll(async () => {
  table = await startTable()
  log = dynamoAudit(table.client, table.tableName)
  for (const one of entries) await log.add(one)
})
afterAll(() => table.stop())

const entry = (id: string, at: string, actor = 'Sam'): AuditEntry => ({
  id,
  at,
  actor,
  role: 'admin',
  action: 'lead.exported',
  target: `leads/${id}`,
})

/** Two at one moment, months between, and one far back. */
const entries = [
  entry('far', '2024-01-15T09:00:00.000Z'),
  entry('old', '2025-12-31T23:59:59.999Z'),
  entry('new-year', '2026-01-01T00:00:00.000Z', 'Eve'),
  entry('a', '2026-03-02T09:00:00.000Z'),
  entry('b', '2026-03-02T09:00:00.000Z', 'Eve'),
  entry('last', '2026-03-02T09:00:00.001Z'),
]
const now = '2026-03-02T09:00:00.001Z'
const newestFirst = ['last', 'b', 'a', 'new-year', 'old', 'far']

const walk = async (limit: number, matches = (_: AuditEntry) => true, from = '2016-03-02T09:00:00.000Z') => {
  const found: string[] = []
  let [before, pages]: [AuditPlace | undefined, number] = [undefined, 0]
  do {
    const page: Awaited<ReturnType<AuditLog['page']>> = await log.page({ from, before, now, limit, matches })
    expect(page.items.length).toBeLessThanOrEqual(limit)
    found.push(...page.items.map(({ id }) => id))
    before = page.next
    pages += 1
  } while (before && pages < 50)
  expect(before).toBeUndefined()
  return found
}

test.each([1, 2, 3, 100])(
  'is read newest first, page by page, each entry once (pages of %i)',
  async (limit) => {
    expect(await walk(limit)).toEqual(newestFirst)
  },
)

test('a filter leaves pages short and loses nothing', async () => {
  expect(await walk(1, ({ actor }) => actor === 'Eve')).toEqual(['b', 'new-year'])
})

test('goes no further back than asked', async () => {
  expect(await walk(2, undefined, '2025-12-31T23:59:59.999Z')).toEqual(newestFirst.slice(0, 5))
  expect(await walk(2, undefined, '2026-01-01T00:00:00.000Z')).toEqual(newestFirst.slice(0, 4))
})

test('one page reads a bounded number of months', async () => {
  const page = await log.page({
    from: '2016-03-02T09:00:00.000Z',
    before: undefined,
    now,
    limit: 100,
    matches: () => false,
  })
  expect(page).toEqual({
    items: [],
    next: expect.objectContaining({ at: expect.stringMatching(/^2025-01/) }),
  })
})

test('a year is one page, also on the first day of a month', async () => {
  const year = { from: '2025-02-28T10:00:00.000Z', before: undefined, now: '2026-03-01T10:00:00.000Z' }
  expect(await log.page({ ...year, limit: 100, matches: () => false })).toEqual({ items: [] })
})

test('an entry is never overwritten', async () => {
  await expect(log.add({ ...entry('a', '2026-03-02T09:00:00.000Z'), actor: 'Mallory' })).rejects.toThrow()
})
