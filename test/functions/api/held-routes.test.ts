import { describe, expect, test } from 'vitest'
import type { Send } from '../../../functions/send-ports.ts'
import { leadId } from '../../domain/support/facts.ts'
import { apiWorld, now } from './api-world.ts'

const at = '2026-03-02T08:00:00.000Z'
const sendOf = (step: number, parts: Partial<Send> = {}): Send => {
  const sendId = `${leadId}:interest:1:${step}`
  const run = { sequence: 'interest', runId: `${leadId}:interest:1`, step, afterWait: true }
  return {
    sendId,
    leadId,
    email: 'welcome',
    request: { leadId, sendId, email: 'welcome', recipient: 'lead', run },
    cause: { decisionId: 'decision-1', correlationId: 'fact-1' },
    requestedAt: at,
    marketing: true,
    status: 'held',
    reason: 'window',
    until: '2026-03-02T13:00:00.000Z',
    claimedAt: at,
    leaseUntil: '2026-03-02T08:15:00.000Z',
    at,
    subject: 'Hallo',
    ...parts,
  }
}

const worldWith = async (...sends: readonly Send[]) => {
  const world = apiWorld()
  for (const send of sends) await world.sends.claim(send, at)
  return world
}

describe('held emails', () => {
  test('are listed in pages, by sequence', async () => {
    const world = await worldWith(sendOf(0), sendOf(1), sendOf(2, { status: 'sent' }))
    const first = await world.call('/api/emails/held', { query: { limit: '1', sequence: 'interest' } })
    expect(first).toMatchObject({
      type: 'ok',
      body: {
        items: [{ sendId: `${leadId}:interest:1:0`, status: 'held', reason: 'window', subject: 'Hallo' }],
      },
    })
    expect(await world.call('/api/emails/held', { query: { sequence: 'none' } })).toEqual({
      type: 'ok',
      body: { items: [] },
    })
  })

  test.each([
    ['a cursor of another list', { cursor: 'b3RoZXIjeA', sequence: 'interest' }, 'cursor'],
    ['a cursor that is none', { cursor: '!' }, 'cursor'],
    ['too large a page', { limit: '1000' }, 'limit'],
  ])('%s is refused', async (_name, query, path) => {
    const world = await worldWith()
    expect(await world.call('/api/emails/held', { query })).toMatchObject({
      type: 'bad-input',
      errors: [{ path }],
    })
  })

  test.each([
    ['held', sendOf(0), 'ok'],
    ['sent', sendOf(0, { status: 'sent' }), 'conflict'],
    ['another one', sendOf(1), 'not-found'],
  ])('one that is %s, taken back', async (_name, send, type) => {
    const world = await worldWith(send)
    const path = `/api/emails/held/${encodeURIComponent(sendOf(0).sendId)}/cancel`
    expect(await world.call(path, { method: 'POST' })).toMatchObject({ type })
    expect(await world.call(path, { method: 'POST', groups: '[sales]' })).toMatchObject({ type: 'forbidden' })
  })
})

test('the report of a sequence accounts for every email', async () => {
  const world = await worldWith(
    sendOf(0, { status: 'sent' }),
    sendOf(1, { email: 'offer', status: 'failed', reason: 'rejected' }),
    sendOf(2, { email: 'offer' }),
  )
  const ways = { sent: 0, held: 0, suppressed: 0, failed: 0, exited: 0, claimed: 0, sentAgain: 0 }
  const reactions = { delivered: 0, opened: 0, clicked: 0, unsubscribed: 0, bounced: 0, complained: 0 }
  const none = { ...ways, ...reactions }
  expect(await world.call('/api/sequences/interest/report')).toEqual({
    type: 'ok',
    body: {
      sequence: 'interest',
      emails: [
        { email: 'welcome', ...none, requested: 1, sent: 1 },
        { email: 'offer', ...none, requested: 2, failed: 1, held: 1 },
      ],
      total: { ...none, requested: 3, sent: 1, failed: 1, held: 1 },
    },
  })
})

test.each(['nope', '__proto__'])('a sequence that never was has no report: %s', async (id) => {
  const path = `/api/sequences/${id}/report`
  expect(await (await worldWith()).call(path)).toMatchObject({ type: 'not-found' })
})

test('a sequence that the playbook has no more keeps its report', async () => {
  const gone = { sequence: 'gone', runId: `${leadId}:gone:1`, step: 0, afterWait: false }
  const sendId = `${leadId}:gone:1:0`
  const request = { leadId, sendId, email: 'welcome', recipient: 'lead', run: gone } as const
  const world = await worldWith(sendOf(0, { sendId, request, status: 'sent' }))
  expect(await world.call('/api/sequences/gone/report')).toMatchObject({ body: { total: { sent: 1 } } })
})

test("a lead's page shows its emails, newest first, and what nobody knows as unknown", async () => {
  const world = apiWorld()
  const id = await world.addLead(1)
  const older = '2026-03-02T07:00:00.000Z'
  const { at: _at, reason: _reason, until: _until, ...claim } = sendOf(1, { leadId: id })
  const claimed: Send = { ...claim, status: 'claimed' }
  const mails = [
    sendOf(0, { leadId: id, status: 'sent', at: older, messageId: 'm-1' }),
    claimed,
    sendOf(2, { leadId: id, status: 'claimed', leaseUntil: '1970-01-01T00:00:00.000Z', at: older }),
  ]
  for (const mail of mails) await world.sends.claim(mail, at)
  const shown = await world.call(`/api/leads/${id}`)
  expect(shown).toMatchObject({
    body: {
      emails: [
        { status: 'unknown', messageId: null, reason: null, until: null },
        { status: 'claimed' },
        { status: 'sent', messageId: 'm-1', sequence: 'interest', at: older },
      ],
    },
  })
  const earlier = await world.call(`/api/leads/${id}`, { query: { at: '2026-03-02T07:30:00Z' } })
  expect(earlier).toMatchObject({ body: { emails: [{ status: 'claimed' }, { status: 'sent' }] } })
  expect(now > at).toBe(true)
})
