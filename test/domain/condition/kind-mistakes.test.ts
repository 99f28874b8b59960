import { expect, test } from 'vitest'
import { compileCondition } from '../../../domain/condition/compile-condition.ts'
import { type Known, kindMistakes } from '../../../domain/condition/kinds.ts'
import { valueless } from '../../../domain/condition/missing-parts.ts'

const values = {
  lead: new Map<string, Known>([
    ['employees', { kind: 'number' }],
    ['country', { kind: 'text' }],
    ['vip', { kind: 'flag' }],
  ]),
  activity: new Map<string, Known>([
    ['rating', { kind: 'number', least: 1, most: 5 }],
    ['amount', { least: 0 }],
    ['needs', { kind: 'list' }],
  ]),
}

/** @param marked `«` stands before each offending operand. */
const mistakesIn = (marked: string) => {
  const offsets = [...marked.matchAll(/«/g)].map(({ index }, nth) => index - nth)
  const source = marked.replaceAll('«', '')
  expect(compileCondition(source, 'activity').type).toBe('condition')
  return { offsets, mistakes: kindMistakes(source, values) }
}

test.each([
  ['lead.employees > «"100"', ['lead.employees is a number; "100" is a text']],
  ['«"100" < lead.employees', ['lead.employees is a number; "100" is a text']],
  ['lead["country"] != «5', ['lead["country"] is a text; 5 is a number']],
  ['lead.country in ["DE", «5]', ['lead.country is a text; 5 is a number']],
  ['lead.employees == «lead.country', ['lead.employees is a number; lead.country is a text']],
  ['lead.vip == «"yes"', ['lead.vip is true or false; "yes" is a text']],
  ['«lead.employees.startsWith("1")', ['lead.employees is a number, not a text']],
  ['lead.x.startsWith(«lead.employees)', ['lead.employees is a number, not a text']],
  ['size(«lead.employees) > 1', ['lead.employees is a number, not a text or a list or an object']],
  ['«lead.country * 2 > 3', ['lead.country is a text, not a number']],
  ['"x" in «lead.country', ['lead.country is a text, not a list']],
  ['«lead.country.exists(c, c == "x")', ['lead.country is a text, not a list']],
  ['«lead.country.city == "x"', ['lead.country is a text, not an object']],
  [
    'lead.x.exists(t, t == lead.employees && lead.employees > «"1")',
    ['lead.employees is a number; "1" is a text'],
  ],
  ['activity.rating > «5', ['activity.rating is a number from 1 to 5: this is never true']],
  ['«0 == activity.rating', ['activity.rating is a number from 1 to 5: this is never true']],
  ['activity.rating < «-1', ['activity.rating is a number from 1 to 5: this is never true']],
  ['activity.amount < «0', ['activity.amount is 0 or more: this is never true']],
])('%s', (marked, messages) => {
  const { offsets, mistakes } = mistakesIn(marked)
  expect(mistakes.map(({ message }) => message)).toEqual(messages)
  expect(mistakes.map(({ offset }) => offset)).toEqual(offsets)
})

test.each([
  'lead.custom > "100" && lead.custom == 5',
  'lead.employees > 100 && lead.employees / 2 >= 1.5 && double(lead.country) > 1',
  'lead.x.exists(lead, lead.country == 5)',
  'activity.rating >= 5 && activity.rating <= 1 && activity.rating != 7',
  'activity.amount == "5" || activity.amount > 5',
  '"a" in activity.needs && activity.needs.exists(n, n == 5) && activity.needs.size() > 2',
  'lead.country == null || has(lead.employees) || lead["country"].size() == 2',
  'timestamp(lead.country) - timestamp("2026-01-01T00:00:00Z") > duration("1h")',
])('nothing is wrong with %s', (source) => {
  expect(mistakesIn(source).mistakes).toEqual([])
})

test.each([
  ['5 / 0', '5 / 0 divides by zero', 4],
  ['activity.a / (1 - 1)', 'activity.a / (1 - 1) divides by zero', 14],
  ['int("x")', '"x" is a text that cannot be read as a whole number', 0],
])('%s never has a value', (source, message, offset) => {
  expect(valueless(source)).toEqual([{ message, offset }])
})

test('what some lead or activity could fill has a value', () => {
  expect(valueless('activity.a / activity.b + 6 / 2 + lead.x.map(x, x / 1).size()')).toEqual([])
})
