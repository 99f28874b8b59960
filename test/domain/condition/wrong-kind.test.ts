import { expect, test } from 'vitest'
import { compileCondition } from '../../../domain/condition/compile-condition.ts'
import { whyUnjudged, wrongKind } from '../../../domain/condition/missing-parts.ts'
import { contextOf } from './given-context.ts'

const given = contextOf(
  {},
  { type: 'page.viewed', properties: { tags: ['vip'], price: '5', path: `/${'a'.repeat(2048)}` } },
)

const conditionOf = (source: string) => {
  const compiled = compileCondition(source, 'activity')
  if (compiled.type === 'fault') throw new Error(compiled.message)
  return compiled.condition
}

const isText = 'activity.price is a text, not a number'

test.each([
  ['activity.tags.exists(t, t == "vip") && !(activity.price > 100)', isText],
  ['!(activity.missing > 1) && !(activity.price > 100)', isText],
  ['!(activity.path.matches("^/b"))', 'activity.path is longer than 2,048 characters'],
  ['!(activity.missing > 100)', undefined],
  ['!(daysSince("quote.requested") < 3)', undefined],
  ['activity.tags.exists(t, t == "vip") || !(activity.price > 100)', undefined],
  ['!(activity.price == "6")', undefined],
  ['activity.price != "6"', undefined],
])('%s is true only because of: %s', (source, reason) => {
  const condition = conditionOf(source)
  expect(condition.test(given)).toBe(true)
  expect(wrongKind(condition, given)).toBe(reason)
})

test('a condition without a negation is never asked', () => {
  expect(conditionOf('activity.price > 100 || has(activity.price)').negates).toBe(false)
  expect(conditionOf('activity.tags.exists(t, !(t == "x"))').negates).toBe(true)
  expect(conditionOf('activity.price != 3').negates).toBe(true)
})

test('a text that is too long for its pattern is told', () => {
  expect(whyUnjudged(conditionOf('activity.path.matches("^/")'), given)).toBe(
    'activity.path is longer than 2,048 characters',
  )
})
