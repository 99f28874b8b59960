import fc from 'fast-check'
import type { Fact } from '../../../domain/activity/activity.ts'
import type { Playbook } from '../../../domain/playbook/playbook.ts'
import { compileRules, type Rules } from '../../../domain/playbook/rules.ts'
import type { EngagementRule, FitRule } from '../../../domain/scoring/scoring-rules.ts'
import { days, funnel, makePlaybook, scoring } from './make-playbook.ts'

const types = ['page.viewed', 'demo.requested', 'quote.requested', 'custom.thing'] as const
const hour = 3_600_000

const fitRule: fc.Arbitrary<Omit<FitRule, 'id'>> = fc.record({
  when: fc.constantFrom(
    'lead.country == "DE"',
    'lead.employees > 50',
    '!(lead.role == "student")',
    'did("quote.requested", "2d")',
    'has(lead.country) && lead.country != "DE"',
  ),
  points: fc.integer({ min: -30, max: 30 }),
})

const engagementRule: fc.Arbitrary<Omit<EngagementRule, 'id'>> = fc.record(
  {
    on: fc.constantFrom(...types),
    points: fc.oneof(fc.integer({ min: 5, max: 40 }), fc.double({ min: -15, max: 20, noNaN: true })),
    where: fc.constantFrom('activity.path == "/a"', 'activity.n >= 2', 'count("page.viewed", "1d") < 3'),
    halfLife: fc.integer({ min: hour, max: days(60) }),
    cap: fc.record({
      points: fc.integer({ min: 1, max: 60 }),
      per: fc.integer({ min: hour, max: days(10) }),
    }),
  },
  { requiredKeys: ['on', 'points'] },
)

const stageCondition = fc.constantFrom(
  'score >= 20',
  'engagement >= 5',
  'band == "hot"',
  'did("demo.requested")',
  'count("page.viewed", "3d") >= 3 || engagement > 50',
  'stageAtLeast("interest") && did("quote.requested", "12h")',
  'lead.employees > 50 && fit >= 5',
  'daysSince("custom.thing") > 1.5',
  'opened("welcome")',
)

/** Rules of any kind: fading or not, capped or not, negative ones among them. */
export const anyRules: fc.Arbitrary<Rules> = fc
  .record({
    fit: fc.array(fitRule, { maxLength: 4 }),
    engagement: fc.array(engagementRule, { maxLength: 6 }),
    conditions: fc.array(stageCondition, { minLength: 5, maxLength: 5 }),
    qualify: fc.constantFrom('score >= 10', 'stageAtLeast("interest")', 'consented || score > 20'),
  })
  .map(({ fit, engagement, conditions, qualify }) => {
    const playbook: Playbook = makePlaybook()
    return compileRules({
      ...playbook,
      scoring: {
        bands: scoring.bands,
        fit: fit.map((rule, index) => ({ id: `fit-${index}`, ...rule })),
        engagement: engagement.map((rule, index) => ({ id: `rule-${index}`, ...rule })),
      },
      funnel: {
        stages: funnel.stages.map(({ id, goal, tactics, metrics }, index) =>
          index === 0
            ? { id, goal, tactics, metrics }
            : { id, goal, tactics, metrics, enter: conditions[index - 1] ?? 'false' },
        ),
      },
      handoff: { ...playbook.handoff, qualify, require: [] },
    })
  })

const content: fc.Arbitrary<Pick<Fact, 'type' | 'properties'>> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom(...types),
      properties: fc.record(
        { path: fc.constantFrom('/a', '/b'), n: fc.integer({ min: 0, max: 4 }) },
        { requiredKeys: [] },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('profile.updated'),
      properties: fc.record({
        fields: fc.record(
          {
            country: fc.constantFrom('DE', 'FR'),
            employees: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant('many')),
            role: fc.constantFrom('student', 'buyer'),
          },
          { requiredKeys: [] },
        ),
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      { type: 'form.submitted', properties: { form: 'newsletter', fields: {}, language: 'en' } },
      { type: 'consent.granted', properties: { purpose: 'newsletter' } },
      { type: 'consent.withdrawn', properties: {} },
      { type: 'email.opened', properties: { email: 'welcome' } },
      { type: 'email.bounced', properties: { bounceType: 'Permanent' } },
      { type: 'handoff.rejected', properties: { reason: 'wrong-fit' } },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('not-now', 'wrong-contact').map((reason) => ({
      type: 'handoff.rejected',
      properties: { reason },
    })),
  },
)

const start = Date.parse('2026-02-20T00:00:00.000Z')

/** Steps of whole hours, so that moments coincide and windows end exactly. */
const moment = fc
  .integer({ min: 0, max: 24 * 20 })
  .map((hours) => new Date(start + hours * hour).toISOString())

/** A log of one lead, each id once. */
export const anyLog = (maxLength = 25): fc.Arbitrary<readonly Fact[]> =>
  fc
    .array(fc.tuple(content, moment), { minLength: 1, maxLength })
    .map((entries) =>
      entries.map(([fact, occurredAt], index) => ({ ...fact, id: `f${(index * 7) % 97}`, occurredAt })),
    )
