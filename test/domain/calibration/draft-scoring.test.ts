import { describe, expect, it } from 'vitest'
import {
  changesNothing,
  changesOf,
  draftScoring,
  saySame,
} from '../../../domain/calibration/draft-scoring.ts'
import type { RuleEvidence, ScoringCalibration } from '../../../domain/calibration/scoring-proposal.ts'

const scoringText = `# how promising
fit:
  - { id: dach, when: 'lead.country == "DE"', points: 10, unknown: 2 } # at home
engagement:
  - id: demo
    on: demo.requested
    points: 30 # much
    halfLife: 30d
    cap: [{ points: 30, per: 14d }, { points: 60, per: 90d }]
  - { id: order, on: order.completed, points: 'activity.amount / 100' }
bands: { cold: 0, hot: 60 }
`
const handoffText = (qualify: string) => `qualify: ${qualify} # when\nrequire: [email]\n`

const evidence = { leads: 20, lift: 1, low: 0.5, high: 2 }
const rule = (id: string, today: number | null, proposed: number | null, more = {}): RuleEvidence => ({
  ...{ rule: id, ...evidence, today, proposed },
  ...more,
})

type Proposal = Extract<ScoringCalibration, { status: 'ok' }>
const proposal = (rules: readonly RuleEvidence[], threshold = 60): Proposal => {
  const quality = { precision: 0.5, recall: 0.5, handoffsPerWeek: 1 }
  return {
    ...{ status: 'ok', judged: 100, rarer: 30, asOf: '2026-01-01T00:00:00.000Z' },
    verdicts: { accepted: 70, won: 0, lost: 0, 'wrong-fit': 30, 'not-now': 0 },
    auc: { inTime: 0.7, folds: 0.7, points: 0.7, today: 0.6 },
    ...{ calibration: [], fields: [], leaks: [], drift: [] },
    rules,
    threshold: { today: 60, proposed: threshold, wanted: 1, ...quality, now: quality },
    bands: [
      { band: 'cold', today: 0, proposed: 0 },
      { band: 'hot', today: 60, proposed: threshold },
    ],
  }
}
const drafted = (change: Proposal, qualify = `'score >= 60 && consented'`) =>
  draftScoring(
    new Map([
      ['scoring.yaml', scoringText],
      ['handoff.yaml', handoffText(qualify)],
      ['funnel.yaml', 'stages: []'],
    ]),
    change,
  )

describe('a proposal as a draft', () => {
  it('changes numbers where they stand, and no other sign of the text', () => {
    const { files, leftOut } = drafted(
      proposal(
        [
          rule('dach', 10, 14),
          rule('dach', 2, -1, { unknown: true }),
          rule('demo', 30, 15, { halfLife: { today: '30d', proposed: '7d' } }),
          rule('order', null, null),
        ],
        45,
      ),
    )
    expect(leftOut).toEqual([])
    expect(files.get('scoring.yaml')).toBe(
      scoringText
        .replace('points: 10, unknown: 2', 'points: 14, unknown: -1')
        .replace('points: 30 # much\n    halfLife: 30d', 'points: 15 # much\n    halfLife: 7d')
        .replace(
          '{ points: 30, per: 14d }, { points: 60, per: 90d }',
          '{ points: 15, per: 14d }, { points: 30, per: 90d }',
        )
        .replace('hot: 60', 'hot: 45'),
    )
    expect(files.get('handoff.yaml')).toBe(handoffText(`'score >= 45 && consented'`))
    expect(files.get('funnel.yaml')).toBe('stages: []')
  })

  it('finds the threshold in any kind of text', () => {
    const threshold = (qualify: string) => drafted(proposal([], 45), qualify).files.get('handoff.yaml')
    expect(threshold('score >= 60')).toBe(handoffText('score >= 45'))
    expect(threshold('"stageAtLeast(\\"intent\\") && score > 60"')).toBe(
      handoffText('"stageAtLeast(\\"intent\\") && score > 45"'),
    )
    expect(threshold('>-\n  consented &&\n  score >= 60\n')).toContain('score >= 45')
  })

  it('says what it could not change', () => {
    const { files, leftOut } = drafted(proposal([rule('gone', 1, 2)], 45), `'score >= 60 || score >= 70'`)
    expect(leftOut).toEqual([
      { file: 'scoring.yaml', path: 'engagement.gone.points', why: 'missing' },
      { file: 'handoff.yaml', path: 'qualify', why: 'not-plain' },
    ])
    expect(files.get('handoff.yaml')).toBe(handoffText(`'score >= 60 || score >= 70'`))
  })
})

describe('two proposals', () => {
  const changes = (...rules: readonly RuleEvidence[]) => changesOf(proposal(rules))

  it('say the same while they differ by a point', () => {
    expect(saySame(changes(rule('demo', 30, 15)), changes(rule('demo', 30, 16)))).toBe(true)
    expect(saySame(changesOf(proposal([], 45)), changesOf(proposal([], 46)))).toBe(true)
  })

  it('say something else with other points, half-lives, rules or thresholds', () => {
    const one = changes(rule('demo', 30, 15))
    expect(saySame(one, changes(rule('demo', 30, 18)))).toBe(false)
    const faster = { halfLife: { today: '30d', proposed: '7d' } }
    expect(saySame(one, changes(rule('demo', 30, 15, faster)))).toBe(false)
    expect(saySame(one, changes(rule('demo', 30, 15), rule('dach', 10, 12)))).toBe(false)
    expect(saySame(changesOf(proposal([], 45)), changesOf(proposal([], 60)))).toBe(false)
  })

  it('may change nothing', () => {
    expect(changesNothing(changes(rule('demo', 30, 30)))).toBe(true)
    expect(changesNothing(changes(rule('demo', 30, 31)))).toBe(false)
  })
})
