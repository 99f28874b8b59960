import { expect, test } from 'vitest'
import { type CalibrationView, systemReport } from '../../bin/calibrate/running-system.ts'
import { proposeScoring } from '../../domain/calibration/scoring-proposal.ts'
import { salesWorld, today } from '../domain/calibration/sales-world.ts'

const asOf = '2027-01-04T00:00:00.000Z'
const { judged } = salesWorld({ leads: 300, seed: 42, later: 0.3 })
const reportOf = (leads: number, more: Partial<CalibrationView> = {}): string => {
  const calibration = proposeScoring(judged.slice(0, leads), { scoring: today, threshold: 40, asOf })
  return systemReport({ ...calibration, leftOut: 0, proposal: { state: 'none' }, ...more }).join('\n')
}

test('says what there is, where it is too little', () => {
  expect(reportOf(50)).toMatch(/^50 handoffs are judged by sales as of 2027-01-04/)
  expect(reportOf(50)).toContain('Too few to learn from')
  expect(reportOf(0, { asOf: null })).toMatch(/^0 handoffs are judged by sales as of never/)
})

test('shows rules, threshold, groups and months side by side', () => {
  const report = reportOf(300)
  expect(report).toMatch(/^ {2}student +\d+ +0\.\d\d +0\.\d\d–\d\.\d\d +-10 → -\d+$/m)
  expect(report).toMatch(/^ {2}rare +0 +– +7$/m)
  expect(report).toMatch(/^ {2}demo +\d+ .* 30d/m)
  expect(report).toMatch(/^ {2}today +40\.00 +\d+\.\d % +100\.0 % +\d+\.\d\d$/m)
  expect(report.match(/^ {2}2026-\d\d +\d+ leads +0\.\d{3} +-?\d+\.\d %$/gm)?.length).toBeGreaterThan(8)
})

test('says what became of the proposal', () => {
  const changes = { rules: [], threshold: 30 }
  expect(reportOf(300)).toContain('Nothing is proposed')
  expect(reportOf(300, { proposal: { state: 'open', changes } })).toContain('/draft')
  expect(reportOf(300, { proposal: { state: 'outdated', changes } })).toContain('--run')
  const declined = { state: 'declined', changes, declinedAt: asOf, reason: 'After the fair' } as const
  expect(reportOf(300, { proposal: declined })).toContain('Declined on 2027-01-04: After the fair')
})
