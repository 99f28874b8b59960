import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MappedActivity } from '../../../domain/hook/map-event.ts'
import { parseLeadId } from '../../../domain/model/activity.ts'
import { dynamoHookDeals, dynamoHookFigures } from '../../../functions/adapters/dynamo-hooks.ts'
import { dynamoRemains } from '../../../functions/adapters/dynamo-remains.ts'
import type { HookDeals } from '../../../functions/webhook-ports.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
let deals: HookDeals
beforeAll(async () => {
  table = await startTable()
  deals = dynamoHookDeals(table.client, table.tableName)
})
afterAll(() => table.stop())

const leadId = (text: string) => {
  const id = parseLeadId(text)
  if (!id) throw new Error(`${text} is no lead id`)
  return id
}
const [anna, ben] = [leadId('lead-anna'), leadId('lead-ben0')]
const at = '2026-03-02T09:30:00.000Z'

const activity = (id: string, occurredAt: string): MappedActivity => ({
  id,
  type: 'deal.won',
  subject: { dealId: '17' },
  occurredAt,
  properties: { dealId: '17', amount: '10.00' },
  timeAssumed: false,
})

describe('whose a deal is', () => {
  it('is nobody, then whoever was named last in time', async () => {
    expect(await deals.owner('hubspot', '1')).toBeUndefined()
    const first = { leadId: anna, taughtAt: '2026-03-02T09:00:00.000Z' }
    await deals.setOwner('hubspot', '1', first)
    await deals.setOwner('hubspot', '1', { leadId: ben, taughtAt: '2026-03-02T08:00:00.000Z' })
    expect(await deals.owner('hubspot', '1')).toEqual(first)
    const later = { leadId: ben, taughtAt: '2026-03-02T10:00:00.000Z' }
    await deals.setOwner('hubspot', '1', later)
    expect(await deals.owner('hubspot', '1')).toEqual(later)
    expect(await deals.owner('pipedrive', '1')).toBeUndefined()
  })

  it('is forgotten when the lead is erased, and not when another one is', async () => {
    await deals.setOwner('hubspot', '2', { leadId: anna, taughtAt: at })
    const remains = dynamoRemains(table.client, table.tableName)
    await remains.dropPointers(ben, [])
    expect(await deals.owner('hubspot', '2')).toBeDefined()
    await remains.dropPointers(anna, [])
    expect(await deals.owner('hubspot', '2')).toBeUndefined()
  })
})

describe('what waits for a deal', () => {
  it('does not come back after a week, though the table may still hold it', async () => {
    const waiting = activity('w', '2026-03-02T09:00:00.000Z')
    await deals.keep('hubspot', '19', waiting, at)
    expect(await deals.kept('hubspot', '19', '2026-03-09T09:29:59.000Z')).toEqual([waiting])
    expect(await deals.kept('hubspot', '19', '2026-03-09T09:30:00.000Z')).toEqual([])
    await deals.keep('hubspot', '19', waiting, '2026-03-09T10:00:00.000Z')
    expect(await deals.kept('hubspot', '19', '2026-03-09T10:00:01.000Z')).toEqual([waiting])
  })

  it('is kept once, in the order of time, for a week, until it is dropped', async () => {
    const [late, early] = [
      activity('b', '2026-03-02T09:20:00.000Z'),
      activity('a', '2026-03-02T09:10:00.000Z'),
    ]
    for (const one of [late, early, late]) await deals.keep('hubspot', '17', one, at)
    await deals.keep('hubspot', '18', late, at)
    await deals.setOwner('hubspot', '17', { leadId: anna, taughtAt: at })
    expect(await deals.kept('hubspot', '17', at)).toEqual([early, late])
    const { Item } = await table.client.send(
      new GetCommand({
        TableName: table.tableName,
        Key: { pk: 'HOOK#hubspot#17', sk: `WAITS#${late.occurredAt}#b` },
      }),
    )
    expect(Item?.expiresAt).toBe(Date.parse('2026-03-09T09:30:00.000Z') / 1000)
    await deals.drop('hubspot', '17', [early, late])
    expect(await deals.kept('hubspot', '17', at)).toEqual([])
    expect(await deals.kept('hubspot', '18', at)).toEqual([late])
    expect(await deals.owner('hubspot', '17')).toBeDefined()
  })

  it('is kept for any deal and any activity, whatever they are called', async () => {
    const odd = { ...activity('x#y WAITS# ü', at), subject: { dealId: 'a#b' } }
    await deals.keep('crm', 'a#b', odd, at)
    expect(await deals.kept('crm', 'a#b', at)).toEqual([odd])
    expect(await deals.kept('crm', 'a', at)).toEqual([])
  })
})

it('counts by source and day, whatever the reasons are called', async () => {
  const figures = dynamoHookFigures(table.client, table.tableName)
  await figures.add('crm', '2026-03-01T23:59:59.000Z', { deliveries: 1 })
  await figures.add('crm', '2026-03-02T09:00:00.000Z', {
    deliveries: 1,
    'rejected:a.b: must be "x"': 2,
    none: 0,
  })
  await figures.add('crm', at, { deliveries: 1, 'rejected:a.b: must be "x"': 1 })
  await figures.add('crm2', at, {})
  expect(await figures.since('crm', '2026-03-02')).toEqual([
    { day: '2026-03-02', lastReceivedAt: at, counts: { deliveries: 2, 'rejected:a.b: must be "x"': 3 } },
  ])
  expect(await figures.since('crm', '2026-03-01')).toHaveLength(2)
  expect(await figures.since('crm2', '2026-03-01')).toEqual([
    { day: '2026-03-02', lastReceivedAt: at, counts: {} },
  ])
})
