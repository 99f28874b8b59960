import fc from 'fast-check'
import type { Fact } from '../../../domain/model/activity.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { compileRules, type Rules } from '../../../domain/rules/rules.ts'
import { anyScoring, types } from './arbitrary-scoring.ts'
import { funnel, makePlaybook } from './make-playbook.ts'

const hour = 3_600_000

/** A character of any script. The library's own `binary` lists a million of them first. */
export const anyCharacter = fc
  .nat(0x10ffff - 0x800)
  .map((code) => String.fromCodePoint(code < 0xd800 ? code : code + 0x800))

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

const sequence: Pick<Sequence, 'version' | 'reenter' | 'program'> = {
  version: '1',
  reenter: 'always',
  program: [{ type: 'wait-for', activity: 'demo.requested', timeout: hour }],
}

/** A playbook with scoring of any kind, in a company that has just changed its clocks or not. */
export const anyRules: fc.Arbitrary<Rules> = fc
  .record({
    scoring: anyScoring,
    timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York'),
    conditions: fc.array(stageCondition, { minLength: 5, maxLength: 5 }),
    entry: stageCondition,
    qualify: fc.constantFrom('score >= 10', 'stageAtLeast("interest")', 'consented || score > 20'),
    // Some end within a log, some after it.
    pause: fc.constantFrom(12 * hour, 72 * hour, 720 * hour),
  })
  .map(({ scoring, timeZone, conditions, entry, qualify, pause }) => {
    const playbook: Playbook = makePlaybook()
    return compileRules({
      ...playbook,
      settings: { ...playbook.settings, timeZone },
      scoring,
      sequences: {
        followed: { ...sequence, id: 'followed', enter: { activity: 'page.viewed' } },
        met: { ...sequence, id: 'met', enter: { when: entry } },
      },
      funnel: {
        stages: funnel.stages.map(({ id, goal, tactics, metrics }, index) =>
          index === 0
            ? { id, goal, tactics, metrics }
            : { id, goal, tactics, metrics, enter: conditions[index - 1] ?? 'false' },
        ),
      },
      handoff: {
        ...playbook.handoff,
        qualify,
        require: [],
        reject: {
          ...playbook.handoff.reject,
          'not-now': { type: 'recycle', stage: 'interest', pause, sequence: 'met' },
        },
      },
    })
  })

/** Deals that a CRM knows and that it does not, steps on and back, wins and losses in any order. */
const sales = fc.record({
  type: fc.constantFrom(
    ...['handoff.accepted', 'deal.opened', 'needs.recorded', 'proposal.sent', 'proposal.declined'],
    ...[
      'negotiation.started',
      'deal.moved',
      'deal.won',
      'deal.lost',
      'onboarding.completed',
      'order.completed',
    ],
  ),
  properties: fc.record(
    {
      dealId: fc.constantFrom('crm-1', 'crm-2'),
      handoffId: fc.constantFrom('lead-0001.1', 'lead-0001.2'),
      phase: fc.constantFrom('needs_analysis', 'negotiation', 'post_sale'),
      reason: fc.constantFrom('price', 'timing'),
      amount: fc.constantFrom('12.50', 7),
      currency: fc.constantFrom('EUR', 'JPY'),
    },
    { requiredKeys: [] },
  ),
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
  { weight: 4, arbitrary: sales },
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

/** A moment after all of the log, by hours up to three months. */
export const anyNow = fc
  .integer({ min: 0, max: 24 * 90 })
  .map((hours) => new Date(start + (24 * 20 + hours) * hour).toISOString())

const hit = fc.record({
  type: fc.constantFrom('email.clicked', 'email.opened', 'email.delivered', 'email.clicked'),
  properties: fc.record(
    {
      email: fc.constant('welcome'),
      messageId: fc.constantFrom('m1', 'm2'),
      link: fc.constantFrom('https://a.example', 'https://b.example'),
      userAgent: fc.constantFrom('Mozilla/5.0 (Windows NT 10.0)', 'Barracuda/1.0'),
    },
    { requiredKeys: ['email'] },
  ),
})

const takenBack = fc
  .nat(30)
  .map((index) => ({ type: 'activity.voided', properties: { activityId: `f${(index * 7) % 97}` } }))

/** Seconds apart within a minute of an hour, so that hits fall together with deliveries and each other. */
const nearMoment = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 40 }))
  .map(([hours, halves]) => new Date(start + hours * hour + halves * 500).toISOString())

/** A log in which machines click, deliveries are reported, and facts are taken back, among everything else. */
export const anyTraffic = (maxLength = 25): fc.Arbitrary<readonly Fact[]> =>
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.tuple(hit, nearMoment) },
        { weight: 3, arbitrary: fc.tuple(content, fc.oneof(moment, nearMoment)) },
        { weight: 1, arbitrary: fc.tuple(takenBack, fc.oneof(moment, nearMoment)) },
      ),
      { minLength: 1, maxLength },
    )
    .map((entries) =>
      entries.map(([fact, occurredAt], index) => ({ ...fact, id: `f${(index * 7) % 97}`, occurredAt })),
    )
