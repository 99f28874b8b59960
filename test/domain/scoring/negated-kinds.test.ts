import { expect, test } from 'vitest'
import { fact } from '../support/facts.ts'
import { look, rulesOf } from './hand.ts'

const at = '2026-03-01T12:00:00.000Z'
const where = 'activity.tags.exists(t, t == "vip") && !(activity.price > 100)'
const rules = rulesOf({ engagement: [{ id: 'cheap', on: 'page.viewed', where, points: 5 }] })
const viewed = (price: Parameters<typeof fact>[3]) =>
  look([fact('v', 'page.viewed', at, { tags: ['vip'], ...price })], rules, at)

test('a negated part of the wrong kind does not match, and the explanation says why', () => {
  const { engagement, explanation } = viewed({ price: '5' })
  expect(engagement).toBe(0)
  expect(explanation.notCounted).toEqual([
    { rule: 'cheap', activityId: 'v', at, reason: 'activity.price is a text, not a number' },
  ])
})

test('one that is false, or asks for what is missing, matches', () => {
  expect(
    [viewed({ price: 5 }), viewed({}), viewed({ price: 101 })].map(({ engagement }) => engagement),
  ).toEqual([5, 5, 0])
})
