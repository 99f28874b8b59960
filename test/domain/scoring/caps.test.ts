import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { ScoringRules } from '../../../domain/model/scoring-rules.ts'
import { fact } from '../support/facts.ts'
import { days } from '../support/make-playbook.ts'
import { look, rulesOf, views } from './hand.ts'

const hours = (count: number): number => count * 3_600_000
const view = { id: 'view', on: 'page.viewed', points: 5 }

interface Example {
  readonly name: string
  readonly scoring: Partial<ScoringRules>
  readonly timeZone?: string
  readonly facts: readonly Fact[]
  readonly engagement: number
}

const daily = { ...view, cap: { points: 10, per: 'day' as const } }

/** All in UTC; the sums are what each activity is awarded, in order. */
const table: readonly Example[] = [
  {
    name: 'a day begins at midnight where the company is: 22:59:59.999Z is still 1 March in Berlin',
    scoring: { engagement: [daily] },
    facts: views('03-01T08:00', '03-01T09:00', '2026-03-01T22:59:59.999Z', '2026-03-01T23:00:00.000Z'),
    engagement: 5 + 5 + 0 + 5,
  },
  {
    name: 'summer time begins on 29 March 2026 in Berlin: the day lasts 23 hours, from 23:00Z until 22:00Z',
    scoring: { engagement: [daily] },
    facts: views(
      '2026-03-28T22:59:59.999Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T21:59:59.999Z',
      '2026-03-29T22:00:00.000Z',
    ),
    engagement: 5 + (5 + 5 + 0) + 5,
  },
  {
    name: 'summer time ends on 25 October 2026 in Berlin: the day lasts 25 hours, from 22:00Z until 23:00Z',
    scoring: { engagement: [daily] },
    facts: views(
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T22:00:00.000Z',
      '2026-10-25T22:59:59.999Z',
      '2026-10-25T23:00:00.000Z',
    ),
    engagement: 5 + 5 + 0 + 0 + 5,
  },
  {
    name: 'summer time begins on 8 March 2026 in New York: from 05:00Z until 04:00Z',
    scoring: { engagement: [daily] },
    timeZone: 'America/New_York',
    facts: views(
      '2026-03-08T04:59:59.999Z',
      '2026-03-08T05:00:00.000Z',
      '2026-03-08T12:00:00.000Z',
      '2026-03-09T03:59:59.999Z',
      '2026-03-09T04:00:00.000Z',
    ),
    engagement: 5 + (5 + 5 + 0) + 5,
  },
  {
    name: 'summer time ends on 1 November 2026 in New York: from 04:00Z until 05:00Z, 25 hours',
    scoring: { engagement: [daily] },
    timeZone: 'America/New_York',
    facts: views(
      '2026-11-01T04:00:00.000Z',
      '2026-11-01T05:30:00.000Z',
      '2026-11-02T04:59:59.999Z',
      '2026-11-02T05:00:00.000Z',
    ),
    engagement: 5 + 5 + 0 + 5,
  },
  {
    name: '24 hours are not a day: a window of 24h reaches over midnight',
    scoring: { engagement: [{ ...view, cap: { points: 10, per: hours(24) } }] },
    facts: views('03-01T21:00', '03-01T22:00', '03-01T23:30', '03-02T21:00'),
    engagement: 5 + 5 + 0 + 5,
  },
  {
    name: 'of several caps at once the tightest counts: 10 in a day, 15 in any 7 days',
    scoring: {
      engagement: [
        {
          ...view,
          cap: [
            { points: 10, per: 'day' },
            { points: 15, per: days(7) },
          ],
        },
      ],
    },
    facts: views('03-01T08:00', '03-01T09:00', '03-01T10:00', '03-02T08:00', '03-03T08:00', '03-08T08:00'),
    // Exactly 7 days after the first view its 5 points are outside, and the day is a new one.
    engagement: 5 + 5 + 0 + 5 + 0 + 5,
  },
  {
    name: 'a cap of the longer time still knows what the shorter one has forgotten',
    scoring: {
      engagement: [
        {
          ...view,
          cap: [
            { points: 12, per: hours(10) },
            { points: 5, per: hours(1) },
          ],
        },
      ],
    },
    facts: views('03-01T08:00', '03-01T08:59', '03-01T09:00', '03-01T10:00', '03-01T11:00', '03-01T18:00'),
    engagement: 5 + 0 + 5 + (12 - 10) + 0 + 5,
  },
  {
    name: 'positive and negative awards of one rule are counted apart',
    scoring: {
      engagement: [{ ...view, points: 'activity.n', cap: { points: 10, per: days(7) } }],
    },
    facts: [8, -7, 8, -7].map((n, index) => fact(`v${index}`, 'page.viewed', `03-01T0${index}:00`, { n })),
    engagement: 8 - 7 + (10 - 8) - (10 - 7),
  },
  {
    name: 'a group shares its cap among rules of several types, in the order of the log',
    scoring: {
      groups: { web: { cap: { points: 12, per: days(1) } } },
      engagement: [
        { ...view, group: 'web' },
        { id: 'read', on: 'content.viewed', points: 4, group: 'web' },
        { id: 'demo', on: 'demo.requested', points: 30 },
      ],
    },
    facts: [
      fact('a', 'page.viewed', '03-01T08:00'),
      fact('b', 'content.viewed', '03-01T09:00'),
      fact('c', 'page.viewed', '03-01T10:00'),
      fact('d', 'content.viewed', '03-01T11:00'),
      fact('e', 'demo.requested', '03-01T12:00'),
      fact('f', 'content.viewed', '03-02T08:00'),
    ],
    // The sixth comes exactly one day after the first, so that 5 of the 12 are free again.
    engagement: 5 + 4 + (12 - 5 - 4) + 0 + 30 + 4,
  },
  {
    name: 'an award is the least that any of its caps leaves: rule, group and total',
    scoring: {
      cap: { points: 20, per: days(1) },
      groups: { web: { cap: { points: 14, per: days(1) } } },
      engagement: [
        { ...view, group: 'web', cap: { points: 8, per: days(1) } },
        { id: 'read', on: 'content.viewed', points: 9, group: 'web' },
        { id: 'demo', on: 'demo.requested', points: 30 },
      ],
    },
    facts: [
      fact('a', 'page.viewed', '03-01T08:00'),
      fact('b', 'page.viewed', '03-01T09:00'),
      fact('c', 'content.viewed', '03-01T10:00'),
      fact('d', 'demo.requested', '03-01T11:00'),
      fact('e', 'demo.requested', '03-01T12:00'),
    ],
    engagement: 5 + (8 - 5) + (14 - 8) + (20 - 14) + 0,
  },
  {
    name: 'what the total cap takes away does not count against the cap of the rule',
    scoring: {
      cap: { points: 6, per: days(1) },
      engagement: [{ ...view, cap: { points: 12, per: days(7) } }],
    },
    facts: views('03-01T08:00', '03-01T09:00', '03-02T08:00', '03-02T09:00', '03-03T08:00'),
    // 03-02T08:00 is a day after the first: 1 point of the second still counts, 5 are free. Then 6 + 5 of 12 are spent.
    engagement: 5 + (6 - 5) + 5 + (6 - 5) + (12 - 5 - 1 - 5 - 1),
  },
  {
    name: 'two rules that match one activity take from their shared cap in the order of the file',
    scoring: {
      cap: { points: 7, per: 'day' },
      engagement: [view, { ...view, id: 'again', points: 4 }],
    },
    facts: views('03-01T08:00'),
    engagement: 5 + (7 - 5),
  },
]

describe('caps', () => {
  test.each(table)('$name', ({ scoring, timeZone, facts, engagement }) => {
    const rules = rulesOf(scoring, timeZone)
    expect(look(facts, rules, facts.at(-1)?.occurredAt ?? '').engagement).toBeCloseTo(engagement, 9)
  })

  test('a window of more than a thousand awards is kept short, and never lets more through', () => {
    const capped = { ...view, points: 0.01, cap: { points: 20, per: days(1) } }
    const rules = rulesOf({ engagement: [capped] })
    const begin = Date.parse('2026-03-01T00:00:00.000Z')
    const facts = Array.from({ length: 2500 }, (_, index) =>
      fact(`v${String(index).padStart(4, '0')}`, 'page.viewed', new Date(begin + index * 1000).toISOString()),
    )
    expect(look(facts, rules, '2026-03-01T00:50:00.000Z').engagement).toBeCloseTo(20, 9)
    expect(foldLead(facts, rules)?.engagement.view?.window).toHaveLength(1000)
  })
})
