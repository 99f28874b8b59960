import { describe, expect, test } from 'vitest'
import { fact } from '../support/facts.ts'
import { look, rulesOf, worths } from './hand.ts'

const at = '2026-03-01T12:00:00.000Z'
const rulesFor = (points: string) => rulesOf({ engagement: [{ id: 'order', on: 'order.completed', points }] })
const order = (properties: Parameters<typeof fact>[3]) => fact('o', 'order.completed', at, properties)

describe('points from an expression', () => {
  test.each([
    ['activity.amount / 100', { amount: 1250 }, 1250 / 100],
    ['activity.amount / 100', { amount: 1234.5 }, 1234.5 / 100],
    ['activity.amount / 100', { amount: -50 }, -50 / 100],
    // Money comes as text: no sum of money passes through floating point before this.
    ['double(activity.amount) / 100.0', { amount: '1234.50' }, 1234.5 / 100],
    ['double(activity.amount) / 100', { amount: '1234.50' }, 1234.5 / 100],
    ['double(activity.amount) / 100', { amount: 1234.5 }, 1234.5 / 100],
    ['activity.items.size() * 3', { items: ['a', 'b'] }, 2 * 3],
    ['activity.amount > 500 ? 20 : 5', { amount: 501 }, 20],
    ['activity.amount > 500 ? 20 : 5', { amount: 500 }, 5],
    ['activity.amount', { amount: 1_000_000 }, 1_000_000],
    ['count("order.completed") * 2', {}, 1 * 2],
  ])('%s of %j', (points, properties, expected) => {
    const { explanation } = look([order(properties)], rulesFor(points), at)
    expect(worths(explanation).reduce((sum, one) => sum + one, 0)).toBeCloseTo(Math.max(0, expected), 9)
    expect(explanation.rules[0]?.points).toBeCloseTo(expected, 9)
    expect(explanation.notCounted).toEqual([])
  })

  test.each([
    ['activity.amount / 100', {}, 'activity.amount is missing'],
    ['activity.amount / 100', { amount: '1234.50' }, 'activity.amount is a text, not a number'],
    ['activity.amount', { amount: '1234.50' }, 'activity.amount is a text, not a number'],
    ['activity.amount / 100', { amount: null }, 'activity.amount is empty, not a number'],
    ['activity.amount', { amount: true }, 'activity.amount is true or false, not a number'],
    ['100 / activity.n', { n: 0 }, '100 / activity.n divides by zero'],
    ['activity.n % activity.n', { n: 0 }, 'activity.n % activity.n divides by zero'],
    [
      'double(activity.amount)',
      { amount: 'much' },
      'activity.amount is a text that cannot be read as a number',
    ],
    [
      'double(activity.amount)',
      { amount: 'NaN' },
      'activity.amount is a text that cannot be read as a number',
    ],
    ['activity.a.b', { a: {} }, 'activity.a.b is missing'],
    ['lead.employees * 2', {}, 'lead.employees is missing'],
    ['activity.amount', { amount: 1_000_001 }, 'activity.amount is beyond ±1000000'],
    ['activity.amount', { amount: -1_000_001 }, 'activity.amount is beyond ±1000000'],
    ['activity.n * activity.n', { n: 1e200 }, 'activity.n * activity.n is too large a number'],
    ['double(activity.amount)', { amount: 'Infinity' }, expect.stringContaining('activity.amount')],
  ])('%s of %j awards nothing, and says why', (points, properties, reason) => {
    const { engagement, explanation } = look([order(properties)], rulesFor(points), at)
    expect(engagement).toBe(0)
    expect(explanation.rules).toEqual([])
    expect(explanation.notCounted).toEqual([{ rule: 'order', activityId: 'o', at, reason }])
  })

  test('a cap cuts them like others', () => {
    const rules = rulesOf({
      engagement: [
        {
          id: 'order',
          on: 'order.completed',
          points: 'activity.amount / 100',
          cap: { points: 30, per: 'day' },
        },
      ],
    })
    const facts = [2000, 1500].map((amount, index) => fact(`o${index}`, 'order.completed', at, { amount }))
    expect(worths(look(facts, rules, at).explanation)).toEqual([2000 / 100, 30 - 2000 / 100])
  })

  test('a rule whose condition cannot be judged is told as well, one that is plainly false is not', () => {
    const rules = rulesOf({
      engagement: [{ id: 'read', on: 'page.engaged', where: 'activity.seconds >= 60', points: 2 }],
    })
    const facts = [
      fact('a', 'page.engaged', '03-01T08:00', { seconds: 75 }),
      fact('b', 'page.engaged', '03-01T09:00', { seconds: 59 }),
      fact('c', 'page.engaged', '03-01T10:00', { seconds: '75' }),
    ]
    const { explanation } = look(facts, rules, at)
    expect(worths(explanation)).toEqual([2])
    expect(explanation.notCounted).toEqual([
      {
        rule: 'read',
        activityId: 'c',
        at: '2026-03-01T10:00:00.000Z',
        reason: 'activity.seconds is a text, not a number',
      },
    ])
  })

  test('the latest fifty that were not counted are told', () => {
    const facts = Array.from({ length: 60 }, (_, index) =>
      fact(`o${index}`, 'order.completed', `2026-03-01T12:00:00.${String(index).padStart(3, '0')}Z`),
    )
    const { notCounted } = look(facts, rulesFor('activity.amount'), '2026-03-02T00:00:00.000Z').explanation
    expect(notCounted).toHaveLength(50)
    expect([notCounted[0]?.activityId, notCounted[49]?.activityId]).toEqual(['o10', 'o59'])
  })
})
