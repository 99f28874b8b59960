import { expect, test } from 'vitest'
import type { MappedActivity } from '../../../domain/hook/map-event.ts'
import { whileWaiting } from '../../../domain/hook/waiting-events.ts'

const activity = (properties: MappedActivity['properties'], type = 'deal.lost'): MappedActivity => ({
  id: 'crm:1',
  type,
  subject: { dealId: '4711' },
  occurredAt: '2026-03-02T09:00:00.000Z',
  timeAssumed: false,
  properties,
})

test('figures and codes stay, what somebody wrote goes', () => {
  const codes = {
    dealId: '4711',
    amount: 12500.5,
    currency: 'EUR',
    reason: 'too-expensive',
    renewsAt: '2027-01-31',
  }
  const words = {
    note: 'Frau Berg ruft zurück',
    title: 'Grete',
    needs: ['a workshop for Anna'],
    fields: { firstName: 'Grete' },
    person: { email: 'anna@example.com' },
  }
  expect(whileWaiting(activity({ ...codes, ...words })).properties).toEqual(codes)
})

test.each(['they chose another supplier', 'anna@example.com', 'zu teuer, sagt Anna', '', 'x'.repeat(65)])(
  'a code that is a text goes: %s',
  (reason) => {
    expect(whileWaiting(activity({ reason })).properties).toEqual({})
  },
)

test.each(['deal.moved', 'needs.recorded', 'proposal.sent', 'negotiation.started'])(
  'that there was a reason stays, so that %s takes the deal back when it is known whose it is',
  (type) => {
    const properties = { dealId: '4711', phase: 'needs_analysis', reason: 'moved in Salesforce' }
    expect(whileWaiting(activity(properties, type)).properties).toEqual({
      ...properties,
      reason: 'in-the-crm',
    })
    expect(whileWaiting(activity({ ...properties, reason: '' }, type)).properties).not.toHaveProperty(
      'reason',
    )
  },
)

test.each(['Opp 4711/b', 'd'.repeat(128)])(
  'which deal it is stays, however the CRM names it: %s',
  (dealId) => {
    const properties = { dealId, further: true }
    expect(whileWaiting(activity(properties, 'deal.opened')).properties).toEqual(properties)
  },
)
