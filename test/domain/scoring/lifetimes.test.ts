import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { ScoringRules } from '../../../domain/model/scoring-rules.ts'
import { fact } from '../support/facts.ts'
import { days } from '../support/make-playbook.ts'
import { look, rulesOf, views, worths } from './hand.ts'

const view = { id: 'view', on: 'page.viewed', points: 8 }
const order = { id: 'order', on: 'order.completed', points: 'activity.amount' }
const orders = (...all: readonly (readonly [at: string, amount: number])[]): readonly Fact[] =>
  all.map(([at, amount], index) => fact(`o${index}`, 'order.completed', at, { amount }))

interface Example {
  readonly name: string
  readonly scoring: Partial<ScoringRules>
  readonly facts: readonly Fact[]
  readonly now: string
  /** What each row of the explanation is worth; their sum is the engagement. */
  readonly worth: readonly number[]
}

const table: readonly Example[] = [
  {
    name: 'half-life across 29 February 2028: 2 days from the 28th lead to 1 March, not to the 2nd',
    scoring: { engagement: [{ ...view, halfLife: days(2) }] },
    facts: views('2028-02-28T12:00:00.000Z'),
    now: '2028-03-01T12:00:00.000Z',
    worth: [8 / 2],
  },
  {
    name: 'half-life across the change to summer time: 7 days are 7 times 24 hours, on the clock an hour later',
    scoring: { engagement: [{ ...view, halfLife: days(7) }] },
    facts: views('2026-03-27T12:00:00.000Z'),
    now: '2026-04-03T12:00:00.000Z',
    worth: [8 / 2],
  },
  {
    name: 'a millisecond before points expire they are worth all that they were',
    scoring: { engagement: [{ ...view, expires: days(30) }] },
    facts: views('2026-03-01T12:00:00.000Z'),
    now: '2026-03-31T11:59:59.999Z',
    worth: [8],
  },
  {
    name: 'exactly as old as they may be they are worth nothing',
    scoring: { engagement: [{ ...view, expires: days(30) }] },
    facts: views('2026-03-01T12:00:00.000Z'),
    now: '2026-03-31T12:00:00.000Z',
    worth: [0],
  },
  {
    name: 'each award expires by itself; 30 days over 29 February end on 30 March',
    scoring: { engagement: [{ ...view, expires: days(30) }] },
    facts: views('2028-02-29T00:00:00.000Z', '2028-03-01T00:00:00.000Z'),
    now: '2028-03-30T00:00:00.000Z',
    worth: [0, 8],
  },
  {
    name: 'a cap beside an expiry: 8 + 4 in 7 days, then the first 8 expire and 8 come again',
    scoring: { engagement: [{ ...view, expires: days(10), cap: { points: 12, per: days(7) } }] },
    facts: views('03-01T00:00', '03-02T00:00', '03-08T00:00'),
    now: '2026-03-11T00:00:00.000Z',
    worth: [0, 4, 8],
  },
  {
    name: 'first: whatever comes later, the first counts, and fades from its own time',
    scoring: { engagement: [{ ...order, first: true, halfLife: days(10) }] },
    facts: orders(['03-01T00:00', 40], ['03-05T00:00', 90], ['03-11T00:00', 10]),
    now: '2026-03-21T00:00:00.000Z',
    worth: [40 / 4],
  },
  {
    name: 'first, expired: it counts for nothing, and so does a second',
    scoring: { engagement: [{ ...view, first: true, expires: days(1) }] },
    facts: views('03-01T00:00', '03-03T00:00'),
    now: '2026-03-03T00:00:00.000Z',
    worth: [0],
  },
  {
    name: 'first, that got only what a shared cap left, has had its turn',
    scoring: {
      cap: { points: 10, per: days(1) },
      engagement: [
        { id: 'demo', on: 'demo.requested', points: 7 },
        { ...view, first: true },
      ],
    },
    facts: [fact('d', 'demo.requested', '03-01T00:00'), ...views('03-01T01:00', '03-05T00:00')],
    now: '2026-03-05T00:00:00.000Z',
    worth: [7, 10 - 7],
  },
  {
    name: 'first, for which a shared cap left nothing, has had its turn as well',
    scoring: {
      cap: { points: 7, per: days(1) },
      engagement: [
        { id: 'demo', on: 'demo.requested', points: 7 },
        { ...view, first: true },
      ],
    },
    facts: [fact('d', 'demo.requested', '03-01T00:00'), ...views('03-01T01:00', '03-05T00:00')],
    now: '2026-03-05T00:00:00.000Z',
    worth: [7],
  },
  {
    name: 'first: one that could not be judged was not the first',
    scoring: { engagement: [{ ...order, first: true }] },
    facts: [fact('x', 'order.completed', '03-01T00:00', { amount: 'forty' }), ...orders(['03-02T00:00', 30])],
    now: '2026-03-02T00:00:00.000Z',
    worth: [30],
  },
  {
    name: 'max, without fading: the greatest award alone',
    scoring: { engagement: [{ ...order, max: true }] },
    facts: orders(['03-01T00:00', 40], ['03-02T00:00', 90], ['03-03T00:00', 60]),
    now: '2026-03-09T00:00:00.000Z',
    worth: [0, 90, 0],
  },
  {
    name: 'max, fading: 100 of ten days ago are worth 50, less than 60 of today',
    scoring: { engagement: [{ ...order, max: true, halfLife: days(10) }] },
    facts: orders(['03-01T00:00', 100], ['03-11T00:00', 60]),
    now: '2026-03-11T00:00:00.000Z',
    worth: [0, 60],
  },
  {
    name: 'max, fading: 100 of ten days ago are worth 50, more than 40 of today, and both fade alike',
    scoring: { engagement: [{ ...order, max: true, halfLife: days(10) }] },
    facts: orders(['03-01T00:00', 100], ['03-11T00:00', 40]),
    now: '2026-03-21T00:00:00.000Z',
    worth: [100 / 4, 0],
  },
  {
    name: 'max, expiring: when the greatest is gone the greatest of the others counts again',
    scoring: { engagement: [{ ...order, max: true, expires: days(10) }] },
    facts: orders(['03-01T00:00', 100], ['03-03T00:00', 20], ['03-05T00:00', 70], ['03-06T00:00', 30]),
    now: '2026-03-11T00:00:00.000Z',
    worth: [0, 0, 70, 0],
  },
  {
    name: 'max, expiring: and then the last',
    scoring: { engagement: [{ ...order, max: true, expires: days(10) }] },
    facts: orders(['03-01T00:00', 100], ['03-03T00:00', 20], ['03-05T00:00', 70], ['03-06T00:00', 30]),
    now: '2026-03-15T00:00:00.000Z',
    worth: [0, 0, 0, 30],
  },
  {
    name: 'max of negative points: the one farthest from zero',
    scoring: {
      engagement: [
        { ...order, max: true },
        { id: 'demo', on: 'demo.requested', points: 50 },
      ],
    },
    facts: [
      fact('d', 'demo.requested', '03-01T00:00'),
      ...orders(['03-02T00:00', -10], ['03-03T00:00', -25], ['03-04T00:00', -5]),
    ],
    now: '2026-03-09T00:00:00.000Z',
    worth: [50, 0, -25, 0],
  },
  {
    name: 'max of a group: a page about prices is not also a page',
    scoring: {
      groups: { web: { max: true } },
      engagement: [
        { ...view, points: 1, group: 'web' },
        { ...view, id: 'prices', where: 'activity.path == "/pricing"', points: 5, group: 'web' },
        { ...view, id: 'any', points: 2 },
      ],
    },
    facts: [
      fact('a', 'page.viewed', '03-01T00:00', { path: '/' }),
      fact('b', 'page.viewed', '03-02T00:00', { path: '/pricing' }),
    ],
    now: '2026-03-02T00:00:00.000Z',
    worth: [1, 2, 5, 2],
  },
  {
    name: 'max of a group: a rule whose own cap is spent leaves the turn to another',
    scoring: {
      groups: { web: { max: true } },
      engagement: [
        { ...view, points: 1, group: 'web' },
        { ...view, id: 'prices', points: 5, group: 'web', cap: { points: 5, per: days(7) } },
      ],
    },
    facts: views('03-01T00:00', '03-02T00:00'),
    now: '2026-03-02T00:00:00.000Z',
    worth: [5, 1],
  },
]

