import { describe, expect, test } from 'vitest'
import { explain } from '../../../domain/lead/explain.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { scoreAt } from '../../../domain/lead/lead-view.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { EngagementRule } from '../../../domain/model/scoring-rules.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, stored } from '../support/facts.ts'
import { days, makePlaybook, scoring } from '../support/make-playbook.ts'

const rulesWith = (...engagement: readonly EngagementRule[]) =>
  compileRules(makePlaybook({ scoring: { ...scoring, engagement } }))

const demo = { id: 'demo', on: 'demo.requested', points: 30, halfLife: days(30) }
const view = { id: 'view', on: 'page.viewed', points: 5, cap: { points: 15, per: days(7) } }
const fadingView = {
  id: 'fading',
  on: 'page.viewed',
  points: 8,
  halfLife: days(7),
  cap: { points: 12, per: days(7) },
}
const views = (...moments: readonly string[]): readonly Fact[] =>
  moments.map((at, index) => fact(`v${index}`, 'page.viewed', at))

/** Each worked out by hand from CONTRACT section 7, "Score arithmetic". */
const table: readonly {
  readonly name: string
  readonly rules: readonly EngagementRule[]
  readonly facts: readonly Fact[]
  readonly now: string
  readonly engagement: number
}[] = [
  {
    name: 'whole points at the moment of the activity',
    rules: [demo],
    facts: [fact('d', 'demo.requested', '03-01T12:00')],
    now: '2026-03-01T12:00:00.000Z',
    engagement: 30,
  },
  {
    name: 'half of them after one half-life to the millisecond',
    rules: [demo],
    facts: [fact('d', 'demo.requested', '03-01T12:00')],
    now: '2026-03-31T12:00:00.000Z',
    engagement: 15,
  },
  {
    name: 'an eighth after three',
    rules: [demo],
    facts: [fact('d', 'demo.requested', '03-01T12:00')],
    now: '2026-05-30T12:00:00.000Z',
    engagement: 3.75,
  },
  {
    name: 'two awards fade each from its own moment: 30 × 2^-1 + 30 × 2^-0.5',
    rules: [demo],
    facts: [fact('d', 'demo.requested', '03-01T12:00'), fact('e', 'demo.requested', '03-16T12:00')],
    now: '2026-03-31T12:00:00.000Z',
    engagement: 15 + 30 * Math.SQRT1_2,
  },
  {
    name: 'a moment before the last activity counts as that of the last activity',
    rules: [demo],
    facts: [fact('d', 'demo.requested', '03-01T12:00')],
    now: '2026-01-01T00:00:00.000Z',
    engagement: 30,
  },
  {
    name: 'without a half-life points stay',
    rules: [{ id: 'order', on: 'order.completed', points: 20 }],
    facts: [fact('o', 'order.completed', '2016-05-01T00:00:00.000Z')],
    now: '2026-05-01T00:00:00.000Z',
    engagement: 20,
  },
  {
    name: 'a cap lets three of four through in one minute',
    rules: [view],
    facts: views('03-01T12:00', '03-01T12:00', '03-01T12:00', '03-01T12:00'),
    now: '2026-03-01T12:00:00.000Z',
    engagement: 15,
  },
  {
    name: 'one millisecond short of 7 days is inside the window',
    rules: [view],
    facts: views('03-01T12:00', '03-01T12:00', '03-01T12:00', '2026-03-08T11:59:59.999Z'),
    now: '2026-03-08T12:00:00.000Z',
    engagement: 15,
  },
  {
    name: 'exactly 7 days earlier is outside',
    rules: [view],
    facts: views('03-01T12:00', '03-01T12:00', '03-01T12:00', '03-08T12:00'),
    now: '2026-03-08T12:00:00.000Z',
    engagement: 20,
  },
  {
    name: 'the window slides: what fell out makes room, what is left does not',
    rules: [view],
    facts: views('03-01T12:00', '03-03T12:00', '03-05T12:00', '03-06T12:00', '03-08T12:00', '03-09T12:00'),
    now: '2026-03-09T12:00:00.000Z',
    engagement: 20,
  },
  {
    name: 'what an activity over the cap did not get does not count against later ones',
    rules: [{ ...view, cap: { points: 5, per: days(7) } }],
    facts: views('03-01T12:00', '03-07T12:00', '03-08T12:00'),
    now: '2026-03-08T12:00:00.000Z',
    engagement: 10,
  },
  {
    name: 'the last award is cut to what is left: 8 + 4, both half after 7 days',
    rules: [fadingView],
    facts: views('03-01T12:00', '03-01T12:00', '03-01T12:00'),
    now: '2026-03-08T12:00:00.000Z',
    engagement: 6,
  },
  {
    name: 'caps are measured in points as awarded, not as faded',
    rules: [fadingView],
    facts: views('03-01T12:00', '03-05T12:00', '03-08T11:00'),
    now: '2026-03-08T12:00:00.000Z',
    engagement: 8 * 0.5 + 4 * 2 ** (-3 / 7),
  },
  {
    name: 'several caps at once: each rule keeps its own window',
    rules: [view, { ...view, id: 'daily', points: 2, cap: { points: 3, per: days(1) } }],
    facts: views('03-01T12:00', '03-01T13:00', '03-02T12:00', '03-02T13:00'),
    now: '2026-03-02T13:00:00.000Z',
    engagement: 15 + (2 + 1 + 2 + 1),
  },
  {
    name: '7 days across 29 February are 7 times 24 hours',
    rules: [view],
    facts: views(
      ...Array(3).fill('2028-02-25T12:00:00.000Z'),
      '2028-03-03T11:59:59.999Z',
      '2028-03-03T12:00:00.000Z',
    ),
    now: '2028-03-03T12:00:00.000Z',
    engagement: 20,
  },
  {
    name: '7 days across the change to summer time are 7 times 24 hours',
    rules: [view],
    facts: views(
      ...Array(3).fill('2026-03-27T12:00:00.000Z'),
      '2026-04-03T11:00:00.000Z',
      '2026-04-03T12:00:00.000Z',
    ),
    now: '2026-04-03T12:00:00.000Z',
    engagement: 20,
  },
  {
    name: 'half a point of a point: decimals are kept',
    rules: [{ id: 'half', on: 'page.viewed', points: 0.5, cap: { points: 1.25, per: days(1) } }],
    facts: views('03-01T12:00', '03-01T12:00', '03-01T12:00', '03-01T12:00'),
    now: '2026-03-01T12:00:00.000Z',
    engagement: 1.25,
  },
  {
    name: 'negative points under a cap stop at the cap',
    rules: [{ id: 'minus', on: 'page.viewed', points: -5, cap: { points: 8, per: days(1) } }],
    facts: views('03-01T12:00', '03-01T12:00', '03-01T12:00'),
    now: '2026-03-01T12:00:00.000Z',
    engagement: -8,
  },
]

