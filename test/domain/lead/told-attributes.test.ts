import { expect, test } from 'vitest'
import { checkBuiltIn } from '../../../domain/activity/parse-activity.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const attributeOf = (name: string, ...facts: readonly Fact[]) =>
  foldLead(facts, rules)?.attributes[name]?.value

const won = fact('won', 'deal.won', '01-05T09:00', { renewsAt: '2026-12-31' })
const order = fact('order', 'order.completed', '02-05T09:00', { renewsAt: '2027-01-31T00:00:00+01:00' })
const profile = fact('p', 'profile.updated', '01-20T09:00', { fields: { renewsAt: '2027-06-30' } })

test('the day on which the contract renews comes with a win or an order; the latest word counts', () => {
  expect(attributeOf('renewsAt', won)).toBe('2026-12-31')
  expect(attributeOf('renewsAt', won, profile)).toBe('2027-06-30')
  expect(attributeOf('renewsAt', profile, won)).toBe('2027-06-30')
  expect(attributeOf('renewsAt', order, won, profile)).toBe('2027-01-31T00:00:00+01:00')
})

test.each([null, '', 'soon'])('a win that says %j leaves what is known', (renewsAt) => {
  const silent = fact('w2', 'deal.won', '03-05T09:00', { renewsAt })
  expect(attributeOf('renewsAt', won, silent)).toBe('2026-12-31')
})

test('what a customer gave last is known, and no other rating', () => {
  const rated = (id: string, at: string, rating: number | string) =>
    fact(id, 'customer.rated', at, { rating })
  expect(attributeOf('rating', rated('a', '01-05T09:00', 2), rated('b', '01-06T09:00', 4))).toBe(4)
  expect(attributeOf('rating', rated('a', '01-05T09:00', 'good'))).toBeUndefined()
  expect(attributeOf('rating', fact('o', 'offer.rated', '01-05T09:00', { rating: 1 }))).toBeUndefined()
})

test.each([
  ['deal.won', '2026-12-31', 0],
  ['order.completed', '2026-12-31T00:00:00Z', 0],
  ['deal.won', null, 0],
  ['deal.won', '31.12.2026', 1],
  ['order.completed', 20_261_231, 1],
])('%s with renewsAt %j has %i mistakes', (type, renewsAt, count) => {
  expect(checkBuiltIn(type, { renewsAt })).toHaveLength(count)
})
