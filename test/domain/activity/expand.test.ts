import { expect, test } from 'vitest'
import { expandActivity } from '../../../domain/lead/expand-activity.ts'
import type { Activity } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { deepFreeze } from '../support/deep-freeze.ts'
import { fact, leadId } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const submitted = (form: string, type = 'form.submitted', more = {}): Activity =>
  deepFreeze({
    ...fact('a', type, '03-01T12:00', { form, fields: {}, language: 'en', wording: 'Yes', ...more }),
    subject: { leadId },
    timeAssumed: false,
  })
const expanded = (activity: Activity) =>
  expandActivity(activity, rules).map(({ id, type }) => `${id} ${type}`)

test('a form without consent stands for itself and its activity', () => {
  expect(expanded(submitted('quote'))).toEqual(['a form.submitted', 'a~1 quote.requested'])
  expect(expanded(submitted('plain'))).toEqual(['a form.submitted'])
})

test('under single opt-in for the consent too, before the activity, with the wording as evidence', () => {
  const facts = expandActivity(submitted('demo'), rules)
  expect(facts.map(({ id, type }) => `${id} ${type}`)).toEqual([
    'a form.submitted',
    'a~1 consent.granted',
    'a~2 demo.requested',
  ])
  expect(facts[1]).toEqual({
    id: 'a~1',
    type: 'consent.granted',
    occurredAt: '2026-03-01T12:00:00.000Z',
    properties: {
      purpose: 'advice',
      form: 'demo',
      how: 'single-opt-in',
      submission: 'a',
      language: 'en',
      wording: 'Yes',
    },
  })
})

test('under double opt-in the activity comes with the confirmation alone', () => {
  expect(expanded(submitted('newsletter'))).toEqual(['a form.submitted'])
  const confirmed = submitted('newsletter', 'consent.granted', { purpose: 'newsletter', confirmed: true })
  expect(expanded(confirmed)).toEqual(['a consent.granted', 'a~1 newsletter.subscribed'])
  expect(expanded(submitted('newsletter', 'consent.granted'))).toEqual(['a consent.granted'])
})

test('an unknown form, or one with a name that every object has, stands for itself', () => {
  expect(expanded(submitted('unknown'))).toEqual(['a form.submitted'])
  expect(expanded(submitted('constructor'))).toEqual(['a form.submitted'])
})

test('the address of the subject stays with the fact', () => {
  const [itself] = expandActivity({ ...submitted('quote'), subject: { email: 'ada@example.com' } }, rules)
  expect(itself).toMatchObject({ id: 'a', email: 'ada@example.com' })
})

test('the activity carries the fields that its form names, where its type allows them', () => {
  const { forms } = makePlaybook()
  const form = (id: string, activity: string, ...properties: readonly string[]) => ({
    ...forms.quote,
    ...{ id, languages: ['en'] as const, title: {}, consent: 'none' as const, origins: [], fields: [] },
    ...{ activity, properties },
  })
  const own = compileRules(
    makePlaybook({
      forms: {
        rating: form('rating', 'customer.rated', 'rating'),
        odd: form('odd', 'a.b', 'form', 'n', 'gone'),
      },
    }),
  )
  const carried = (id: string, fields: object) =>
    expandActivity(submitted(id, 'form.submitted', { fields }), own)[1]?.properties
  expect(carried('rating', { rating: 4, email: 'a@b.example' })).toEqual({ form: 'rating', rating: 4 })
  expect(carried('rating', { rating: 9 })).toEqual({ form: 'rating' })
  expect(carried('odd', { form: 'x', n: 1 })).toEqual({ form: 'odd', n: 1 })
})
