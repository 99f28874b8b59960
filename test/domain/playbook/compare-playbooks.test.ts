import { describe, expect, it } from 'vitest'
import type { Sequence, Step } from '../../../domain/model/sequence.ts'
import { comparePlaybooks, compareSteps } from '../../../domain/playbook/compare-playbooks.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const email = (name: string): Step => ({ type: 'email', email: name })
const wait = (days: number): Step => ({ type: 'wait', for: days * 86_400_000 })

const sequence = (program: readonly Step[], more: Partial<Sequence> = {}): Sequence => ({
  ...{ id: 'interest', version: JSON.stringify(program), enter: { stage: 'interest' }, reenter: 'never' },
  ...{ program, ...more },
})

describe('the steps of two versions', () => {
  it('are told from top to bottom: what is new, what is gone, what has other words', () => {
    expect(
      compareSteps(
        [email('welcome'), wait(3), email('guide'), email('last')],
        [email('welcome'), wait(4), email('guide'), wait(1), email('more'), email('last')],
      ),
    ).toEqual([{ before: wait(3), after: wait(4) }, { after: wait(1) }, { after: email('more') }])
    expect(compareSteps([email('welcome'), wait(3)], [wait(3)])).toEqual([{ before: email('welcome') }])
  })

  it('are the same where only the place differs that a way leads to', () => {
    const branch = (otherwise: number): Step => ({ type: 'branch', if: 'consented', otherwise })
    expect(compareSteps([branch(2), email('a'), email('b')], [branch(3), email('a'), email('b')])).toEqual([])
  })
})

describe('a playbook beside another', () => {
  const before = makePlaybook({
    sequences: {
      interest: sequence([email('welcome')], { goal: 'consented' }),
      old: sequence([wait(1)], { id: 'old' }),
    },
    emails: {
      welcome: { en: { subject: 'Welcome', preheader: 'Hello', kind: 'marketing', html: '<p>One</p>' } },
    },
  })

  it('tells nothing where nothing differs', () => {
    expect(comparePlaybooks(before, { ...before })).toEqual([])
  })

  it('tells each thing that is added, removed or changed, with the values that differ', () => {
    const changed = comparePlaybooks(before, {
      ...before,
      sequences: {
        interest: sequence([email('welcome'), wait(2)], { goal: 'score > 3' }),
        fresh: sequence([wait(1)], { id: 'fresh' }),
      },
      settings: { ...before.settings, timeZone: 'Europe/Vienna' },
    })
    expect(changed).toEqual([
      {
        ...{ part: 'sequence', id: 'interest', change: 'changed' },
        fields: [{ field: 'goal', before: 'consented', after: 'score > 3' }],
        steps: [{ after: wait(2) }],
      },
      { part: 'sequence', id: 'old', change: 'removed', fields: [] },
      { part: 'sequence', id: 'fresh', change: 'added', fields: [] },
      {
        ...{ part: 'settings', id: 'timeZone', change: 'changed' },
        fields: [{ field: 'timeZone', before: before.settings.timeZone, after: 'Europe/Vienna' }],
      },
    ])
  })

  it('says that steps lead elsewhere where they are the same otherwise', () => {
    const branched = (otherwise: number) =>
      makePlaybook({
        sequences: {
          interest: sequence([{ type: 'branch', if: 'consented', otherwise }, email('a'), email('b')]),
        },
      })
    expect(comparePlaybooks(branched(2), branched(3))).toEqual([
      {
        ...{ part: 'sequence', id: 'interest', change: 'changed' },
        ...{ fields: [{ field: 'program' }], steps: [] },
      },
    ])
  })

  it('says of an email which language reads otherwise, and not the text itself', () => {
    const emails = {
      welcome: { en: { subject: 'Hi', preheader: 'Hello', kind: 'marketing', html: '<p>Two</p>' } },
    } as const
    expect(comparePlaybooks(before, { ...before, emails })).toEqual([
      {
        ...{ part: 'email', id: 'welcome', change: 'changed' },
        fields: [{ field: 'subject.en', before: 'Welcome', after: 'Hi' }, { field: 'text.en' }],
      },
    ])
  })

  it('tells rules by their name, with the points before and after', () => {
    const rules = (points: number) => ({
      ...before.scoring,
      engagement: [{ id: 'demo', on: 'demo.requested', points }],
    })
    expect(comparePlaybooks({ ...before, scoring: rules(30) }, { ...before, scoring: rules(35) })).toEqual([
      {
        ...{ part: 'rule', id: 'demo', change: 'changed' },
        fields: [{ field: 'points', before: 30, after: 35 }],
      },
    ])
  })
})
