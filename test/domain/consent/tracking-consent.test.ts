import { describe, expect, test } from 'vitest'
import { consentFor } from '../../../domain/email/judge-send.ts'
import { coversTracking, mayKeep } from '../../../domain/lead/consent.ts'
import { expandActivity } from '../../../domain/lead/expand-activity.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { summariseLead } from '../../../domain/lead/lead-summary.ts'
import type { Form } from '../../../domain/model/form.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { sampleForm } from '../form/sample-form.ts'
import { fact, leadId, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rulesWith = (form: Partial<Form>) =>
  compileRules(makePlaybook({ forms: { newsletter: { ...sampleForm, ...form } } }))
const rules = rulesWith({ tracking: true })

const arrived = (id: string, type: string, properties = {}) => ({
  ...fact(id, type, '03-02T09:00', {
    form: 'newsletter',
    purpose: 'newsletter',
    language: 'de',
    ...properties,
  }),
  subject: { leadId },
  timeAssumed: false,
})
const asked = arrived('asked', 'form.submitted', { wording: 'Ja, und messt.' })
const confirmed = arrived('asked:confirmed', 'consent.granted', {
  confirmed: true,
  submission: 'asked',
  wording: 'Ja, und messt.',
  wordingHash: 'abc',
})

describe('a form whose wording asks for it', () => {
  test('grants tracking with the other consent, in the same words', () => {
    const facts = expandActivity(confirmed, rules)
    expect(facts.map(({ id, type }) => [id, type])).toEqual([
      ['asked:confirmed', 'consent.granted'],
      ['asked:confirmed~1', 'newsletter.subscribed'],
      ['asked:confirmed~2', 'consent.granted'],
    ])
    expect(facts[2]?.properties).toEqual({
      purpose: 'tracking',
      form: 'newsletter',
      how: 'double-opt-in',
      submission: 'asked',
      confirmed: true,
      language: 'de',
      wording: 'Ja, und messt.',
      wordingHash: 'abc',
    })
  })

  test('not before it is confirmed, and under single opt-in at once', () => {
    expect(expandActivity(asked, rules)).toHaveLength(1)
    const single = expandActivity(asked, rulesWith({ tracking: true, consent: 'single-opt-in' }))
    expect(single.map(({ properties }) => properties.purpose)).toEqual([
      'newsletter',
      'newsletter',
      undefined,
      'tracking',
    ])
  })

  test('and none that does not', () => {
    expect(expandActivity(confirmed, rulesWith({}))).toHaveLength(2)
  })
})

describe('leave to measure', () => {
  const granted = (purpose: string) => fact(purpose, 'consent.granted', '03-02T09:00', { purpose })
  const state = (...facts: Parameters<typeof foldLead>[0]) => stored(foldLead([...facts], rules))

  test('is what was granted for this purpose, until it is taken back', () => {
    expect(coversTracking(state(granted('newsletter')))).toBe(false)
    expect(coversTracking(state(granted('tracking')))).toBe(true)
    const withdrawn = fact('no', 'consent.withdrawn', '03-03T09:00', { purpose: 'tracking' })
    expect(coversTracking(state(granted('tracking'), withdrawn))).toBe(false)
    const left = fact('out', 'email.unsubscribed', '03-03T09:00')
    expect(coversTracking(state(granted('tracking'), left))).toBe(false)
  })

  test('is asked for again when an old email reports', () => {
    const hit = (at: string, via?: string) => fact('h', 'email.clicked', at, via === undefined ? {} : { via })
    const withdrawn = state(
      granted('tracking'),
      fact('no', 'consent.withdrawn', '03-03T09:00', { purpose: 'tracking' }),
    )
    expect(mayKeep(hit('03-04T09:00', 'signed-link'), state(granted('tracking')))).toBe(true)
    expect(mayKeep(hit('03-04T09:00', 'signed-link'), state(granted('newsletter')))).toBe(false)
    expect(mayKeep(hit('03-04T09:00', 'signed-link'), undefined)).toBe(false)
    expect(mayKeep(hit('03-03T09:00', 'signed-link'), withdrawn)).toBe(false)
    // It came late: when it happened, it was agreed to.
    expect(mayKeep(hit('03-03T08:59', 'signed-link'), withdrawn)).toBe(true)
    expect(mayKeep(hit('03-04T09:00'), withdrawn)).toBe(true)
  })

  test('is no leave to write', () => {
    const alone = state(granted('tracking'))
    expect(consentFor(alone, undefined)).toBeUndefined()
    expect(consentFor(alone, 'tracking')?.purpose).toBe('tracking')
    expect(consentFor(state(granted('newsletter'), granted('tracking')), undefined)?.purpose).toBe(
      'newsletter',
    )
    const lead = { leadId, state: alone }
    expect(summariseLead(lead, rules, '2026-03-02T10:00:00.000Z').consent).toBe('none')
  })

  test('does not make a lead one that consented', () => {
    const facts = [
      { ...fact('d', 'demo.requested', '03-02T09:00'), email: 'anna@example.com' },
      fact('q', 'quote.requested', '03-02T09:01'),
    ]
    expect(state(...facts, granted('tracking')).qualifications).toEqual([])
    expect(state(...facts, granted('newsletter')).qualifications).toHaveLength(1)
  })
})
