import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { scoreAt } from '../../../domain/lead/lead-view.ts'
import type { Caps, ScoringRules } from '../../../domain/model/scoring-rules.ts'
import { noChecks } from '../../../domain/playbook/faults.ts'
import { scoreBounds } from '../../../domain/playbook/reach.ts'
import { scoringSchema } from '../../../domain/playbook/schema/scoring-schema.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { runs } from '../../support/runs.ts'
import { anyLog } from '../support/arbitrary.ts'
import { anyScoring } from '../support/arbitrary-scoring.ts'
import { stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const minutes = (milliseconds: number): string => `${Math.ceil(milliseconds / 60_000)}m`
const capsAsWritten = (caps: Caps) =>
  ('per' in caps ? [caps] : caps).map(({ points, per }) => ({
    points,
    per: per === 'day' ? per : minutes(per),
  }))

/** As a file would say it: durations in whole minutes. */
const asWritten = ({ bands, groups = {}, cap, ...rest }: ScoringRules): unknown => ({
  ...rest,
  ...(cap ? { cap: capsAsWritten(cap) } : {}),
  groups: Object.fromEntries(
    Object.entries(groups).map(([id, group]) => [
      id,
      { ...group, ...(group.cap ? { cap: capsAsWritten(group.cap) } : {}) },
    ]),
  ),
  engagement: rest.engagement.map(({ halfLife, expires, cap: own, ...rule }) => ({
    ...rule,
    ...(halfLife === undefined ? {} : { halfLife: minutes(halfLife) }),
    ...(expires === undefined ? {} : { expires: minutes(expires) }),
    ...(own ? { cap: capsAsWritten(own) } : {}),
  })),
  bands: Object.fromEntries(bands.map(({ id, floor }) => [id, floor])),
})

const engagementOf = (engagement: readonly unknown[]) =>
  scoreBounds({ fit: [], engagement, bands: { cold: 0 } }).engagement

const view = { id: 'view', on: 'page.viewed', points: 5 }
const endless = Number.POSITIVE_INFINITY

describe('what scores the rules can give', () => {
  test.each<readonly [string, readonly unknown[], { min: number; max: number }]>([
    ['points that stay add up for ever', [view], { min: 0, max: endless }],
    ['first: once', [{ ...view, first: true }], { min: 0, max: 5 }],
    ['max: one at a time', [{ ...view, points: -5, max: true }], { min: -5, max: 0 }],
    [
      'an expression may give either sign',
      [{ ...view, points: 'activity.n' }],
      { min: -endless, max: endless },
    ],
    ['an expression, once', [{ ...view, points: 'activity.n', first: true }], { min: -1e6, max: 1e6 }],
    [
      'rules add up',
      [
        { ...view, first: true },
        { ...view, id: 'again', max: true },
      ],
      { min: 0, max: 10 },
    ],
  ])('%s', (_, engagement, bounds) => {
    expect(engagementOf(engagement)).toEqual(bounds)
  })

  test('points for what is not known count as well', () => {
    const fit = [
      { id: 'a', when: 'lead.a == 1', points: 10, unknown: -5 },
      { id: 'b', when: 'lead.b == 1', points: -3, unknown: 4 },
    ]
    expect(scoreBounds({ fit, engagement: [], bands: { cold: 0 } }).fit).toEqual({ min: -8, max: 14 })
  })

  test('no log ever leads beyond them', () => {
    fc.assert(
      fc.property(
        anyScoring.map(asWritten),
        anyLog(40),
        fc.integer({ min: 0, max: 600 }),
        (written, log, hours) => {
          const scoring = scoringSchema(noChecks).parse(written)
          const rules = compileRules(makePlaybook({ scoring }))
          const now = new Date(Date.parse('2026-02-25T00:00:00.000Z') + hours * 3_600_000).toISOString()
          const score = scoreAt({ state: stored(foldLead(log, rules)) }, rules, now)
          const bounds = scoreBounds(written)
          for (const side of ['fit', 'engagement'] as const) {
            expect(score[side]).toBeGreaterThanOrEqual(bounds[side].min - 1e-9)
            expect(score[side]).toBeLessThanOrEqual(bounds[side].max + 1e-9)
          }
        },
      ),
      { numRuns: runs(500) },
    )
  })
})