describe('how long points count, and which', () => {
  test.each(table)('$name', ({ scoring, facts, now, worth }) => {
    const { explanation, engagement } = look(facts, rulesOf(scoring), now)
    const rows = worths(explanation)
    expect(rows).toHaveLength(worth.length)
    for (const [index, expected] of worth.entries()) expect(rows[index]).toBeCloseTo(expected, 9)
    expect(engagement).toBeCloseTo(
      worth.reduce((sum, one) => sum + one, 0),
      9,
    )
  })

  test('of awards worth the same the latest counts, and of rules of a group that give the same the first', () => {
    const best = rulesOf({ engagement: [{ ...view, max: true, expires: days(9) }] })
    const moments = views('03-01T00:00', '03-02T00:00', '03-02T00:00')
    expect(worths(look(moments, best, '2026-03-03T00:00:00.000Z').explanation)).toEqual([0, 0, 8])
    expect(foldLead(moments, best)?.engagement.view?.awards).toHaveLength(1)
    const group = rulesOf({
      groups: { web: { max: true } },
      engagement: [
        { ...view, group: 'web' },
        { ...view, id: 'again', group: 'web' },
      ],
    })
    const rows = look(views('03-01T00:00'), group, '2026-03-01T00:00:00.000Z').explanation.rules
    expect(rows.map(({ rule }) => rule)).toEqual(['view'])
  })

  test('of more than a thousand awards that live the latest thousand count', () => {
    const rules = rulesOf({ engagement: [{ ...view, points: 1, expires: days(30) }] })
    const begin = Date.parse('2026-03-01T00:00:00.000Z')
    const facts = Array.from({ length: 1010 }, (_, index) =>
      fact(`v${String(index).padStart(4, '0')}`, 'page.viewed', new Date(begin + index * 1000).toISOString()),
    )
    const { explanation, engagement } = look(facts, rules, '2026-03-02T00:00:00.000Z')
    expect(engagement).toBe(1000)
    expect(foldLead(facts, rules)?.engagement.view?.awards).toHaveLength(1000)
    expect(worths(explanation).slice(8, 12)).toEqual([0, 0, 1, 1])
  })
})
