import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { viewAt } from '../../../domain/lead/lead-view.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, stored } from '../support/facts.ts'
import { days, makePlaybook, scoring } from '../support/make-playbook.ts'

const sequence: Sequence = {
  id: 'interest',
  version: 's1',
  enter: { when: 'count("content.viewed", "2d") > 1' },
  audience: 'lead.language == "de"',
  reenter: 'never',
  exit: 'did("page.viewed", "30d")',
  goal: 'did("demo.requested")',
  program: [{ type: 'branch', if: 'clicked("welcome") || did("page.viewed", "1d")', otherwise: 1 }],
}
const rules = compileRules(makePlaybook({ sequences: { interest: sequence } }))

describe('compiled rules', () => {
  test('know the longest window that any condition asks about, by type', () => {
    expect([...rules.windows].toSorted()).toEqual([
      ['content.viewed', days(2)],
      ['page.viewed', days(30)],
    ])
  })

  test('answer every condition of the playbook by its text, and no other', () => {
    const log = [
      fact('a', 'profile.updated', '03-01T08:00', { fields: { language: 'de' } }),
      fact('b', 'page.viewed', '03-01T09:00'),
      fact('c', 'content.viewed', '03-01T09:30'),
      fact('d', 'content.viewed', '03-01T10:00'),
    ]
    const lead = { email: 'ada@example.com', state: stored(foldLead(log, rules)) }
    const at = (now: string) => (source: string) => rules.holds(source, viewAt(lead, rules, now))
    const soon = at('2026-03-01T12:00:00.000Z')
    expect(
      ['count("content.viewed", "2d") > 1', 'lead.language == "de"', 'did("page.viewed", "30d")'].map(soon),
    ).toEqual([true, true, true])
    expect(soon('did("demo.requested")')).toBe(false)
    const later = at('2026-03-31T09:00:00.000Z')
    expect(later('did("page.viewed", "30d")')).toBe(false)
    expect(later('count("content.viewed", "2d") > 1')).toBe(false)
    expect(() => soon('lead.language == "en"')).toThrow(/not a condition of this playbook/)
  })

  test('the context knows the one address that there is, whatever a form gave', () => {
    const state = stored(foldLead([fact('a', 'page.viewed', '03-01T08:00')], rules))
    const now = '2026-03-01T12:00:00.000Z'
    expect(viewAt({ state }, rules, now).attribute('email')).toBeUndefined()
    expect(viewAt({ state, email: 'ada@example.com' }, rules, now).attributeNames()).toEqual(['email'])
    const given = [fact('a', 'form.submitted', '03-01T08:00', { fields: { email: ' Eve@Example.com ' } })]
    const context = viewAt({ state: stored(foldLead(given, rules)), email: 'ada@example.com' }, rules, now)
    expect(context.attribute('email')).toBe('ada@example.com')
  })

  test('a fit rule cannot ask for the score that it makes', () => {
    const circular = { ...scoring, fit: [{ id: 'loop', when: 'score >= 0', points: 10 }] }
    const looped = compileRules(makePlaybook({ scoring: circular }))
    const state = stored(foldLead([fact('a', 'page.viewed', '03-01T08:00')], looped))
    expect(viewAt({ state }, looped, '2026-03-01T12:00:00.000Z').fit()).toBe(0)
  })

  test('a condition that was never checked is a defect', () => {
    const broken = { ...scoring, fit: [{ id: 'x', when: 'scor > 1', points: 1 }] }
    expect(() => compileRules(makePlaybook({ scoring: broken }))).toThrow(/unchecked condition: scor > 1/)
  })
})
