import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { Retention } from '../../../domain/model/settings.ts'
import { stateLimits } from '../../../domain/model/state-limits.ts'
import { nextReview, noTies, type Ties, whenToForget } from '../../../domain/retention/when-to-forget.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact } from '../support/facts.ts'
import { days, makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const retention: Retention = { visitors: days(90), inactive: days(1095) }

interface Case {
  readonly email?: string
  readonly ties?: Ties
  readonly kept?: Retention
}

const due = (
  facts: readonly Fact[],
  { email = 'anna@example.com', ties = noTies, kept = retention }: Case = {},
): string | undefined => {
  const state = foldLead(facts, rules, '2026-12-31T00:00:00.000Z')
  if (!state) throw new Error('no facts')
  return whenToForget({ state, ...(email !== '' && { email }) }, ties, kept)
}

const view = fact('view', 'page.viewed', '01-01T12:00')
const granted = (properties: Record<string, string | boolean>) =>
  fact('grant', 'consent.granted', '01-01T12:00', { purpose: 'newsletter', ...properties })
const withdrawn = fact('left', 'consent.withdrawn', '01-02T12:00', { purpose: 'newsletter' })
const deal = (type: string, properties = {}) =>
  fact(type, type, '01-02T12:00', { dealId: 'd1', ...properties })
const won = deal('deal.won', { amount: 10, currency: 'EUR' })
const order = fact('order', 'order.completed', '01-01T12:00', { orderId: 'o', amount: 1, currency: 'EUR' })

describe('when somebody is to be forgotten', () => {
  test('a browser and a person have a time each, since they were last heard of', () => {
    expect(due([view], { email: '' })).toBe('2026-04-01T12:00:00.000Z')
    expect(due([view])).toBe('2028-12-31T12:00:00.000Z')
  })

  test.each<[string, Retention]>([
    ['empty settings', {}],
    ['those of people alone', { inactive: days(1) }],
  ])('a browser is kept for good by %s', (_, kept) => {
    expect(due([view], { email: '', kept })).toBeUndefined()
  })

  test('a person is kept for good where only browsers have a time', () => {
    expect(due([view], { kept: { visitors: days(1) } })).toBeUndefined()
  })

  test.each<[string, readonly Fact[]]>([
    ['a confirmed consent', [granted({ confirmed: true })]],
    ['one of the preference page', [granted({ how: 'preference-page' })]],
    ['an order', [order]],
    ['an open deal', [deal('proposal.sent', { proposalId: 'p', amount: 1, currency: 'EUR' })]],
    ['a deal that was won', [won]],
  ])('%s ties', (_, facts) => {
    expect(due([view, ...facts])).toBeUndefined()
  })

  test.each<[string, readonly Fact[]]>([
    ['a consent that nobody confirmed', [granted({})]],
    ['one that was taken back', [granted({ confirmed: true }), withdrawn]],
    [
      'the leave to measure',
      [fact('t', 'consent.granted', '01-01T12:00', { purpose: 'tracking', confirmed: true })],
    ],
    ['a deal that was lost', [deal('deal.lost', { reason: 'price' })]],
    [
      'an order that was taken back',
      [order, fact('v', 'activity.voided', '01-02T12:00', { activityId: 'order' })],
    ],
  ])('%s does not tie', (_, facts) => {
    expect(due([view, ...facts])).toBeDefined()
  })

  test.each<[string, Ties, boolean]>([
    ['asked for', { ...noTies, handoffs: [{ answer: { state: 'requested' } }] }, true],
    ['accepted', { ...noTies, handoffs: [{ answer: { state: 'accepted', at: '', by: '' } }] }, true],
    ['expired', { ...noTies, handoffs: [{ answer: { state: 'expired', at: '' } }] }, false],
    [
      'rejected',
      { ...noTies, handoffs: [{ answer: { state: 'rejected', at: '', by: '', reason: '' } }] },
      false,
    ],
    ['lost', { ...noTies, handoffs: [{ answer: { state: 'lost', at: '' } }] }, false],
    ['waiting', { ...noTies, runs: [{ status: { type: 'waiting', until: '' } }] }, true],
    ['held', { ...noTies, runs: [{ status: { type: 'held', due: '', next: 1 } }] }, true],
    ['completed', { ...noTies, runs: [{ status: { type: 'completed', at: '' } }] }, false],
    ['left', { ...noTies, runs: [{ status: { type: 'exited', at: '', because: '' } }] }, false],
  ])('a handoff or a sequence that is %s ties as long as it is open', (_, ties, isTied) => {
    expect(due([view], { ties }) === undefined).toBe(isTied)
  })

  test('our own mail keeps nobody; what becomes of it by their hand does', () => {
    const ours = ['email.sent', 'email.delivered', 'email.bounced'].map((type, index) =>
      fact(type, type, `0${index + 2}-01T12:00`, { email: 'news', sendId: 's' }),
    )
    expect(due([view, ...ours])).toBe('2028-12-31T12:00:00.000Z')
    const clicked = fact('c', 'email.clicked', '06-01T12:00', {
      email: 'news',
      sendId: 's',
      url: 'https://a.example',
    })
    expect(due([view, ...ours, clicked])).toBe('2029-05-31T12:00:00.000Z')
  })

  test('who has done more kinds of things than are kept is heard of by the last of all', () => {
    const many = Array.from({ length: stateLimits.types + 5 }, (_, index) =>
      fact(`f${index}`, `own.kind${index}`, `03-01T12:${String(index % 60).padStart(2, '0')}`),
    )
    const last = fact('last', 'own.latest', '09-01T12:00')
    expect(due([view, ...many, last], { email: '' })).toBe('2026-11-30T12:00:00.000Z')
  })
})

test.each([
  ['the day after it is due, as days begin before it', '2026-05-10T12:00:00.000Z', '2026-05-11'],
  ['tomorrow where it is due', '2026-04-30T00:00:00.000Z', '2026-05-02'],
  ['within 90 days where it is due in years', '2029-01-01T00:00:00.000Z', '2026-07-30'],
  ['in 90 days where it is never due', undefined, '2026-07-30'],
])('somebody is looked at %s', (_, moment, day) => {
  expect(nextReview(moment, '2026-05-01T08:00:00.000Z')).toBe(day)
})
