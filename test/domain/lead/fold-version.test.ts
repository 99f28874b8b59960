import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { differByFold, foldVersion, underThisFold } from '../../../domain/lead/fold-version.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { isObject, type JsonObject } from '../../../domain/model/json.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { makePlaybook } from '../support/make-playbook.ts'

/**
 * What the present fold makes of histories that never change. Where the fold of a release differs from that of the one
 * before, raise `foldVersion` (once for each release) and put the digest here: else states in the table stay as they are.
 */
const golden = { foldVersion: 2, digest: '2574f74aa621672e' }

const kinds: readonly (readonly [type: string, properties: JsonObject])[] = [
  ['page.viewed', { path: '/pricing' }],
  ['content.viewed', { topic: 'leaks' }],
  ['demo.requested', {}],
  ['quote.requested', {}],
  ['sales.engaged', { channel: 'phone' }],
  ['profile.updated', { fields: { country: 'DE', employees: 300, company: 'Kern' } }],
  ['profile.updated', { fields: { country: null, company: '' } }],
  ['form.submitted', { form: 'newsletter', fields: { firstName: 'Anna' }, language: 'de' }],
  ['form.submitted', { form: 'demo', fields: { role: 'student' }, language: 'en' }],
  ['consent.granted', { purpose: 'newsletter', form: 'newsletter', confirmed: true }],
  ['consent.granted', { purpose: 'tracking', how: 'double-opt-in' }],
  ['consent.withdrawn', { purpose: 'newsletter' }],
  ['email.unsubscribed', {}],
  ['email.delivered', { sendId: 's1', email: 'welcome' }],
  ['email.clicked', { sendId: 's1', email: 'welcome', link: 'https://a.example', via: 'signed-link' }],
  ['email.opened', { messageId: 'm1', email: 'welcome' }],
  ['email.bounced', { bounceType: 'Transient', bounceSubType: 'MailboxFull' }],
  ['email.bounced', { bounceType: 'Permanent', bounceSubType: 'General' }],
  ['email.complained', {}],
  ['handoff.accepted', {}],
  ['handoff.rejected', { reason: 'not-now' }],
  ['handoff.rejected', { reason: 'wrong-fit' }],
  ['proposal.sent', { amount: '1200.50', currency: 'EUR' }],
  ['deal.won', { amount: '1200.50', currency: 'EUR', renewsAt: '2027-03-31' }],
  ['deal.lost', { reason: 'price' }],
  ['order.completed', { orderId: 'o1', amount: '10.00', currency: 'EUR' }],
  ['activity.voided', { activityId: 'f3' }],
  ['lead.merged', { leadId: 'lead-0002' }],
  ['custom.happened', { value: 1 }],
]

/** The same numbers on every machine. */
const numbers = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

const history = (seed: number): readonly Fact[] => {
  const next = numbers(seed)
  const begin = Date.parse('2026-01-01T00:00:00.000Z')
  return Array.from({ length: 12 + next(60) }, (_, index): Fact => {
    const [type, properties] = kinds[next(kinds.length)] ?? ['page.viewed', {}]
    const occurredAt = new Date(begin + next(200 * 86_400) * 1000 + next(1000)).toISOString()
    return {
      id: `f${index}`,
      type,
      occurredAt,
      properties,
      ...(next(4) === 0 && { email: `p${seed % 7}@example.com` }),
    }
  })
}

/** As JSON, whatever the order of keys: no reader of a state depends on it. */
const stringify = (value: unknown): string =>
  JSON.stringify(value, (_key, one) =>
    isObject(one) ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1))) : one,
  )

test('the number of the fold was raised if the fold makes another state of the same facts', () => {
  const rules = compileRules(makePlaybook())
  const states = Array.from({ length: 150 }, (_, index) =>
    foldLead(history(index + 1), rules, '2026-09-01T00:00:00.000Z'),
  )
  const digest = createHash('sha256').update(stringify(states)).digest('hex').slice(0, 16)
  expect({ foldVersion, digest }).toEqual(golden)
})

test('rules are named with the fold that reads by them', () => {
  expect(underThisFold('abc')).toBe(`${foldVersion}.abc`)
  expect(underThisFold(`${foldVersion - 1}.abc`)).toBe(`${foldVersion}.abc`)
  expect(underThisFold(underThisFold('abc'))).toBe(underThisFold('abc'))
  expect(differByFold('abc', `${foldVersion}.abc`)).toBe(true)
  expect(differByFold(`${foldVersion}.abc`, `${foldVersion}.abd`)).toBe(false)
  expect(differByFold(`${foldVersion}.abc`, `${foldVersion}.abc`)).toBe(false)
})
