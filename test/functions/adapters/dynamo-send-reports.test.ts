import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Outcome } from '../../../domain/feedback/ses-feedback.ts'
import { dynamoEmailFigures, dynamoSendReports } from '../../../functions/adapters/dynamo-email-figures.ts'
import { dynamoSendMarks, dynamoSends } from '../../../functions/adapters/dynamo-sends.ts'
import { leadId } from '../../domain/support/facts.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const at = '2026-01-05T09:00:00.000Z'
const later = '2026-01-05T09:00:01.000Z'

const world = async (sendId: string) => {
  const sends = dynamoSends(table.client, table.tableName)
  const { report, fail } = dynamoSendReports(table.client, table.tableName)
  await sends.claim(
    {
      sendId,
      leadId,
      email: 'welcome',
      request: { leadId, sendId, email: 'welcome', recipient: 'lead' },
      cause: { decisionId: 'd', correlationId: 'c' },
      requestedAt: at,
      marketing: true,
      status: 'claimed',
      claimedAt: at,
      leaseUntil: '2026-01-05T09:15:00.000Z',
    },
    at,
  )
  const sent: Outcome = { leadId, sendId, status: 'sent', at: later, messageId: 'm' }
  return {
    sent,
    report,
    fail,
    settle: () => sends.settle(leadId, sendId, { status: 'sent', at, messageId: 'm', language: 'de' }),
    stored: async () => (await sends.list(leadId)).find((send) => send.sendId === sendId),
  }
}

test('the first report settles a send whose sender died; further ones change nothing', async () => {
  const { sent, report, stored } = await world('died')
  expect(await Promise.all([report(sent, []), report(sent, []), report(sent, [])])).toContain(true)
  expect(await report({ ...sent, at: '2026-01-06T09:00:00.000Z' }, [])).toBe(false)
  expect(await stored()).toMatchObject({ status: 'sent', at: later, messageId: 'm' })
})

test('of many reports at once one is the first', async () => {
  const { sent, report, settle } = await world('many')
  const answers = await Promise.all([
    report(sent, []),
    report(sent, []),
    settle(),
    report(sent, []),
    report(sent, []),
  ])
  expect(answers.filter((answer) => answer === true)).toHaveLength(1)
})

test('the report on a settled send is the first, and leaves it as it is', async () => {
  const { sent, report, settle, stored } = await world('settled')
  await settle()
  expect(await report(sent, [])).toBe(true)
  expect(await stored()).toMatchObject({ status: 'sent', at, language: 'de' })
})

test('what SES refuses after it was sent has failed, and the reason is kept', async () => {
  const { sent, fail, settle, stored } = await world('refused')
  await settle()
  const refused: Outcome = { ...sent, status: 'failed', reason: 'rejected: Bad content' }
  const failed = { sendId: 'refused', status: 'failed', reason: 'rejected: Bad content', messageId: 'm' }
  expect(await fail(refused)).toMatchObject(failed)
  expect(await stored()).toMatchObject(failed)
  expect(await fail(refused)).toMatchObject(failed)
  expect(await fail({ ...refused, messageId: 'another' })).toBeUndefined()
  expect(await fail({ ...refused, sendId: 'nobody’s' })).toBeUndefined()
})

test('a report on a send that is not there changes nothing', async () => {
  const { sent, report } = await world('there')
  expect(await report({ ...sent, sendId: 'elsewhere' }, [])).toBe(false)
})

test('a report marks the send, each mark once, and counts what it has marked', async () => {
  const { sent, report, settle } = await world('marked')
  await settle()
  const delivered = { mark: 'delivered', at: later } as const
  const figures = async () =>
    (await dynamoEmailFigures(table.client, table.tableName).ofSequence('-')).get('welcome')?.delivered ?? 0
  const before = await figures()
  expect(await report(sent, [])).toBe(true)
  expect(await report(sent, [delivered])).toBe(false)
  expect(await report(sent, [delivered, { mark: 'bounced', at: later }])).toBe(false)
  expect(await figures()).toBe(before + 1)
  const { list } = dynamoSendMarks(table.client, table.tableName)
  const marked = (await list(leadId)).find(({ sendId }) => sendId === 'marked')
  expect(marked?.marks).toEqual({ delivered: later, bounced: later })
})
