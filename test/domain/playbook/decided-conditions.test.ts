import { describe, expect, it } from 'vitest'
import { faultLine } from '../../../domain/playbook/fault.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { changed } from './small-playbook.ts'

const goal = (source: string): readonly string[] =>
  parsePlaybook(changed('sequences/interest.yaml', `'did("demo.requested")'`, `'${source}'`)).faults.map(
    faultLine,
  )
const where = (source: string): readonly string[] =>
  parsePlaybook(changed('scoring.yaml', 'activity.path.startsWith("/pricing")', source)).faults.map(faultLine)

describe('a condition that is always true', () => {
  it.each([
    'true',
    '1 < 2',
    'score >= 0',
    '0 <= score || did("demo.requested")',
    'stageAtLeast("awareness")',
    'stage in ["awareness", "interest", "consideration", "intent", "evaluation", "purchase"]',
    'count("page.viewed") >= 0',
    'consented || !consented',
    'did("demo.requested", "7d") || !did("demo.requested", "7d")',
    'has(lead.phone) || !has(lead.phone)',
    'stageAtLeast("intent") || stage != "purchase"',
    'score > 10 || score <= 10',
    '!(score < 0)',
  ])('%s', (source) => {
    const [only, ...others] = goal(source)
    expect(only).toBe('sequences/interest.yaml:6:7: warning: this condition is always true')
    expect(others).toEqual([])
  })

  it('is told of entering a stage and of qualifying too', () => {
    expect(parsePlaybook(changed('funnel.yaml', 'score >= 40', 'score >= 0')).faults.map(faultLine)).toEqual([
      'funnel.yaml:4:86: warning: this condition is always true',
    ])
    expect(
      parsePlaybook(
        changed('handoff.yaml', 'score >= 60 && stageAtLeast("intent") && consented', 'score >= 0'),
      ).faults.map(faultLine),
    ).toEqual(['handoff.yaml:1:10: warning: this condition is always true'])
  })
})

describe('a condition that is always false', () => {
  it.each([
    ['fit > 10', 0, 'the rules allow a fit of at most 10'],
    ['did("demo.requested") && score < 0', 25, 'no value of score fulfils this'],
    ['consented && !consented', 14, 'this contradicts what the condition asks of consented elsewhere'],
    [
      'clicked("welcome") && (score > 1 && !clicked("welcome"))',
      37,
      'this contradicts what the condition asks of clicked(welcome) elsewhere',
    ],
    [
      'has(lead.phone) && !has(lead.phone)',
      20,
      'this contradicts what the condition asks of has(lead.phone) elsewhere',
    ],
    [
      'stage == "intent" && !stageAtLeast("intent")',
      22,
      'this contradicts what the condition asks of stage elsewhere',
    ],
    ['lead.n == 1 && lead.n != 1', 15, 'this contradicts what the condition asks of lead.n elsewhere'],
  ])('%s', (source, offset, because) => {
    expect(goal(source)).toEqual([
      `sequences/interest.yaml:6:${8 + offset}: warning: this condition is always false: ${because}`,
    ])
  })

  it('is told in where too', () => {
    expect(where('activity.n > 5 && activity.n < 5')).toEqual([
      'scoring.yaml:7:31: warning: this condition is always false: this contradicts what the condition asks of activity.n elsewhere',
    ])
  })

  it('is told once where a stage or the handoff depends on it: there it is an error', () => {
    expect(parsePlaybook(changed('funnel.yaml', 'score >= 40', 'score < 0')).faults.map(faultLine)).toEqual([
      'funnel.yaml:4:87: the stage "consideration" can never be reached: no value of score fulfils this',
    ])
  })

  it('is not told on top of a name that nothing has', () => {
    expect(goal('band == "hott"')).toEqual([
      expect.stringMatching(/^sequences\/interest\.yaml:6:17: unknown band "hott"/),
    ])
  })
})

describe('what only some lead decides is not told', () => {
  it.each([
    'score > 0',
    'stageAtLeast("interest")',
    'lead.n > 5 || lead.n <= 5',
    'lead.n == 5 || lead.n != 5',
    '!(lead.n > 5) && !(lead.n <= 5)',
    'daysSince("demo.requested") >= 0',
    'did("demo.requested") && !did("demo.requested", "7d")',
    'opened("welcome") && !clicked("welcome")',
    'has(lead.phone) && !has(lead.role)',
  ])('%s', (source) => {
    expect(goal(source)).toEqual([])
  })

  it.each(['activity.n > 5 || activity.n <= 5', '!(activity.n > 5) && !(activity.n <= 5)'])(
    '%s',
    (source) => {
      expect(where(source)).toEqual([])
    },
  )
})
