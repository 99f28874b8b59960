import { describe, expect, test } from 'vitest'
import type { FitRule } from '../../../domain/model/scoring-rules.ts'
import { gradeScale } from '../../../domain/scoring/awards.ts'
import { fact } from '../support/facts.ts'
import { look, rulesOf } from './hand.ts'

const at = '2026-03-01T12:00:00.000Z'
const seen = fact('a', 'page.viewed', '03-01T08:00')
const profile = (fields: Readonly<Record<string, string | number | null>>) =>
  fact('p', 'profile.updated', '03-01T09:00', { fields })

const size: FitRule = { id: 'size', when: 'lead.employees >= 100', points: 10, unknown: -5 }
const both: FitRule = {
  id: 'both',
  when: 'lead.country == "DE" || lead.role == "buyer"',
  points: 7,
  unknown: 2,
}

describe('a fit rule with points for what is not known', () => {
  test.each([
    ['not known', {}, -5],
    ['known, and it holds', { employees: 100 }, 10],
    ['known, and it does not hold', { employees: 99 }, 0],
    ['known, but of another kind', { employees: 'many' }, 0],
    ['cleared again', { employees: null }, -5],
  ])('%s', (_, fields, fit) => {
    const facts = [seen, profile(fields)]
    expect(look(facts, rulesOf({ fit: [size] }), at).fit).toBe(fit)
  })

  test('one attribute of several that is not known is enough', () => {
    const fitOf = (fields: Readonly<Record<string, string>>) =>
      look([seen, profile(fields)], rulesOf({ fit: [both] }), at).fit
    expect(fitOf({})).toBe(2)
    expect(fitOf({ country: 'DE' })).toBe(2)
    expect(fitOf({ country: 'DE', role: 'student' })).toBe(7)
    expect(fitOf({ country: 'FR', role: 'student' })).toBe(0)
  })

  test('is explained by a row of its own, and a sum below zero by the floor', () => {
    const { score, explanation } = look([seen], rulesOf({ fit: [size] }), at)
    const row = { at: '2026-03-01T08:00:00.000Z', activityId: 'a' }
    expect(score).toBe(0)
    expect(explanation.rules).toEqual([
      { rule: 'size', points: -5, decayedTo: -5, ...row },
      { rule: 'floor', points: 5, decayedTo: 5, ...row },
    ])
  })
})

describe('grades', () => {
  /** Fit and engagement of any height: they come as attribute and property. */
  const gradeOf = (fit: number, engagement: number, grades?: Parameters<typeof rulesOf>[0]['grades']) => {
    const rules = rulesOf({
      fit: [{ id: 'fit', when: 'has(lead.fit)', points: fit }],
      engagement: [{ id: 'do', on: 'page.viewed', points: 'activity.n' }],
      ...(grades ? { grades } : {}),
    })
    const facts = [profile({ fit: 'yes' }), fact('v', 'page.viewed', '03-01T10:00', { n: engagement })]
    return look(facts, rules, at).grade
  }
  const grades = { fit: [30, 20, 10], engagement: [60, 30, 15] } as const

  test.each([
    [30, 60, 'A1'],
    [29.999, 59.999, 'B2'],
    [20, 30, 'B2'],
    [19.999, 29.999, 'C3'],
    [10, 15, 'C3'],
    [9.999, 14.999, 'D4'],
    [-10, -10, 'D4'],
    [30, 0, 'A4'],
    [0, 60, 'D1'],
  ])('fit %d and engagement %d by explicit floors: %s', (fit, engagement, grade) => {
    expect(gradeOf(fit, engagement, grades)).toBe(grade)
  })

  test('floors for one side leave the other as it was', () => {
    // All the fit there is: A. The hottest band begins at 60: half of it is a 2.
    expect(gradeOf(20, 30)).toBe('A2')
    expect(gradeOf(20, 30, { fit: [30, 20, 10] })).toBe('B2')
    expect(gradeOf(20, 30, { engagement: [30, 20, 10] })).toBe('A1')
  })

  test.each([
    [undefined, { fit: [15, 10, 5], engagement: [60, 30, 15] }],
    [{ fit: [9, 6, 3] }, { fit: [9, 6, 3], engagement: [60, 30, 15] }],
  ] as const)('the scale of %j is what grades are given by', (given, scale) => {
    const fit = [{ id: 'f', when: 'has(lead.a)', points: 20 }]
    expect(gradeScale(rulesOf({ fit, ...(given && { grades: given }) }))).toEqual(scale)
  })

  test('there is no scale of fit where nothing gives points for it', () => {
    expect(gradeScale(rulesOf({ fit: [] })).fit).toBeUndefined()
  })

  test('the most possible fit counts points for what is not known where they are higher', () => {
    const rules = rulesOf({ fit: [{ id: 'f', when: 'lead.a == 1', points: 10, unknown: 20 }] })
    expect(look([seen], rules, at).grade).toBe('A4')
    expect(look([profile({ a: 1 })], rules, at).grade).toBe('B4')
  })
})
