import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ExplainedPoints, explain } from '../../../domain/lead/explain.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { scoreAt } from '../../../domain/lead/lead-view.ts'
import { runs } from '../../support/runs.ts'
import { anyLog, anyRules } from '../support/arbitrary.ts'
import { stored } from '../support/facts.ts'

describe('explaining a score', () => {
  test('at any moment the rows add up to the score that the state gives', () => {
    fc.assert(
      fc.property(anyRules, anyLog(), fc.integer({ min: -100, max: 2000 }), (rules, log, hours) => {
        const now = new Date(Date.parse('2026-02-25T00:00:00.000Z') + hours * 3_600_000).toISOString()
        const explanation = explain(log, rules, now)
        const { score, fit, engagement } = scoreAt({ state: stored(foldLead(log, rules)) }, rules, now)
        const rows = explanation.rules.filter(({ rule }) => rule !== 'floor')
        const sumOf = (items: readonly ExplainedPoints[]): number =>
          items.reduce((sum, { decayedTo }) => sum + decayedTo, 0)
        expect(explanation.score).toBeCloseTo(score, 9)
        expect(Math.abs(sumOf(explanation.rules) - score)).toBeLessThan(1e-9)
        expect(Math.abs(sumOf(rows) - (fit + engagement))).toBeLessThan(1e-9)
        const ids = new Set(log.map(({ id }) => id))
        for (const { activityId } of explanation.rules) expect(ids).toContain(activityId)
      }),
      { numRuns: runs(1000) },
    )
  })
})
