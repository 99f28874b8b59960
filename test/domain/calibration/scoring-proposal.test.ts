import { describe, expect, it } from 'vitest'
import { proposeScoring, type ScoringCalibration } from '../../../domain/calibration/scoring-proposal.ts'
import { random, salesWorld, today } from './sales-world.ts'

const proposing = { scoring: today, threshold: 40, asOf: '2027-01-04T00:00:00.000Z' }
const { judged } = salesWorld({ leads: 600, seed: 42, later: 0.3 })

const told = (calibration: ScoringCalibration) => {
  if (calibration.status !== 'ok') throw new Error(calibration.status)
  return calibration
}

describe('what outcomes say of the scoring', () => {
  const calibration = told(proposeScoring(judged, proposing))
  const points = new Map(calibration.rules.map(({ rule, proposed }) => [rule, proposed ?? 0]))

  it('counts every judgement under its own name', () => {
    const { verdicts } = calibration
    const [bad, later] = [verdicts['wrong-fit'], verdicts['not-now']]
    expect(verdicts.accepted + bad + later).toBe(600)
    expect(later).toBeGreaterThan(60)
    expect(calibration).toMatchObject({ judged: 600, rarer: Math.min(verdicts.accepted, bad + later) })
  })

  it('proposes whole points that tell outcomes apart better than those of today', () => {
    const { auc } = calibration
    expect(auc.points).toBeGreaterThan(auc.today + 0.05)
    expect(auc.points).toBeGreaterThan(auc.folds - 0.01)
    expect(auc.inTime).toBeGreaterThan(0.7)
    expect([...points.values()].every(Number.isInteger)).toBe(true)
    expect(points.get('quote')).toBeGreaterThan(points.get('signup') ?? 0)
    expect(points.get('student')).toBeLessThan(-10)
  })

  it('leaves a rule alone that hardly anybody meets', () => {
    const rare = calibration.rules.find(({ rule }) => rule === 'rare')
    expect(rare).toEqual({
      ...{ rule: 'rare', leads: 0, lift: null, low: null, high: null },
      ...{ today: 7, proposed: 7 },
    })
  })

  it('finds the threshold for the handoffs that are wanted, and moves the bands with it', () => {
    const few = told(proposeScoring(judged, { ...proposing, wanted: 3 }))
    expect(few.threshold.proposed).toBeGreaterThan(calibration.threshold.proposed ?? 0)
    expect(few.threshold.handoffsPerWeek).toBeGreaterThan(2)
    expect(few.threshold.handoffsPerWeek).toBeLessThan(4)
    expect(few.threshold.precision).toBeGreaterThan(calibration.threshold.precision ?? 1)
    expect(few.threshold.recall).toBeLessThan(calibration.threshold.recall ?? 0)
    expect(calibration.threshold.now).toMatchObject({
      recall: 1,
      handoffsPerWeek: expect.closeTo(600 / 52, 0),
    })
    const hot = few.bands.at(-1)
    expect(hot?.proposed).toBe(Math.round((60 * (few.threshold.proposed ?? 0)) / 40))
  })

  it('says nothing of a threshold that the condition does not have', () => {
    const { threshold, bands } = told(proposeScoring(judged, { ...proposing, threshold: undefined }))
    expect(threshold).toMatchObject({ today: null, proposed: null })
    expect(bands.map(({ proposed }) => proposed)).toEqual([0, 30, 60])
  })

  it('proposes no points where outcomes are shuffled', () => {
    const next = random(7)
    const order = judged.map(({ verdict }) => [next(), verdict] as const).toSorted(([a], [b]) => a - b)
    const shuffled = judged.map((one, row) => ({ ...one, verdict: order[row]?.[1] ?? one.verdict }))
    const { rules, auc, threshold } = told(proposeScoring(shuffled, proposing))
    expect(threshold).toMatchObject({ today: 40, proposed: 40, recall: 1 })
    expect(Math.abs(auc.folds - 0.5)).toBeLessThan(0.05)
    expect(rules.every(({ today: before, proposed }) => before === proposed)).toBe(true)
  })

  it('names what tells the outcome alone', () => {
    const after = judged.map((one) => ({
      ...one,
      attributes: { ...one.attributes, signed: one.verdict === 'accepted' },
    }))
    expect(told(proposeScoring(after, proposing)).leaks).toEqual([
      {
        field: 'signed',
        why: 'It predicts the outcome on its own (AUC 1.00): is it known beforehand?',
        whyIn: {
          en: 'It predicts the outcome on its own (AUC 1.00): is it known beforehand?',
          de: 'Sagt allein schon das Ergebnis voraus (AUC 1,00). Ist der Wert wirklich vorher bekannt?',
        },
      },
    ])
  })

  it('tells each month how well the scores of today did', () => {
    const { drift } = calibration
    expect(drift.map(({ month }) => month).slice(0, 2)).toEqual(['2026-01', '2026-02'])
    // The first days of the next year are too few for a month.
    expect(drift).toHaveLength(12)
    for (const { leads, auc, error } of drift) {
      expect(leads).toBeGreaterThan(30)
      expect(auc).toBeGreaterThan(0.4)
      expect(Math.abs(error)).toBeLessThan(0.3)
    }
  })

  it('lets one that was handed over by way of trial stand for those that were not', () => {
    const tried = judged.map((one, row) => (row % 10 === 0 ? { ...one, explored: 0.05 } : one))
    const { threshold } = told(proposeScoring(tried, proposing))
    expect(threshold.now.handoffsPerWeek).toBeCloseTo(540 / 52, 0)
    expect(threshold.now.recall).toBeLessThan(0.5)
  })

  it('is the same again', () => {
    expect(proposeScoring(judged, proposing)).toEqual(calibration)
  })
})

describe('too little to learn from', () => {
  it('is said, with what there is', () => {
    expect(proposeScoring(judged.slice(0, 99), proposing)).toMatchObject({
      status: 'not-enough-data',
      judged: 99,
    })
    const accepted = judged.map((one) => ({ ...one, verdict: 'accepted' as const }))
    expect(proposeScoring(accepted, proposing)).toMatchObject({ status: 'not-enough-data', rarer: 0 })
    expect(proposeScoring([], proposing)).toMatchObject({ status: 'not-enough-data', judged: 0 })
  })
})
