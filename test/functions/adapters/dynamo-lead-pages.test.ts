import { afterAll, beforeAll, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { parseLeadId } from '../../../domain/lead/lead-id.ts'
import { compileRules } from '../../../domain/playbook/rules.ts'
import { dynamoLeadLog } from '../../../functions/adapters/dynamo-lead-log.ts'
import { countListedLeads, dynamoLeadPages } from '../../../functions/adapters/dynamo-lead-pages.ts'
import { fact } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const rules = compileRules(makePlaybook())
const kinds = ['page.viewed', 'newsletter.subscribed', 'order.completed']

test('leads of all stages are counted, and paged through by score; those merged into others are not', async () => {
  const log = dynamoLeadLog(table.client, table.tableName)
  for (let number = 0; number < 13; number += 1) {
    const leadId = parseLeadId(`lead-${String(number).padStart(4, '0')}`)
    const state = foldLead([fact(`f-${number}`, kinds[number % 3] ?? '', '03-01T09:00')], rules)
    if (!leadId || !state) throw new Error('no lead')
    const merged = number === 12 ? { mergedInto: leadId } : {}
    await log.commit(
      { leadId, version: 0, state, outbox: [], rescored: { rules: 'r1', changed: false }, ...merged },
      number % 5,
    )
  }
  expect(await countListedLeads(table.client, table.tableName)()).toBe(12)

  const { page } = dynamoLeadPages(table.client, table.tableName)
  const pages = [await page({ limit: 5 })]
  for (let next = pages[0]?.next; next !== undefined; next = pages.at(-1)?.next)
    pages.push(await page({ limit: 5, cursor: next }))
  expect(pages.map(({ items }) => items.length)).toEqual([5, 5, 2])
  const all = pages.flatMap(({ items }) => items)
  expect(new Set(all.map(({ leadId }) => leadId)).size).toBe(12)
  expect(all.map(({ leadId }) => Number(leadId.slice(5)) % 5)).toEqual([4, 4, 3, 3, 2, 2, 1, 1, 1, 0, 0, 0])
  expect(all[0]?.rescored).toEqual({ rules: 'r1', changed: false })
})
