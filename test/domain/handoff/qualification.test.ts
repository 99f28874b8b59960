import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { qualificationStatus, viewQualification } from '../../../domain/lead/lead-summary.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const given = makePlaybook()
const rulesWith = (qualify: string, require: readonly string[] = []) =>
  compileRules(makePlaybook({ handoff: { ...given.handoff, qualify, require } }))
const now = '2026-03-01T12:00:00.000Z'
const granted = fact('c', 'consent.granted', '03-01T09:00', { purpose: 'newsletter' })
const demo = fact('d', 'demo.requested', now)
const profile = (fields: Fact['properties']) => fact('p', 'profile.updated', '03-01T08:00', { fields })

const view = (rules: ReturnType<typeof rulesWith>, ...facts: readonly Fact[]) =>
  viewQualification({ state: stored(foldLead(facts, rules, now)) }, rules, now)
const texts = (rules: ReturnType<typeof rulesWith>, ...facts: readonly Fact[]) =>
  view(rules, ...facts).missing.map(({ text }) => text)

describe('what a lead lacks to go to sales', () => {
  test.each<[string, readonly Fact[], readonly string[]]>([
    ['score >= 60', [demo], ['score 30 of 60']],
    ['60 <= score', [demo], ['score 30 of 60']],
    ['score > 30', [demo], ['score 30, wanted: more than 30']],
    ['fit >= 20', [profile({ country: 'DE' })], ['fit 10 of 20']],
    ['engagement >= 100', [demo], ['engagement 30 of 100']],
    ['engagement < 20', [demo], ['engagement 30, wanted: less than 20']],
    ['grade in ["A1", "A2"]', [demo], ['grade D2, wanted: A1 or A2']],
    ['grade == "A1"', [demo], ['grade D2, wanted: A1']],
    ['band == "hot"', [demo], ['band warm, wanted: hot']],
    ['stageAtLeast("intent")', [demo], ['stage consideration, wanted: intent or later']],
    ['stage == "intent"', [demo], ['stage consideration, wanted: intent']],
    ['consented', [demo], ['consent']],
    ['did("quote.requested")', [demo], ['did("quote.requested")']],
    ['count("demo.requested") >= 3', [demo], ['count("demo.requested") 1 of 3']],
    ['lead.country in ["DE", "AT"]', [profile({ country: 'FR' })], ['country FR, wanted: DE or AT']],
    ['lead.employees >= 100', [demo], ['employees unknown, wanted: at least 100']],
    ['lead.employees >= 100', [profile({ employees: 20 })], ['employees 20 of 100']],
    [
      'lead.role != "student"',
      [profile({ role: 'student' })],
      ['role student, wanted: anything but student'],
    ],
    ['score >= 60 || consented', [demo], ['score >= 60 || consented']],
    ['(score >= 60 || consented) && did("demo.requested")', [demo], ['score >= 60 || consented']],
    ['!did("demo.requested")', [demo], ['!did("demo.requested")']],
    [
      'fit >= -5 && lead.debt <= 10',
      [profile({ role: 'student' })],
      ['fit -40 of -5', 'debt unknown, wanted: at most 10'],
    ],
    [
      'score >= 20 && consented && stageAtLeast("intent")',
      [demo, granted],
      ['stage consideration, wanted: intent or later'],
    ],
    ['score >= 20', [demo], []],
  ])('%s', (qualify, facts, missing) => {
    expect(texts(rulesWith(qualify), ...facts)).toEqual(missing)
  })

  test('names attributes first, and each part with how far it is', () => {
    const rules = rulesWith('score >= 60 && consented', ['phone', 'company'])
    const lead = view(rules, profile({ company: '', phone: null }), demo, granted)
    expect(lead).toEqual({
      status: 'not-yet',
      cycle: 1,
      qualifiedAt: null,
      missing: [
        { type: 'attribute', attribute: 'phone', text: 'phone' },
        { type: 'attribute', attribute: 'company', text: 'company' },
        {
          type: 'condition',
          text: 'score 30 of 60',
          source: 'score >= 60',
          about: 'score',
          operator: '>=',
          wanted: 60,
          is: 30,
        },
      ],
      butFor: 'phone, company, score 30 of 60',
      pausedUntil: null,
      reason: null,
    })
  })

  test('never shows as reached what is short by a little', () => {
    const rules = rulesWith('score >= 30')
    const state = stored(foldLead([demo], rulesWith('score >= 3000'), now))
    const later = '2026-03-01T12:30:00.000Z'
    expect(viewQualification({ state }, rules, later).butFor).toBe('score 29.9 of 30')
  })
})

describe('how a lead stands with sales', () => {
  const rules = rulesWith('score >= 30')
  const rejected = (reason: string) => fact('r', 'handoff.rejected', '03-02T08:00', { reason })
  const won = fact('w', 'deal.won', '03-02T08:00', { dealId: 'd1' })
  const lost = fact('l', 'deal.lost', '03-02T08:00', { dealId: 'd1', reason: 'price' })
  const at = (status: string, moment: string, ...facts: readonly Fact[]) => {
    const state = stored(foldLead(facts, rules, moment))
    const shown = viewQualification({ state }, rules, moment)
    expect(shown.status).toBe(status)
    return shown
  }

  test('with sales once it qualified', () => {
    expect(at('with-sales', now, demo)).toMatchObject({ qualifiedAt: now, missing: [], butFor: null })
  })

  test('paused: until when, why, and what is missing besides', () => {
    expect(at('paused', '2026-03-05T08:00:00.000Z', demo, rejected('not-now'))).toMatchObject({
      cycle: 2,
      qualifiedAt: null,
      pausedUntil: '2026-04-01T08:00:00.000Z',
      reason: 'not-now',
      butFor: 'score 27.4 of 30',
    })
  })

  test('not paused any more once that is over', () => {
    const shown = at('not-yet', '2026-04-02T08:00:00.000Z', demo, rejected('not-now'))
    expect(shown).toMatchObject({ pausedUntil: null, reason: null, butFor: 'score 14.3 of 30' })
  })

  test('ready, and only waiting to do something', () => {
    const easy = rulesWith('score >= 10')
    const back = [demo, rejected('wrong-contact')]
    expect(view(easy, ...back)).toMatchObject({ status: 'qualified', cycle: 2, missing: [] })
  })

  test('closed, with the reason', () => {
    expect(at('closed', '2026-03-05T08:00:00.000Z', demo, rejected('wrong-fit'))).toMatchObject({
      reason: 'wrong-fit',
      missing: [],
    })
  })

  test('a customer, or lost where nothing is said of the reason', () => {
    at('customer', '2026-03-05T08:00:00.000Z', demo, won)
    at('lost', '2026-03-05T08:00:00.000Z', demo, lost)
  })

  test('a list needs no rules for it', () => {
    const state = stored(foldLead([demo], rules, now))
    expect(qualificationStatus(state, now)).toBe('with-sales')
  })
})
