import { afterAll, beforeAll, expect, test } from 'vitest'
import { dynamoSuppressions, suppressedMailboxes } from '../../../functions/adapters/dynamo-sending.ts'
import type { Suppression } from '../../../functions/ports.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const [first, second] = ['2026-03-01T09:00:00.000Z', '2026-03-02T09:00:00.000Z']

test.each([
  ['an earlier reason of the same weight', ['bounced', second], ['bounced', first], ['bounced', second]],
  ['a later one', ['bounced', first], ['ses-suppressed', second], ['ses-suppressed', second]],
  ['a weightier one', ['bounced', second], ['complained', first], ['complained', first]],
  ['a lighter one', ['complained', first], ['bounced', second], ['complained', first]],
] as const)('%s', async (hash, before, after, stands) => {
  const suppressions = dynamoSuppressions(table.client, table.tableName)
  expect(await suppressions.find(hash)).toBeUndefined()
  for (const [reason, at] of [before, after]) await suppressions.add(hash, reason, at)
  const [reason, at] = stands
  expect(await suppressions.find(hash)).toEqual({ reason, at } satisfies Suppression)
})

test('a mailbox is found however its name is written', async () => {
  const suppressions = dynamoSuppressions(table.client, table.tableName)
  const { suppress, suppressionOf } = suppressedMailboxes(suppressions, (key) => `hash of ${key}`)
  await suppress('Anna@Example.com', { reason: 'bounced', at: first })
  expect(await suppressionOf('anna@example.com')).toEqual({ reason: 'bounced', at: first })
  expect(await suppressionOf('anna+news@example.com')).toBeUndefined()
})

test.each([
  ['before a bounce', ['erase', 'bounce'], { reason: 'bounced', at: first, erasedAt: second }],
  ['after a bounce', ['bounce', 'erase'], { reason: 'bounced', at: first, erasedAt: second }],
  ['alone', ['erase'], { reason: 'erased', at: second, erasedAt: second }],
  ['earlier than another', ['erase', 'erase-earlier'], { reason: 'erased', at: second, erasedAt: second }],
] as const)('an erasure %s is remembered with its time', async (hash, steps, stands) => {
  const suppressions = dynamoSuppressions(table.client, table.tableName)
  for (const step of steps) {
    if (step === 'bounce') await suppressions.add(`erasure ${hash}`, 'bounced', first)
    else await suppressions.addErasure(`erasure ${hash}`, step === 'erase' ? second : first)
  }
  expect(await suppressions.find(`erasure ${hash}`)).toEqual(stands satisfies Suppression)
})

test('an erasure noted by an earlier release, as the reason alone, counts from its time', async () => {
  const suppressions = dynamoSuppressions(table.client, table.tableName)
  await suppressions.add('of earlier', 'erased', first)
  expect(await suppressions.find('of earlier')).toEqual({ reason: 'erased', at: first, erasedAt: first })
})
