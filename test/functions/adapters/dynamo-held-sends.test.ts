import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dynamoCapPlaces } from '../../../functions/adapters/dynamo-sending.ts'
import { dynamoSendLists, dynamoSends } from '../../../functions/adapters/dynamo-sends.ts'
import { Conflict } from '../../../functions/ports.ts'
import type { Send } from '../../../functions/send-ports.ts'
import { leadId } from '../../domain/support/facts.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

const at = '2026-01-05T09:00:00.000Z'
const until = '2026-01-05T13:00:00.000Z'

const sendOf = (step: number, sequence: string, parts: Partial<Send> = {}): Send => {
  const runId = `${leadId}:${sequence}:1`
  const sendId = `${runId}:${step}`
  const run = { sequence, runId, step, afterWait: false }
  return {
    sendId,
    leadId,
    email: 'welcome',
    request: { leadId, sendId, email: 'welcome', recipient: 'lead', run },
    cause: { decisionId: 'decision-1', correlationId: 'fact-1' },
    requestedAt: at,
    marketing: true,
    status: 'held',
    claimedAt: at,
    leaseUntil: '2026-01-05T09:15:00.000Z',
    at,
    reason: 'window',
    until,
    ...parts,
  }
}

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())
const sends = () => dynamoSends(table.client, table.tableName)
const lists = () => dynamoSendLists(table.client, table.tableName)
const places = () => dynamoCapPlaces(table.client, table.tableName)

describe('a held send', () => {
  test('is read as it was written, and free once its time has come', async () => {
    const held = sendOf(0, 'free')
    expect(await sends().claim(held, at)).toBeUndefined()
    expect(await sends().load(leadId, held.sendId)).toEqual(held)
    expect(await sends().claim(held, '2026-01-05T12:59:59.999Z')).toEqual(held)
    const { at: _, reason: _reason, until: _until, ...rest } = held
    const claim: Send = { ...rest, status: 'claimed' }
    expect(await sends().claim(claim, until)).toBeUndefined()
    expect(await sends().load(leadId, held.sendId)).toEqual(claim)
  })

  test('is cancelled once; what is over, or never was, stays as it is', async () => {
    const held = sendOf(0, 'cancel')
    await sends().claim(held, at)
    const { until: _, ...rest } = held
    const cancelled = { ...rest, status: 'suppressed', reason: 'cancelled', at: '2026-01-05T10:00:00.000Z' }
    expect(await sends().cancel(leadId, held.sendId, '2026-01-05T10:00:00.000Z')).toEqual(cancelled)
    expect(await sends().cancel(leadId, held.sendId, '2026-01-05T11:00:00.000Z')).toEqual(cancelled)
    expect(await sends().claim(held, until)).toEqual(cancelled)
    expect(await sends().cancel(leadId, `${leadId}:cancel:1:9`, at)).toBeUndefined()
  })

  test('is not settled by what SES says of another time', async () => {
    const held = sendOf(0, 'settle')
    await sends().claim(held, at)
    await sends().settle(leadId, held.sendId, { status: 'failed', at, reason: 'late' })
    expect(await sends().load(leadId, held.sendId)).toEqual(held)
  })
})

describe('the lists', () => {
  const ids = (items: readonly Send[]) => items.map(({ sendId }) => sendId).toSorted()

  test('hold what is held, page by page, and let it go when it goes out', async () => {
    const held = [0, 1, 2, 3, 4].map((step) => sendOf(step, 'listed'))
    for (const send of held) await sends().claim(send, at)
    const first = await lists().held({ sequence: 'listed', limit: 3 })
    expect(first.items).toHaveLength(3)
    const second = await lists().held({
      sequence: 'listed',
      limit: 3,
      ...(first.next && { cursor: first.next }),
    })
    expect(second.next).toBeUndefined()
    expect(ids([...first.items, ...second.items])).toEqual(ids(held))

    const { until: _, ...rest } = sendOf(2, 'listed')
    await sends().claim({ ...rest, status: 'claimed' }, until)
    expect((await lists().held({ sequence: 'listed', limit: 100 })).items).toHaveLength(4)
    expect((await lists().held({ limit: 100 })).items.length).toBeGreaterThanOrEqual(4)
  })

  test('have nothing of another sequence, nor emails of none', async () => {
    await sends().claim(sendOf(0, 'one'), at)
    await sends().claim(sendOf(0, 'other', { status: 'sent' }), at)
    const { request, ...rest } = sendOf(0, 'none', { status: 'sent' })
    const { run: _, ...alone } = request
    await sends().claim({ ...rest, request: alone }, at)
    const held = await Promise.all(
      ['one', 'other', 'none', 'on'].map((sequence) => lists().held({ sequence, limit: 100 })),
    )
    expect(held.map(({ items }) => ids(items))).toEqual([[`${leadId}:one:1:0`], [], [], []])
  })
})

test('of two who take a place at once one is told to look again', async () => {
  const place = { sendId: 'a', at }
  expect(await places().load(leadId)).toEqual({ version: 0, places: [] })
  const ledger = { places: [place], since: at }
  await places().commit(leadId, 0, ledger)
  await expect(places().commit(leadId, 0, { places: [] })).rejects.toThrow(Conflict)
  expect(await places().load(leadId)).toEqual({ version: 1, ...ledger })
  await places().commit(leadId, 1, { places: [] })
  await expect(places().commit(leadId, 1, ledger)).rejects.toThrow(Conflict)
})
