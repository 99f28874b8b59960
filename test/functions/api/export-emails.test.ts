import { expect, test } from 'vitest'
import { exportEmails } from '../../../functions/api/export-lead.ts'
import type { Send } from '../../../functions/send-ports.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { apiWorld } from './api-world.ts'

const send = (sendId: string, requestedAt: string): Send => ({
  sendId,
  leadId,
  email: 'welcome',
  subject: 'Hallo Anna',
  language: 'de',
  request: {
    leadId,
    sendId,
    email: 'welcome',
    recipient: 'lead',
    playbookVersion: 'v1',
    run: { sequence: 'interest', runId: 'r', step: 0, afterWait: false },
  },
  cause: { decisionId: 'd', correlationId: 'c' },
  requestedAt,
  marketing: true,
  status: 'sent',
  claimedAt: requestedAt,
  leaseUntil: requestedAt,
  at: requestedAt,
})

test('says of each email what was sent, under which version, and what became of it', () => {
  const about = { email: 'welcome', sendId: 'a', messageId: 'm' }
  const facts = [
    fact('1', 'email.delivered', '01-05T09:01', about),
    fact('2', 'email.clicked', '01-05T09:02', { ...about, link: 'https://example.com/guide' }),
    fact('3', 'email.clicked', '01-05T09:03', { ...about, sendId: 'another' }),
    fact('4', 'page.viewed', '01-05T09:04', { sendId: 'a' }),
  ]
  const sends = [send('b', '2026-01-06T09:00:00.000Z'), send('a', '2026-01-05T09:00:00.000Z')]
  const [first, second] = exportEmails(sends, facts)
  expect(first).toMatchObject({
    sendId: 'a',
    email: 'welcome',
    subject: 'Hallo Anna',
    language: 'de',
    kind: 'marketing',
    recipient: 'lead',
    sequence: 'interest',
    step: 0,
    playbookVersion: 'v1',
    status: 'sent',
    at: '2026-01-05T09:00:00.000Z',
    events: [
      { type: 'delivered', at: '2026-01-05T09:01:00.000Z', messageId: 'm' },
      { type: 'clicked', at: '2026-01-05T09:02:00.000Z', link: 'https://example.com/guide' },
    ],
  })
  expect(second).toMatchObject({ sendId: 'b', events: [] })
})

test('of each lead of a person every email is in the export, whatever its id begins with', async () => {
  const { add, call, sends } = apiWorld()
  await add(leadId, [fact('demo', 'demo.requested', '01-10T09:00')])
  for (const id of ['0', 'z'])
    await sends.claim(send(id, '2026-01-05T09:00:00.000Z'), '2026-01-05T09:00:00.000Z')
  expect(await call(`/api/leads/${leadId}/export`)).toMatchObject({
    body: { emails: [{ sendId: '0' }, { sendId: 'z' }] },
  })
})
