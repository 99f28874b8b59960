import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { figureOf } from '../../../domain/sending/email-figures.ts'
import {
  countInEarlierSends,
  dynamoEmailFigures,
  dynamoSendReports,
} from '../../../functions/adapters/dynamo-email-figures.ts'
import { dynamoRemains } from '../../../functions/adapters/dynamo-remains.ts'
import { dynamoSendLists, dynamoSends } from '../../../functions/adapters/dynamo-sends.ts'
import type { Send } from '../../../functions/send-ports.ts'
import { table as schema } from '../../../functions/table-schema.ts'
import { leadIdOf } from '../../domain/support/facts.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

const at = '2026-03-02T09:00:00.000Z'
const later = '2026-03-02T10:00:00.000Z'
const none = figureOf([])

let table: TestTable
let requests = 0
beforeAll(async () => {
  table = await startTable()
  table.client.middlewareStack.add(
    (next) => (input) => {
      requests += 1
      return next(input)
    },
    { step: 'initialize' },
  )
})
afterAll(() => table.stop())
beforeEach(() => {
  requests = 0
})

const sends = () => dynamoSends(table.client, table.tableName)
const reports = () => dynamoSendReports(table.client, table.tableName)
const ofSequence = (sequence: string) =>
  dynamoEmailFigures(table.client, table.tableName).ofSequence(sequence)
const countIn = (sequence: string) => countInEarlierSends(table.client, table.tableName)(sequence)

const sendOf = (number: number, sequence: string | undefined, parts: Partial<Send> = {}): Send => {
  const leadId = leadIdOf(`lead-${String(number).padStart(4, '0')}`)
  const sendId = `${leadId}:${sequence}:1:0`
  const run =
    sequence === undefined
      ? undefined
      : { sequence, runId: `${leadId}:${sequence}:1`, step: 0, afterWait: false }
  return {
    sendId,
    leadId,
    email: 'welcome',
    request: { leadId, sendId, email: 'welcome', recipient: 'lead', ...(run && { run }) },
    cause: { decisionId: 'd', correlationId: 'c' },
    requestedAt: at,
    marketing: true,
    status: 'claimed',
    claimedAt: at,
    leaseUntil: '2026-03-02T09:15:00.000Z',
    ...parts,
  }
}
const sent = { status: 'sent', at: later, messageId: 'm' } as const
const held = { status: 'held', at, until: later, reason: 'window' } as const

test('sends are counted as they move, each once, whatever is tried again', async () => {
  const claims = [1, 2, 3, 4, 5].map((number) => sendOf(number, 'moving'))
  for (const claim of [...claims, ...claims]) await sends().claim(claim, at)
  const [one, two, three, four, five] = claims as [Send, Send, Send, Send, Send]
  for (const _ of [1, 2]) await sends().settle(one.leadId, one.sendId, sent)
  // What went out is counted with the first report of it.
  expect((await ofSequence('moving')).get('welcome')?.sent ?? 0).toBe(0)
  for (const _ of [1, 2]) await reports().report({ ...one, ...sent }, [])
  for (const _ of [1, 2]) await reports().report({ ...two, ...sent }, [])
  for (const _ of [1, 2]) await reports().fail({ ...two, ...sent, status: 'failed' })
  await sends().release(three.leadId, three.sendId)
  await sends().claim({ ...three, ...held }, at)
  for (const _ of [1, 2]) await sends().cancel(three.leadId, three.sendId, later)
  await sends().release(four.leadId, four.sendId)
  await sends().claim({ ...four, lapses: 1 }, later)
  await sends().settle(four.leadId, four.sendId, sent)
  await reports().report({ ...four, ...sent }, [])
  await sends().claim({ ...sendOf(6, 'moving'), status: 'exited', email: 'guide' }, at)
  const figures = await ofSequence('moving')
  expect(figures).toEqual(
    new Map([
      ['guide', { ...none, requested: 1, exited: 1 }],
      // The fifth is on its way, and counts once something has come of it.
      ['welcome', { ...none, requested: 4, sent: 2, failed: 1, suppressed: 1, sentAgain: 1 }],
    ]),
  )
  requests = 0
  const places = ['guide', 'welcome', 'nothing'].map((email) => ({ email, sequence: 'moving' }))
  const { ofEmail } = dynamoEmailFigures(table.client, table.tableName)
  expect(await Promise.all(places.map(ofEmail))).toEqual([figures.get('guide'), figures.get('welcome'), none])
  // Each stands in four items.
  expect(requests).toBe(1)
  await dynamoRemains(table.client, table.tableName).clear(five.leadId)
  await dynamoRemains(table.client, table.tableName).clear(one.leadId)
  expect((await ofSequence('moving')).get('welcome')).toMatchObject({ requested: 4, sent: 2 })
})

