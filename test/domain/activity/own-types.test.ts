import { expect, it } from 'vitest'
import { whyNotByHand, whyOwnType } from '../../../domain/activity/subject.ts'

it.each([
  ['lead.merged', /POST \/api\/leads\/\{leadId\}\/merge/, /merge/],
  ['handoff.accepted', undefined, /POST \/api\/handoffs\/\{id\}\/accept/],
  ['handoff.rejected', undefined, /POST \/api\/handoffs\/\{id\}\/reject/],
  ['deal.won', undefined, undefined],
] as const)('%s: who may send it, and who may log it by hand', (type, sent, logged) => {
  for (const [why, expected] of [
    [whyOwnType(type), sent],
    [whyNotByHand(type), logged],
  ] as const)
    if (expected) expect(why).toMatch(expected)
    else expect(why).toBeUndefined()
})

it.each([
  'email.sent',
  'email.delivered',
  'email.opened',
  'email.clicked',
  'email.bounced',
  'email.complained',
  'email.read',
  'form.submitted',
  'stage.advanced',
  'lead.erased',
  'lead.scored',
  'sequence.entered',
  'consent.confirmed',
  'handoff.requested',
  'constructor.x',
  'order.constructor',
])('nobody logs %s by hand', (type) => {
  expect(whyNotByHand(type)).toBeDefined()
})

it.each([
  'email.unsubscribed',
  'consent.granted',
  'consent.withdrawn',
  'activity.voided',
  'sales.engaged',
  'course.booked',
  'newsletter.subscribed',
])('%s may be logged by hand', (type) => {
  expect(whyNotByHand(type)).toBeUndefined()
})
