import { expect, it } from 'vitest'
import { proposeScoring } from '../../../domain/calibration/scoring-proposal.ts'
import { salesWorld, today, truth } from './sales-world.ts'

/** Where two lists of numbers put the same things in order, from -1 to 1. Source: C. Spearman, 1904. */
const sameOrder = (a: readonly number[], b: readonly number[]): number => {
  const ranks = (all: readonly number[]) => all.map((one) => all.filter((other) => other < one).length)
  const [x, y] = [ranks(a), ranks(b)]
  const squares = x.reduce((sum, rank, index) => sum + (rank - (y[index] ?? 0)) ** 2, 0)
  return 1 - (6 * squares) / (a.length * (a.length ** 2 - 1))
}

it.each([11, 42, 77])('finds what sales goes by among people whose truth is known (%i)', (seed) => {
  const { judged } = salesWorld({ leads: 10_000, seed, later: 0.3 })
  const calibration = proposeScoring(judged, {
    scoring: today,
    threshold: 40,
    asOf: '2027-01-04T00:00:00.000Z',
  })
  if (calibration.status !== 'ok') throw new Error(calibration.status)
  const { rules, threshold, auc } = calibration
  const found = new Map(rules.map((rule) => [rule.rule, rule]))
  const points = {
    ...truth.fit,
    ...Object.fromEntries(Object.entries(truth.engagement).map(([id, one]) => [id, one.points])),
  }
  const ids = Object.keys(points) as (keyof typeof points)[]
  const [known, proposed] = [ids.map((id) => points[id]), ids.map((id) => found.get(id)?.proposed ?? 0)]
  expect(sameOrder(known, proposed)).toBeGreaterThan(0.9)
  // Ten points double the odds in the truth, and about as many in the proposal, whose scores spread like those of today.
  for (const [index, id] of ids.entries())
    expect([id, Math.abs((proposed[index] ?? 0) - (known[index] ?? 0)) <= 5]).toEqual([id, true])
  const halfLife = (id: string) => found.get(id)?.halfLife?.proposed
  expect([halfLife('demo'), halfLife('quote')]).toEqual(['14d', '60d'])
  // A page view tells little, and how fast that fades even less: 7 days in truth, 30 today.
  expect(['7d', '14d']).toContain(halfLife('pricing'))
  // At 30 points sales takes as many as it does not.
  expect(Math.abs((threshold.proposed ?? 0) - 30)).toBeLessThanOrEqual(5)
  expect(auc.points).toBeGreaterThan(auc.folds - 0.01)
  expect(auc.points).toBeGreaterThan(auc.today + 0.1)
})
