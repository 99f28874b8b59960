import { describe, expect, test } from 'vitest'
import { consentHistory } from '../../../domain/consent/preferences.ts'
import { expandActivity } from '../../../domain/lead/expand-activity.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { sampleForm } from '../form/sample-form.ts'
import { fact, leadId, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook({ forms: { newsletter: { ...sampleForm, tracking: true } } }))
const words = { form: 'newsletter', language: 'de', wording: 'Ja, und messt.', wordingHash: 'abc' }

const submitted = (id: string, at: string) =>
  fact(id, 'form.submitted', at, {
    ...words,
    fields: {},
    purpose: 'newsletter',
    furtherPurposes: ['tracking'],
  })
const confirming = (id: string, submission: string, at: string): readonly Fact[] =>
  expandActivity(
    {
      ...fact(id, 'consent.granted', at, {
        ...words,
        purpose: 'newsletter',
        submission,
        confirmed: true,
        how: 'double-opt-in',
      }),
      subject: { leadId },
      timeAssumed: false,
    },
    rules,
  )
const signedUp = [submitted('s', '03-01T08:00'), ...confirming('c', 's', '03-01T09:00')]
const told = (facts: readonly Fact[]) =>
  consentHistory(facts).map(({ type, purpose, how }) => [type, purpose, how])

describe('the evidence of a double opt-in', () => {
  test('is whole for each purpose that it was for', () => {
    const evidence = consentHistory(signedUp)
    expect(evidence).toHaveLength(4)
    for (const purpose of ['newsletter', 'tracking']) {
      const shared = { ...words, purpose, submission: 's' }
      expect(evidence.filter((one) => one.purpose === purpose)).toEqual([
        { ...shared, type: 'requested', at: '2026-03-01T08:00:00.000Z', activityId: 's', how: null },
        {
          ...shared,
          type: 'granted',
          at: '2026-03-01T09:00:00.000Z',
          activityId: expect.stringMatching(/^c/),
          how: 'double-opt-in',
        },
      ])
    }
  })

  test('names the box beside the form’s own purpose, with the words there', () => {
    const asked = fact('a', 'form.submitted', '03-01T08:00', {
      form: 'demo',
      purpose: 'advice',
      wording: 'Advice',
      optIn: { purpose: 'newsletter', wording: 'Letters', wordingHash: 'l' },
    })
    expect(consentHistory([asked])).toMatchObject([
      { purpose: 'advice', wording: 'Advice', form: 'demo' },
      { purpose: 'newsletter', wording: 'Letters', wordingHash: 'l', form: 'demo' },
    ])
  })
})

describe('leaving altogether', () => {
  const left = (id: string, at: string) => fact(id, 'email.unsubscribed', at, { how: 'one-click' })

  test('takes back each purpose that stands, and what was taken back before not again', () => {
    const one = fact('w', 'consent.withdrawn', '03-02T08:00', { purpose: 'tracking', how: 'preference-page' })
    expect(told([...signedUp, one, left('l', '03-03T08:00')]).slice(4)).toEqual([
      ['withdrawn', 'tracking', 'preference-page'],
      ['withdrawn', 'newsletter', 'one-click'],
    ])
    expect(told([...signedUp, left('l', '03-03T08:00')]).slice(4)).toEqual([
      ['withdrawn', 'newsletter', 'one-click'],
      ['withdrawn', 'tracking', 'one-click'],
    ])
  })

  test('is told though nothing stood', () => {
    expect(told([left('l', '03-03T08:00')])).toEqual([['withdrawn', null, 'one-click']])
  })

  test('a complaint says so, and leaves what stands to be taken back', () => {
    const complained = fact('x', 'email.complained', '03-02T08:00')
    expect(told([...signedUp, complained, left('l', '03-03T08:00')]).slice(4)).toEqual([
      ['withdrawn', 'newsletter', 'complaint'],
      ['withdrawn', 'tracking', 'complaint'],
      ['withdrawn', 'newsletter', 'one-click'],
      ['withdrawn', 'tracking', 'one-click'],
    ])
  })
})

test('an old link gives back neither purpose', () => {
  const left = fact('l', 'email.unsubscribed', '03-02T08:00', { how: 'one-click' })
  const { consent } = stored(foldLead([...signedUp, left, ...confirming('d', 's', '03-03T08:00')], rules))
  expect([consent.newsletter?.status, consent.tracking?.status]).toEqual(['withdrawn', 'withdrawn'])
})
