import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { LeadState } from '../../../domain/lead/lead-state.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { dataOf } from '../support/decided-data.ts'
import { fact, leadId, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const given = (...facts: readonly Fact[]): LeadState => stored(foldLead(facts, rules))

const granted = (id: string, at: string) => fact(id, 'consent.granted', at, { purpose: 'newsletter' })
describe('consent', () => {
  const submitted = (id: string, at: string) =>
    fact(id, 'form.submitted', at, { form: 'newsletter', fields: {}, language: 'en' })

  const submittedWithBox = (id: string, at: string) => {
    const { properties, ...rest } = submitted(id, at)
    return { ...rest, properties: { ...properties, optIn: { purpose: 'invitations', wording: 'And talks' } } }
  }

  test('a double opt-in is pending and due for confirmation, then granted', () => {
    const pending = given(submitted('a', '03-01T08:00'))
    expect(pending.consent).toEqual({
      newsletter: { status: 'pending', at: '2026-03-01T08:00:00.000Z', factId: 'a' },
    })
    expect(pending.confirmations).toEqual([
      {
        factId: 'a',
        form: 'newsletter',
        purpose: 'newsletter',
        language: 'en',
        at: '2026-03-01T08:00:00.000Z',
      },
    ])
    const { consent } = given(submitted('a', '03-01T08:00'), granted('b', '03-01T09:00'))
    expect(consent.newsletter).toEqual({ status: 'granted', at: '2026-03-01T09:00:00.000Z', factId: 'b' })
  })

  test('sending the form again does not lower a confirmed consent; that it was they is asked', () => {
    const confirmed = (id: string, at: string) =>
      fact(id, 'consent.granted', at, { purpose: 'newsletter', submission: 'a', confirmed: true })
    const state = given(
      submitted('a', '03-01T08:00'),
      confirmed('b', '03-01T09:00'),
      submitted('c', '03-01T10:00'),
      confirmed('d', '03-01T11:00'),
      granted('e', '03-01T12:00'),
    )
    expect(state.consent.newsletter).toMatchObject({ factId: 'b', confirmed: true })
    expect(state.confirmations.map(({ factId }) => factId)).toEqual(['a', 'c'])
  })

  test('asks at most three times in any 24 hours', () => {
    const moments = ['03-01T08:00', '03-01T09:00', '03-01T10:00', '03-02T07:59', '03-02T08:00', '03-02T08:30']
    const state = given(...moments.map((at, index) => submitted(`f${index}`, at)))
    expect(state.confirmations.map(({ factId }) => factId)).toEqual(['f0', 'f1', 'f2', 'f4'])
  })

  test('forgets confirmations of more than 30 days ago; the reminder of the first was later', () => {
    const state = given(submitted('a', '03-01T08:00'), submitted('b', '03-31T08:00'))
    expect(state.confirmations.map(({ factId, reminder }) => [factId, reminder])).toEqual([
      ['a', true],
      ['b', undefined],
    ])
  })

  test('a link from before a withdrawal gives nothing back; one asked for since does', () => {
    const confirmed = (id: string, at: string, submission: string) =>
      fact(id, 'consent.granted', at, { purpose: 'newsletter', submission, confirmed: true })
    const withdrawn = fact('w', 'email.unsubscribed', '03-02T08:00')
    const first = [
      submitted('a', '03-01T08:00'),
      submitted('b', '03-01T09:00'),
      confirmed('c', '03-01T10:00', 'a'),
    ]
    expect(given(...first, withdrawn, confirmed('d', '03-02T09:00', 'b')).consent.newsletter?.status).toBe(
      'withdrawn',
    )
    const anew = [...first, withdrawn, submitted('e', '03-03T08:00')]
    expect(given(...anew, confirmed('f', '03-03T09:00', 'e')).consent.newsletter).toMatchObject({
      status: 'granted',
      confirmed: true,
    })
  })

  test('the box beside a form’s own purpose is confirmed by email, whatever the form itself asks', () => {
    const asked = fact('a', 'form.submitted', '03-01T08:00', {
      form: 'demo',
      fields: {},
      language: 'en',
      optIn: { purpose: 'newsletter', wording: 'Yes' },
    })
    const { consent, confirmations } = given(asked)
    expect(consent.newsletter?.status).toBe('pending')
    expect(confirmations).toMatchObject([{ form: 'demo', purpose: 'newsletter' }])
  })

  test('a form under double opt-in and the box beside it are confirmed by one email', () => {
    const both = submittedWithBox('a', '03-01T08:00')
    const { consent, confirmations } = given(both)
    expect(confirmations).toMatchObject([
      { factId: 'a', purpose: 'newsletter', furtherPurpose: 'invitations' },
    ])
    for (const purpose of ['newsletter', 'invitations']) expect(consent[purpose]?.status).toBe('pending')
    const requested = decide({ leadId }, undefined, given(both)).filter(
      ({ type }) => type === 'EmailRequested',
    )
    expect(requested.map((one) => dataOf(one).confirmation)).toEqual([
      {
        factId: 'a',
        form: 'newsletter',
        purpose: 'newsletter',
        furtherPurpose: 'invitations',
        language: 'en',
      },
    ])
  })

  test('the box is left out where it is confirmed already, the form never: its activity follows', () => {
    const confirmed = (purpose: string) =>
      fact('c', 'consent.granted', '03-01T07:00', { purpose, confirmed: true })
    const asks = (purpose: string) =>
      given(confirmed(purpose), submittedWithBox('a', '03-01T08:00')).confirmations.map((due) => [
        due.purpose,
        due.furtherPurpose,
      ])
    expect(asks('newsletter')).toEqual([['newsletter', 'invitations']])
    expect(asks('invitations')).toEqual([['newsletter', undefined]])
  })

  test('both are reminded of once, by one email, and lapse together', () => {
    const facts = [submittedWithBox('a', '03-01T08:00')]
    const at = (now: string) => stored(foldLead(facts, rules, now))
    expect(at('2026-03-10T08:00:00.000Z').confirmations).toMatchObject([
      { at: '2026-03-01T08:00:00.000Z' },
      { at: '2026-03-04T08:00:00.000Z', reminder: true, furtherPurpose: 'invitations' },
    ])
    const statuses = (now: string) => Object.values(at(now).consent).map(({ status }) => status)
    expect(statuses('2026-03-31T07:59:59.000Z')).toEqual(['pending', 'pending'])
    expect(statuses('2026-03-31T08:00:00.000Z')).toEqual(['lapsed', 'lapsed'])
  })

  test('a withdrawal names a purpose or means all of them; a later grant counts again', () => {
    const advice = fact('a', 'consent.granted', '03-01T08:00', { purpose: 'advice' })
    const both = [advice, granted('b', '03-01T09:00')]
    const statuses = (...facts: readonly Fact[]) =>
      Object.fromEntries(
        Object.entries(given(...facts).consent).map(([purpose, { status }]) => [purpose, status]),
      )
    const one = fact('w', 'consent.withdrawn', '03-02T08:00', { purpose: 'advice' })
    const all = fact('w', 'email.unsubscribed', '03-02T08:00')
    expect(statuses(...both, one)).toEqual({ advice: 'withdrawn', newsletter: 'granted' })
    expect(statuses(...both, all)).toEqual({ advice: 'withdrawn', newsletter: 'withdrawn' })
    expect(statuses(...both, all, granted('z', '03-03T08:00'))).toEqual({
      advice: 'withdrawn',
      newsletter: 'granted',
    })
  })
})

describe('what became of emails', () => {
  test('a hard bounce and a complaint suppress, a soft bounce does not; a complaint is graver than a bounce, in any order', () => {
    const bounce = (bounceType: string) => fact('b', 'email.bounced', '03-01T08:00', { bounceType })
    const complaint = fact('c', 'email.complained', '03-02T08:00')
    expect(given(bounce('Transient')).suppression).toBeUndefined()
    expect(given(complaint).suppression?.reason).toBe('complained')
    // Nothing lifts a complaint; a confirmed sign-up lifts a bounce.
    const complained = { reason: 'complained', at: '2026-03-02T08:00:00.000Z', factId: 'c' }
    expect(given(bounce('Permanent'), complaint).suppression).toEqual(complained)
    expect(
      given(complaint, { ...bounce('Permanent'), occurredAt: '2026-03-03T08:00:00.000Z' }).suppression,
    ).toEqual(complained)
  })

  test('opens and clicks are kept by email', () => {
    const { emails } = given(
      fact('o', 'email.opened', '03-01T08:00', { email: 'welcome' }),
      fact('c', 'email.clicked', '03-02T08:00', { email: 'welcome' }),
    )
    expect(emails).toEqual({
      opened: { welcome: '2026-03-01T08:00:00.000Z' },
      clicked: { welcome: '2026-03-02T08:00:00.000Z' },
    })
  })
})
