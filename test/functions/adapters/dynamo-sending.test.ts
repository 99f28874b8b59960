import { afterAll, beforeAll, expect, test } from 'vitest'
import { pausing } from '../../../domain/deliverability/sending-state.ts'
import type { Tally } from '../../../domain/feedback/feedback-of.ts'
import { dynamoSendingFigures, dynamoSendingStates } from '../../../functions/adapters/dynamo-sending.ts'
import { Conflict } from '../../../functions/ports.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const at = '2026-03-02T09:03:00.000Z'
const tally = (type: Tally['type'], messageId: string, mailedAt = at): Tally => ({
  type,
  messageId,
  mailedAt,
})

test('mails sent add up, bounces and complaints count once for each message, all where the mail went out', async () => {
  const figures = dynamoSendingFigures(table.client, table.tableName)
  await figures.add([at, at, '2026-03-02T09:10:00.000Z'], [tally('bounced', 'a')])
  await figures.add([], [tally('bounced', 'a'), tally('bounced', 'b'), tally('complained', 'a')])
  await figures.add([at], [tally('bounced', 'c', '2026-03-02T09:12:00.000Z')])
  const slots = [
    { at: '2026-03-02T09:00:00.000Z', sent: 3, bounced: 2, complained: 1 },
    { at: '2026-03-02T09:10:00.000Z', sent: 1, bounced: 1, complained: 0 },
  ]
  expect(await figures.since('2026-03-01T09:00:00.000Z')).toEqual(slots)
  expect(await figures.since('2026-03-02T09:10:00.000Z')).toEqual(slots.slice(1))
})

test('of two who change the state at once one does', async () => {
  const states = dynamoSendingStates(table.client, table.tableName)
  const before = await states.load()
  expect(before).toEqual({ version: 0 })
  const { state } = pausing(before, 'bounces', at)
  const results = await Promise.allSettled([states.commit(state), states.commit(state)])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const paused = { ...state, version: 1 }
  expect(await states.load()).toEqual(paused)
  await states.commit(paused)
  await expect(states.commit(paused)).rejects.toThrow(Conflict)
})
