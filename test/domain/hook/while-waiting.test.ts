import { expect, test } from 'vitest'
import type { MappedActivity } from '../../../domain/hook/map-event.ts'
import { whileWaiting } from '../../../domain/hook/while-waiting.ts'

const activity = (properties: MappedActivity['properties']): MappedActivity => ({
  id: 'crm:1',
  type: 'deal.lost',
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
