import { ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pausing, type Stream } from '../../../domain/deliverability/sending-figures.ts'
import type { Tally } from '../../../domain/feedback/ses-feedback.ts'
import { dynamoSendingFigures, dynamoSendingStates } from '../../../functions/adapters/dynamo-sending.ts'
import { Conflict } from '../../../functions/ports.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const at = '2026-03-02T09:03:00.000Z'
const tally = (
  type: Tally['type'],
  messageId: string,
  mailedAt = at,
  stream: Stream = 'marketing',
): Tally => ({ type, messageId, mailedAt, stream })
const mailed = (...times: readonly string[]) =>
  times.map((one) => ({ at: one, stream: 'marketing' as const }))
const early = '2026-03-01T09:00:00.000Z'

test('mails sent add up, bounces and complaints count once for each message, all where the mail went out', async () => {
  const figures = dynamoSendingFigures(table.client, table.tableName)
  await figures.add(mailed(at, at, '2026-03-02T09:10:00.000Z'), [tally('bounced', 'a')])
  await figures.add([], [tally('bounced', 'a'), tally('bounced', 'b'), tally('complained', 'a')])
  await figures.add(mailed(at), [tally('bounced', 'c', '2026-03-02T09:12:00.000Z')])
  await figures.add([], [tally('bounced', 'z', at, 'confirmations'), tally('bounced', 'a')])
  const slots = [
    { at: '2026-03-02T09:00:00.000Z', sent: 3, bounced: 2, complained: 1 },
    { at: '2026-03-02T09:10:00.000Z', sent: 1, bounced: 1, complained: 0 },
  ]
  expect(await figures.since(early, 'marketing')).toEqual(slots)
  expect(await figures.since('2026-03-02T09:10:00.000Z', 'marketing')).toEqual(slots.slice(1))
  expect(await figures.since(early, 'confirmations')).toEqual([
    { at: '2026-03-02T09:00:00.000Z', sent: 0, bounced: 1, complained: 0 },
  ])
})

test('hundreds of bounces are a few numbers: what counts and reads one more writes and reads as little as at the first', async () => {
  const later = '2026-03-05T09:03:00.000Z'
  const figures = dynamoSendingFigures(table.client, table.tableName)
  const storm = Array.from({ length: 300 }, (_, index) => tally('bounced', `storm-${index}`, later))
  for (let from = 0; from < storm.length; from += 100) await figures.add([], storm.slice(from, from + 100))
  const [slot] = await figures.since('2026-03-05T00:00:00.000Z', 'marketing')
  expect(slot?.bounced).toBe(300)
  const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.tableName }))
  const sizes = Items.filter(({ sk }) => String(sk).startsWith('SLOT#2026-03-05')).map(
    (item) => JSON.stringify(item).length,
  )
  expect(Math.max(...sizes)).toBeLessThan(200)
  expect(
    Items.filter(({ sk }) => String(sk).startsWith('SEEN#')).every(({ expiresAt }) => Number(expiresAt) > 0),
  ).toBe(true)
})

test('a crash before a bounce was counted leaves it to be counted', async () => {
  const crashing = { send: async () => Promise.reject(new Error('crash')) }
  let calls = 0
  const client = new Proxy(table.client, {
    get: (target, name) =>
      name === 'send'
        ? (command: UpdateCommand) => (++calls === 2 ? crashing.send() : target.send(command))
        : Reflect.get(target, name),
  })
  const bounce = [tally('bounced', 'crashed', '2026-03-08T09:03:00.000Z')]
  await expect(dynamoSendingFigures(client, table.tableName).add([], bounce)).rejects.toThrow('crash')
  const figures = dynamoSendingFigures(table.client, table.tableName)
  for (const _ of [1, 2]) await figures.add([], bounce)
  expect(await figures.since('2026-03-08T00:00:00.000Z', 'marketing')).toMatchObject([{ bounced: 1 }])
})

test('what an earlier release has counted still counts', async () => {
  await table.client.send(
    new UpdateCommand({
      TableName: table.tableName,
      Key: { pk: 'SENDING', sk: 'SLOT#2026-03-10T09:00:00.000Z' },
      UpdateExpression: 'ADD sent :sent, bounced :bounced',
      ExpressionAttributeValues: { ':sent': 7, ':bounced': new Set(['a', 'b']) },
    }),
  )
  const figures = dynamoSendingFigures(table.client, table.tableName)
  await figures.add(mailed('2026-03-10T09:05:00.000Z'), [])
  expect(await figures.since('2026-03-10T00:00:00.000Z', 'marketing')).toEqual([
    { at: '2026-03-10T09:00:00.000Z', sent: 8, bounced: 2, complained: 0 },
  ])
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
