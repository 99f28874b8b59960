import { describe, expect, it } from 'vitest'
import { faultLine } from '../../../domain/playbook/fault.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { smallPlaybook } from './small-playbook.ts'

/** A passage of a file of the small playbook, and what stands there instead. */
type Change = readonly [file: string, from: string, to: string]

const inFunnel: Change = ['funnel.yaml', `'score >= 40'`, `'did("trial.started")'`]
const inHandoff: Change = ['handoff.yaml', 'score >= 60 &&', 'count("trial.started", "7d") > 1 &&']
const inScoring: Change = ['scoring.yaml', 'on: demo.requested', 'on: trial.started']
const inSequence: Change = ['sequences/interest.yaml', '{ stage: interest }', '{ activity: trial.started }']
const inBranch: Change = ['sequences/interest.yaml', `'clicked("welcome")'`, `'did("trial.started")'`]
const inPoints: Change = ['scoring.yaml', 'points: 5', `points: 'count("trial.started") + 1'`]
const inForm: Change = ['forms/newsletter.yaml', 'newsletter.subscribed', 'trial.started']

const told = (...changes: readonly Change[]): readonly string[] => {
  const files = smallPlaybook()
  for (const [file, from, to] of changes) {
    const text = files.get(file)
    if (text?.includes(from) !== true) throw new Error(`${file} has no ${from}`)
    files.set(
      file,
      text.replace(from, () => to),
    )
  }
  return parsePlaybook(files).faults.map(faultLine)
}

const warning =
  'warning: nothing in the playbook produces "trial.started": it must come from your own programs'

describe('an activity type that nothing here produces', () => {
  it.each([
    ['a condition', inFunnel, 'funnel.yaml:4:92'],
    ['a branch', inBranch, 'sequences/interest.yaml:11:15'],
    ['an expression for points', inPoints, 'scoring.yaml:8:21'],
    ['a scoring rule', inScoring, 'scoring.yaml:4:21'],
    ['a trigger', inSequence, 'sequences/interest.yaml:2:20'],
  ])('is told where %s names it', (_, change, place) => {
    expect(told(change)).toEqual([`${place}: ${warning}`])
  })

  it('is told once, at its first place', () => {
    expect(told(inHandoff, inFunnel, inBranch)).toEqual([`funnel.yaml:4:92: ${warning}`])
  })

  it('is no slip where something follows from it and it is named elsewhere as well', () => {
    expect(told(inScoring, inFunnel)).toEqual([])
    expect(told(inSequence, inHandoff)).toEqual([])
  })

  it('is known where a form records it', () => {
    expect(told(inFunnel, inForm)).toEqual([])
  })

  it('is told as a slip where it is near to one that is known, at each place', () => {
    const near = 'warning: unknown activity type "demo.requestd"; did you mean "demo.requested"?'
    const slip = ([file, from, to]: Change): Change => [
      file,
      from,
      to.replace('trial.started', 'demo.requestd'),
    ]
    expect(told(slip(inFunnel), slip(inScoring))).toEqual([
      `funnel.yaml:4:92: ${near}`,
      `scoring.yaml:4:21: ${near}`,
    ])
  })

  it.each(['activity.voided', 'lead.merged', 'lead.unmerged'])('may be %s: the system takes it', (type) => {
    expect(told(['funnel.yaml', `'score >= 40'`, `'did("${type}")'`])).toEqual([])
  })

  it('is not looked for in what a step sets', () => {
    const set: Change = ['sequences/interest.yaml', 'segment: keen', `goal: 'did("trial.started")'`]
    expect(told(set)).toEqual([])
  })
})
