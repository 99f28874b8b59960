import { expect, test } from 'vitest'
import { backtestReport } from '../../../bin/playbook/backtest.ts'
import { type BacktestSummary, emptySummary } from '../../../domain/backtest/summary.ts'
import { leadId } from '../../domain/support/facts.ts'

const summary: BacktestSummary = {
  ...emptySummary,
  leads: 240,
  scoredDifferently: 34,
  stagedDifferently: 9,
  stages: { interest: { intent: 2, consideration: 6 }, intent: { interest: 1 } },
  handedOff: { both: 20, newly: 9, noLonger: 3, earlier: 8, later: 2 },
  live: { right: 10, wrong: 6, missed: 0, spared: 1 },
  draft: { right: 9, wrong: 3, missed: 1, spared: 4 },
  gained: { leads: 4, milliseconds: 5.5 * 86_400_000, days: { 6: 1, 0: 2, '-1': 1 } },
  examples: [
    {
      leadId,
      score: [12, 54.25],
      band: ['cold', 'warm'],
      stage: ['interest', 'intent'],
      qualifiedAt: [null, '2026-03-04T09:00:00.000Z'],
    },
  ],
}

test('says what a draft would change, both models side by side, and what to do next', () => {
  expect(backtestReport(summary, 'my-playbook')).toEqual([
    '240 leads under the live playbook and under my-playbook; sales has judged 17 of them.',
    '',
    '             live     draft',
    '  precision  62.5 %   75.0 %  right / (right + wrong)',
    '  recall     100.0 %  90.0 %  right / (right + missed)',
    '  right      10       9       handed over; sales accepted or won them',
    '  wrong      6        3       handed over; sales rejected or lost them',
    '  missed     0        1       accepted or won, but not handed over in time',
    '  spared     1        4       rejected or lost, and not handed over',
    '  Sales judges what it is given: whom the live rules leave out is rarely among these.',
    '',
    '  scored differently  34  another band or grade',
    '  staged differently  9',
    '                      6   interest → consideration',
    '                      2   interest → intent',
    '                      1   intent → interest',
    '  handed over newly   9',
    '  no longer           3',
    '  under both          20  8 earlier, 2 later',
    '  days gained: 1.4 on average, median 0 (over 4 accepted or won)',
    '',
    'Largest changes',
    '  lead       score        band         stage              handed over',
    '  lead-0001  12.0 → 54.3  cold → warm  interest → intent  never → 2026-03-04',
    '',
    'Nothing was changed. To put it live: npm run playbook -- publish my-playbook',
  ])
})

test('where nobody was judged and nothing changes there are no figures to be misled by', () => {
  const lines = backtestReport({ ...emptySummary, leads: 3 }, 'templates')
  expect(lines).toContain('  precision  –     –      right / (right + wrong)')
  expect(lines).toContain('  days gained: no lead that both hand over was accepted or won')
  expect(lines).toContain('No lead changes.')
  expect(backtestReport(emptySummary, 'templates')).toEqual(['There are no leads to replay yet.'])
})
