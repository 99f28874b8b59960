import fc from 'fast-check'
import type {
  Cap,
  Caps,
  EngagementRule,
  FitRule,
  GradeFloors,
  ScoringGroup,
  ScoringRules,
} from '../../../domain/model/scoring-rules.ts'
import { days, scoring } from './make-playbook.ts'

/** What rules count, and what logs hold. */
export const types = ['page.viewed', 'demo.requested', 'quote.requested', 'custom.thing'] as const

const hour = 3_600_000

const fitRule: fc.Arbitrary<Omit<FitRule, 'id'>> = fc.record(
  {
    when: fc.constantFrom(
      'lead.country == "DE"',
      'lead.employees > 50',
      '!(lead.role == "student")',
      'did("quote.requested", "2d")',
      'has(lead.country) && lead.country != "DE"',
    ),
    points: fc.integer({ min: -30, max: 30 }),
    unknown: fc.integer({ min: -30, max: 30 }),
  },
  { requiredKeys: ['when', 'points'] },
)

/** Whole hours among them, so that windows end at the very moment of an activity. */
const duration = (most: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 1, max: most / hour }).map((hours) => hours * hour),
    fc.integer({ min: hour, max: most }),
  )

const cap: fc.Arbitrary<Cap> = fc.record({
  points: fc.integer({ min: 1, max: 60 }),
  per: fc.oneof(duration(days(10)), fc.constant('day' as const)),
})

const caps: fc.Arbitrary<Caps> = fc.oneof(cap, fc.array(cap, { minLength: 1, maxLength: 3 }))

/** How long points last, and how often they count: what goes together. */
const counting: fc.Arbitrary<Partial<EngagementRule>> = fc
  .tuple(
    fc.oneof(
      fc.constant({}),
      fc.record({ halfLife: duration(days(60)) }),
      fc.record({ expires: duration(days(12)) }),
    ),
    fc.oneof(
      fc.constant({}),
      fc.record({ cap: caps }),
      fc.constantFrom({ first: true }, { max: true }, { first: false, max: false }),
    ),
  )
  .map(([lasting, often]) => ({ ...lasting, ...often }))

const engagementRule: fc.Arbitrary<Omit<EngagementRule, 'id'>> = fc
  .tuple(
    fc.record(
      {
        on: fc.constantFrom(...types),
        points: fc.oneof(
          fc.integer({ min: 5, max: 40 }),
          fc.double({ min: -15, max: 20, noNaN: true }),
          fc.constantFrom('activity.n * 7', '10 / activity.n', 'activity.n - 2', 'activity.path'),
        ),
        where: fc.constantFrom('activity.path == "/a"', 'activity.n >= 2', 'count("page.viewed", "1d") < 3'),
        group: fc.constantFrom('web', 'sales'),
      },
      { requiredKeys: ['on', 'points'] },
    ),
    counting,
  )
  .map(([rule, more]) => ({ ...rule, ...more }))

const group: fc.Arbitrary<ScoringGroup> = fc.record({ cap: caps, max: fc.boolean() }, { requiredKeys: [] })

const floors: fc.Arbitrary<GradeFloors> = fc.record(
  {
    fit: fc.constant([15, 5, -5] as const),
    engagement: fc.constant([40, 20, 5] as const),
  },
  { requiredKeys: [] },
)

const numbered = <Rule>(prefix: string, rules: readonly Rule[]): (Rule & { readonly id: string })[] =>
  rules.map((rule, index) => ({ id: `${prefix}-${index}`, ...rule }))

/** Rules of any kind that the check lets pass: fading or expiring or neither, capped alone and together, negative ones among them. */
export const anyScoring: fc.Arbitrary<ScoringRules> = fc
  .record(
    {
      fit: fc.array(fitRule, { maxLength: 4 }),
      engagement: fc.array(engagementRule, { maxLength: 6 }),
      groups: fc.record({ web: group, sales: group }),
      cap: caps,
      grades: floors,
    },
    { requiredKeys: ['fit', 'engagement', 'groups'] },
  )
  .map(({ fit, engagement, ...rest }) => ({
    ...rest,
    bands: scoring.bands,
    fit: numbered('fit', fit),
    engagement: numbered('rule', engagement),
  }))
