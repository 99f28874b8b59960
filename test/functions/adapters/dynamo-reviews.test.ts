import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LeadId } from '../../../domain/model/activity.ts'
import { dynamoRemains } from '../../../functions/adapters/dynamo-remains.ts'
import { dynamoReviews } from '../../../functions/adapters/dynamo-reviews.ts'
import { memoryReviews } from '../../../functions/adapters/memory-leads.ts'
import type { Reviews } from '../../../functions/ports.ts'
import { leadIdOf } from '../../domain/support/facts.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const ids = Array.from({ length: 20 }, (_, index) => leadIdOf(`lead-${String(index).padStart(4, '0')}`))
const [first, second] = ids as [LeadId, LeadId]

/** All pages of those that are due by `day`. */
const due = async (reviews: Reviews, day: string, limit = 9): Promise<readonly LeadId[]> => {
  const found: LeadId[] = []
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await reviews.due({ day, limit, ...(cursor !== undefined && { cursor }) })
    expect(page.leadIds.length).toBeLessThanOrEqual(limit)
    found.push(...page.leadIds)
    cursor = page.next
    more = cursor !== undefined
  }
  return found
}

describe.each(['table', 'memory'])('days of review in the %s', (kind) => {
  const make = (): Reviews =>
    kind === 'memory' ? memoryReviews() : dynamoReviews(table.client, table.tableName)

  test('are read by day, page by page, each lead once', async () => {
    const reviews = make()
    for (const [index, leadId] of ids.entries())
      await reviews.begin(leadId, `2026-05-${String(10 + (index % 10)).padStart(2, '0')}`)
    expect(await due(reviews, '2026-05-09')).toEqual([])
    expect(await due(reviews, '2026-05-10')).toEqual([ids[0], ids[10]])
    const all = await due(reviews, '2026-06-01')
    expect([all.length, new Set(all).size]).toEqual([20, 20])
    expect(all.slice(0, 4)).toEqual([ids[0], ids[10], ids[1], ids[11]])

    await reviews.begin(first, '2027-01-01')
    await reviews.move(second, '2026-07-01')
    expect(await due(reviews, '2026-05-10')).toEqual([first, ids[10]])
    expect((await due(reviews, '2026-06-30')).includes(second)).toBe(false)
    await reviews.end(first)
    await reviews.move(first, '2026-05-10')
    expect(await due(reviews, '2026-05-10')).toEqual([ids[10]])
    for (const leadId of ids) await reviews.end(leadId)
    expect(await due(reviews, '2030-01-01')).toEqual([])
  })
})

test('with the rest of a lead its day goes, and does not come back', async () => {
  const reviews = dynamoReviews(table.client, table.tableName)
  await reviews.begin(first, '2026-05-10')
  await dynamoRemains(table.client, table.tableName).clear(first)
  await reviews.move(first, '2026-05-10')
  expect(await due(reviews, '2030-01-01')).toEqual([])
})
