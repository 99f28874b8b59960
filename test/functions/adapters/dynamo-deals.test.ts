import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LeadState } from '../../../domain/lead/lead-state.ts'
import type { Deal } from '../../../domain/model/deal.ts'
import { dynamoDealLists } from '../../../functions/adapters/dynamo-deals.ts'
import { leadIdOf } from '../../domain/support/facts.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const lists = () => dynamoDealLists(table.client, table.tableName)
const idOf = (number: number) => leadIdOf(`lead-${String(number).padStart(4, '0')}`)

const deal = (day: string, parts: Partial<Deal> = {}): Deal => ({
  dealId: `d-${day}`,
  status: 'open',
  phases: [{ phase: 'lead_qualification', at: `2026-01-${day}T09:00:00.000Z`, factId: 'f' }],
  openedAt: `2026-01-${day}T09:00:00.000Z`,
  ...parts,
})
const won = { status: 'won', closedAt: '2026-02-01T09:00:00.000Z' } as const

const note = (number: number, version: number, deals: readonly Deal[], mergedInto?: number) =>
  lists().note({
    leadId: idOf(number),
    version,
    ...(mergedInto !== undefined && { mergedInto: idOf(mergedInto) }),
    // Of a state nothing else is looked at.
    state: { deals } as Partial<LeadState> as LeadState,
  })
const listed = async (status: Deal['status'], limit = 100) => (await lists().page({ status, limit })).leadIds

test('leads stand in the lists of what deals they have, the latest first, and leave them', async () => {
  await note(1, 1, [deal('01')])
  await note(2, 1, [deal('03'), deal('02', won)])
  await note(3, 1, [])
  expect(await listed('open')).toEqual([idOf(2), idOf(1)])
  expect(await listed('won')).toEqual([idOf(2)])
  await note(1, 2, [deal('01', won)])
  expect(await listed('open')).toEqual([idOf(2)])
  expect(await listed('won')).toHaveLength(2)
  expect(await listed('lost')).toEqual([])
})

test('what comes late puts up nothing older, and a repeat changes nothing', async () => {
  await note(4, 8, [deal('04', won)])
  await note(4, 7, [deal('04')])
  await note(4, 8, [deal('04', won)])
  expect(await listed('won')).toContain(idOf(4))
})

test('a lead that was merged into another has none of its own', async () => {
  await note(5, 1, [deal('05')])
  await note(5, 2, [deal('05')], 6)
  await note(6, 3, [deal('05')])
  expect(await listed('open')).toContain(idOf(6))
  expect(await listed('open')).not.toContain(idOf(5))
})

test('pages go on where the one before ended', async () => {
  for (const number of [11, 12, 13]) await note(number, 1, [deal(`${number}`, { status: 'lost' })])
  const first = await lists().page({ status: 'lost', limit: 2 })
  expect(first.leadIds).toEqual([idOf(13), idOf(12)])
  const more = { status: 'lost', limit: 2, ...(first.next !== undefined && { cursor: first.next }) } as const
  expect(await lists().page(more)).toEqual({ leadIds: [idOf(11)] })
})
