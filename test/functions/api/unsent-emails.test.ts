import { expect, test } from 'vitest'
import type { LeadId } from '../../../domain/model/activity.ts'
import type { SendStatus } from '../../../domain/sending/email-figures.ts'
import { apiWorld, now } from './api-world.ts'

const settle = async (
  { sends }: ReturnType<typeof apiWorld>,
  leadId: LeadId,
  step: number,
  status: SendStatus,
  at: string,
  reason?: string,
): Promise<void> => {
  const run = { sequence: 'interest', runId: `${leadId}:interest:1`, step, afterWait: true }
  const sendId = `${run.runId}:${step}`
  const request = { leadId, sendId, email: `email-${step}`, recipient: 'lead', run } as const
  await sends.claim(
    {
      sendId,
      leadId,
      email: request.email,
      request,
      cause: { decisionId: 'd', correlationId: 'c' },
      requestedAt: at,
      marketing: false,
      claimedAt: at,
      leaseUntil: at,
      status,
      at,
      ...(reason !== undefined && { reason }),
    },
    now,
  )
}

test('an email that did not go out is accounted for: in the timeline, at the lead and in the report', async () => {
  const world = apiWorld()
  const leadId = await world.addLead(1)
  await settle(world, leadId, 0, 'sent', '2026-03-01T09:30:00.000Z')
  await settle(world, leadId, 1, 'suppressed', '2026-03-01T09:30:00.000Z', 'stale')
  await settle(world, leadId, 2, 'exited', '2026-03-01T11:00:00.000Z', 'goal')
  const timeline = `/api/leads/${leadId}/timeline`
  const properties = { email: 'email-1', recipient: 'lead', reason: 'stale', sequence: 'interest' }
  expect(await world.call(timeline)).toMatchObject({
    body: {
      items: [
        { type: 'email.exited', occurredAt: '2026-03-01T11:00:00.000Z', properties: { reason: 'goal' } },
        { id: 'd-1' },
        { id: `${leadId}:interest:1:1`, type: 'email.suppressed', properties, followed: [] },
        { id: 'p-1' },
      ],
    },
  })
  expect(await world.call(timeline, { query: { at: '2026-03-01T10:30:00.000Z', limit: '2' } })).toMatchObject(
    {
      body: { items: [{ id: 'd-1' }, { type: 'email.suppressed' }] },
    },
  )
  expect(await world.call(`/api/leads/${leadId}`)).toMatchObject({
    body: {
      emails: [
        { email: 'email-2', status: 'exited', reason: 'goal' },
        { email: 'email-1', status: 'suppressed', reason: 'stale' },
        { email: 'email-0', status: 'sent' },
      ],
    },
  })
  expect(await world.call('/api/sequences/interest/report')).toMatchObject({
    body: { total: { requested: 3, sent: 1, suppressed: 1, exited: 1 } },
  })
})
