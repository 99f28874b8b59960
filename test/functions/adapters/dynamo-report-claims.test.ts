import { afterAll, beforeAll, expect, test } from 'vitest'
import { dynamoReportClaims } from '../../../functions/adapters/s3-rows.ts'
import type { ReportClaims } from '../../../functions/figures-ports.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
let claims: ReportClaims
let now = '2026-12-01T05:00:00.000Z'
beforeAll(async () => {
  table = await startTable()
  claims = dynamoReportClaims(table.client, table.tableName, () => now)
})
afterAll(() => table.stop())

test('a claim is of one at a time, and goes on with whoever asks once it is over', async () => {
  const claim = () => claims.claim('2026-11', 'mia@example.com')
  expect(await claim()).toBe('claimed')
  expect(await claim()).toBe('busy')
  now = '2026-12-01T05:03:01.000Z'
  expect(await claim()).toBe('claimed')
  await claims.settle('2026-11', 'mia@example.com')
  now = '2026-12-02T05:00:00.000Z'
  expect(await claim()).toBe('sent')
})

test('one that was given back is free', async () => {
  await claims.claim('2026-11', 'sam@example.com')
  await claims.release('2026-11', 'sam@example.com')
  expect(await claims.claim('2026-11', 'sam@example.com')).toBe('claimed')
})