describe('score arithmetic', () => {
  test.each(table)('$name', ({ rules: engagement, facts, now, engagement: expected }) => {
    const rules = rulesWith(...engagement)
    const result = scoreAt({ state: stored(foldLead(facts, rules)) }, rules, now)
    expect(result.engagement).toBeCloseTo(expected, 9)
    expect(result.score).toBeCloseTo(Math.max(0, expected), 9)
    const sum = explain(facts, rules, now).rules.reduce((total, { decayedTo }) => total + decayedTo, 0)
    expect(sum).toBeCloseTo(result.score, 9)
  })

  test('fit is the sum of the rules that hold now; what is not known holds no rule', () => {
    const rules = compileRules(makePlaybook())
    const profile = (fields: Readonly<Record<string, string | number>>) =>
      fact('p', 'profile.updated', '03-01T12:00', { fields })
    const fitOf = (fields: Readonly<Record<string, string | number>>): number =>
      scoreAt({ state: stored(foldLead([profile(fields)], rules)) }, rules, '2026-03-01T12:00:00.000Z').fit
    expect(fitOf({})).toBe(0)
    expect(fitOf({ country: 'AT' })).toBe(10)
    expect(fitOf({ country: 'AT', employees: 100 })).toBe(20)
    expect(fitOf({ country: 'FR', employees: 99.5 })).toBe(0)
    expect(fitOf({ country: 'DE', employees: 'a hundred' })).toBe(10)
    expect(fitOf({ country: 'DE', employees: 500, role: 'student' })).toBe(-20)
  })

  test('a negative sum is a score of zero, explained by a row that says so', () => {
    const rules = compileRules(makePlaybook())
    const log = [
      fact('p', 'profile.updated', '03-01T12:00', { fields: { role: 'student' } }),
      fact('n', 'newsletter.subscribed', '03-02T12:00'),
    ]
    expect(explain(log, rules, '2026-03-02T12:00:00.000Z')).toEqual({
      score: 0,
      rules: [
        { rule: 'student', points: -40, at: '2026-03-01T12:00:00.000Z', activityId: 'p', decayedTo: -40 },
        { rule: 'signup', points: 10, at: '2026-03-02T12:00:00.000Z', activityId: 'n', decayedTo: 10 },
        { rule: 'floor', points: 30, at: '2026-03-02T12:00:00.000Z', activityId: 'n', decayedTo: 30 },
      ],
      notCounted: [],
      stage: {
        id: 'interest',
        reachedAt: '2026-03-02T12:00:00.000Z',
        because: { activityId: 'n', condition: 'did("newsletter.subscribed") || score >= 15' },
      },
    })
  })

  test('the band is the highest whose floor is reached, the grade a letter for fit and a digit for engagement', () => {
    const rules = compileRules(makePlaybook())
    const at = '2026-03-01T12:00:00.000Z'
    const profile = fact('p', 'profile.updated', at, { fields: { country: 'DE', employees: 100 } })
    const demoed = [profile, fact('d', 'demo.requested', at)]
    const both = [...demoed, fact('e', 'demo.requested', at)]
    const look = (facts: readonly Fact[], now = at) => {
      const { band, grade } = scoreAt({ state: stored(foldLead(facts, rules)) }, rules, now)
      return `${band} ${grade}`
    }
    expect(look([profile])).toBe('cold A4')
    expect(look(demoed)).toBe('warm A2')
    expect(look(both)).toBe('hot A1')
    expect(look(both, '2026-03-31T12:00:00.000Z')).toBe('warm A2')
    expect(look(both, '2026-04-30T12:00:00.000Z')).toBe('warm A3')
    expect(look(both, '2026-05-30T12:00:00.000Z')).toBe('cold A4')
    expect(look([fact('d', 'demo.requested', at)])).toBe('warm D2')
  })
})