test('what went out is counted together with what is reported of it, once, whoever settles it and when', async () => {
  const [settled, died, refused, aside] = [1, 2, 3, 4].map((number) => sendOf(number, 'told')) as [
    ...[Send, Send, Send, Send],
  ]
  for (const claim of [settled, died, refused, aside]) await sends().claim(claim, at)
  await sends().settle(settled.leadId, settled.sendId, sent)
  const delivered = [{ mark: 'delivered', at: later }] as const
  requests = 0
  await reports().report({ ...settled, ...sent }, delivered)
  // Its marks, and one change of its counters.
  expect(requests).toBe(2)
  await Promise.all([1, 2, 3].map(() => reports().report({ ...died, ...sent }, delivered)))
  // Its sender was late, not dead.
  await sends().settle(died.leadId, died.sendId, sent)
  await sends().settle(refused.leadId, refused.sendId, sent)
  await reports().fail({ ...refused, ...sent, status: 'failed' })
  await reports().report({ ...refused, ...sent }, [])
  // What an earlier attempt reports late says nothing of one that waits.
  await sends().release(aside.leadId, aside.sendId)
  await sends().claim({ ...aside, ...held }, at)
  await reports().report({ ...aside, ...sent }, [])
  expect((await ofSequence('told')).get('welcome')).toEqual({
    ...none,
    ...{ requested: 4, sent: 2, delivered: 2, failed: 1, held: 1 },
  })
})

test('emails that no sequence asked for are counted as well, and nothing else with them', async () => {
  await sends().claim({ ...sendOf(1, undefined), ...sent }, at)
  expect(await ofSequence('-')).toEqual(new Map([['welcome', { ...none, requested: 1, sent: 1 }]]))
  expect(await ofSequence('nothing')).toEqual(new Map())
})

test('reading takes as many requests however many were sent', async () => {
  for (let number = 0; number < 150; number += 1) await sends().claim(sendOf(number, 'many', sent), at)
  requests = 0
  await countIn('many')
  expect((await ofSequence('many')).get('welcome')?.sent).toBe(150)
  expect(requests).toBeLessThanOrEqual(25)
})

/** As earlier releases wrote them: listed, and in no counter. */
const writeFormer = (send: Send, list: string) =>
  table.client.send(
    new PutCommand({
      TableName: table.tableName,
      Item: {
        [schema.partitionKey]: `L#${send.leadId}`,
        [schema.sortKey]: `SEND#${send.sendId}`,
        ...send,
        [schema.lists.partitionKey]: list,
        [schema.lists.sortKey]:
          send.status === 'held' ? `former#welcome#${send.until}#${send.sendId}` : `welcome#${send.sendId}`,
      },
    }),
  )

test('what earlier releases wrote is counted in by and by, once, also what moves meanwhile', async () => {
  for (let number = 0; number < 120; number += 1)
    await writeFormer(
      sendOf(number, 'former', sent),
      number % 2 ? 'SENDS#former' : `SENDS#former#${number % 16}`,
    )
  const claimed = sendOf(200, 'former')
  await writeFormer(claimed, 'SENDS#former')
  for (const number of [201, 202]) await writeFormer(sendOf(number, 'former', held), 'HELD')
  const moving = sendOf(202, 'former')
  await sends().claim(moving, later)
  await sends().settle(claimed.leadId, claimed.sendId, sent)
  await reports().report({ ...claimed, ...sent }, [])
  expect((await ofSequence('former')).get('welcome')).toEqual({ ...none, requested: 1, sent: 1 })

  expect(await countIn('former')).toEqual({ isAll: false })
  expect((await ofSequence('former')).get('welcome')).toMatchObject({ held: 1, sent: 101 })
  expect(await countIn('former')).toEqual({ isAll: true })
  expect(await countIn('former')).toEqual({ isAll: true })
  expect((await ofSequence('former')).get('welcome')).toMatchObject({ held: 1, sent: 121 })

  const lists = dynamoSendLists(table.client, table.tableName)
  expect((await lists.held({ sequence: 'former', limit: 10 })).items).toHaveLength(1)
  const standing = sendOf(201, 'former')
  expect(await sends().load(standing.leadId, standing.sendId)).toEqual({ ...standing, ...held })
  await sends().cancel(standing.leadId, standing.sendId, later)
  expect((await ofSequence('former')).get('welcome')).toMatchObject({
    held: 0,
    suppressed: 1,
    requested: 122,
  })
})
