import { afterAll, beforeAll, expect, test } from 'vitest'
import { figureOf } from '../../../domain/sending/email-figures.ts'
import { dynamoEmailFigures } from '../../../functions/adapters/dynamo-email-figures.ts'
import { dynamoSendMarks, dynamoSends } from '../../../functions/adapters/dynamo-sends.ts'
import { leadIdOf } from '../../domain/support/facts.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const none = figureOf([])
const at = '2026-03-02T09:00:00.000Z'

const send = async (lead: string, email: string) => {
  const leadId = leadIdOf(lead)
  const sendId = `${leadId}:interest:1:${email}`
  const run = { sequence: 'interest', runId: `${leadId}:interest:1`, step: 0, afterWait: false }
  const request = { leadId, sendId, email, recipient: 'lead', run } as const
  const times = { requestedAt: at, claimedAt: at, leaseUntil: at, at }
  const cause = { decisionId: 'd', correlationId: 'c' }
  const sends = dynamoSends(table.client, table.tableName)
  await sends.claim({ ...request, request, cause, marketing: true, status: 'sent', ...times }, at)
  return { leadId, sendId }
}

test('each mark is counted once for its send, by email, and can be taken back once', async () => {
  const sendMarks = dynamoSendMarks(table.client, table.tableName)
  const sends = await Promise.all(
    ['lead-0001', 'lead-0002', 'lead-0003'].map((lead) => send(lead, 'welcome')),
  )
  const other = await send('lead-0001', 'guide')
  for (const one of [...sends, ...sends, other]) await sendMarks.change({ ...one, mark: 'opened', at })
  const [first] = sends
  if (!first) throw new Error('nothing was sent')
  await sendMarks.change({ ...first, mark: 'clicked', at })
  for (const _ of [1, 2]) await sendMarks.change({ ...first, mark: 'opened' })
  await sendMarks.change({ ...first, sendId: 'not there', mark: 'clicked', at })
  expect(await dynamoEmailFigures(table.client, table.tableName).ofSequence('interest')).toEqual(
    new Map([
      ['guide', { ...none, requested: 1, sent: 1, opened: 1 }],
      ['welcome', { ...none, requested: 3, sent: 3, opened: 2, clicked: 1 }],
    ]),
  )
  expect(await sendMarks.list(first.leadId)).toEqual(
    expect.arrayContaining([expect.objectContaining({ sendId: first.sendId, marks: { clicked: at } })]),
  )
})
