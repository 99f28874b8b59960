import { describe, expect, test } from 'vitest'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const state = (...facts: readonly Fact[]) => stored(foldLead(facts, rules))
const form = (id: string, at: string, fields: JsonObject, more: JsonObject = {}) =>
  fact(id, 'form.submitted', at, { form: 'newsletter', language: 'de', fields, ...more })
const confirmed = (submission: string, at: string) =>
  fact(`${submission}:confirmed`, 'consent.granted', at, {
    purpose: 'newsletter',
    submission,
    confirmed: true,
  })
const told = (id: string, at: string, fields: JsonObject) => fact(id, 'profile.updated', at, { fields })
const valuesIn = (values: ReturnType<typeof state>['attributes'] | undefined) =>
  Object.fromEntries(Object.entries(values ?? {}).map(([name, { value }]) => [name, value]))

const own = form('a', '03-01T08:00', { firstName: 'Grete', employees: 250 })
const owner = [own, confirmed('a', '03-01T09:00')]

describe('what a form says of somebody who has confirmed', () => {
  const stranger = { firstName: 'Gewinn', employees: 1, phone: '000' }
  test.each([
    ['double opt-in', {}],
    ['single opt-in', { form: 'demo' }],
    ['no consent', { form: 'plain' }],
    ['a form that is gone', { form: 'gone' }],
  ])('%s: stands beside and counts for nothing', (_, more) => {
    const known = state(...owner, form('b', '03-02T08:00', stranger, { language: 'en', ...more }))
    expect(valuesIn(known.attributes)).toEqual({ firstName: 'Grete', employees: 250, language: 'de' })
    expect(valuesIn(known.unconfirmed)).toEqual({ ...stranger, language: 'en' })
  })

  test('counts once this form is confirmed, and not by the confirmation of another', () => {
    const further = form('b', '03-02T08:00', { firstName: 'Margarete', phone: '111' })
    expect(valuesIn(state(...owner, further, confirmed('a', '03-02T09:00')).attributes).firstName).toBe(
      'Grete',
    )
    const sure = state(...owner, further, confirmed('b', '03-02T09:00'))
    expect(valuesIn(sure.attributes)).toMatchObject({ firstName: 'Margarete', phone: '111', employees: 250 })
    expect(sure.unconfirmed).toBeUndefined()
  })

  test.each(['link', 'api', 'program', 'hook:crm'])('counts at once by way of: %s', (via) => {
    const known = state(...owner, form('b', '03-02T08:00', { firstName: 'Margarete' }, { via }))
    expect(valuesIn(known.attributes).firstName).toBe('Margarete')
  })

  test('gives way to what is surer', () => {
    const known = state(
      ...owner,
      form('b', '03-02T08:00', { phone: '000' }),
      told('p', '03-02T09:00', { phone: '111' }),
    )
    expect(valuesIn(known.attributes).phone).toBe('111')
    expect(known.unconfirmed).toBeUndefined()
  })

  test('stands beside after a withdrawal, too', () => {
    const left = fact('u', 'email.unsubscribed', '03-02T08:00')
    const known = state(...owner, left, form('b', '03-03T08:00', stranger))
    expect(valuesIn(known.attributes).firstName).toBe('Grete')
    expect(known.consent.newsletter?.status).toBe('withdrawn')
  })

  test('is the same, taken one after the other', () => {
    const facts = [...owner, form('b', '03-02T08:00', stranger), confirmed('b', '03-02T09:00')]
    const [first, ...rest] = facts
    const step = (known: ReturnType<typeof state>, one: Fact) => stored(extendLead(known, [one], rules))
    expect(rest.reduce(step, state(...(first ? [first] : [])))).toEqual(state(...facts))
  })
})

describe('what a form says of somebody who has not', () => {
  test('counts, marked, until something surer is known', () => {
    expect(state(own).attributes.firstName).toMatchObject({ value: 'Grete', given: 'form' })
    const known = state(told('p', '02-28T08:00', { firstName: 'Margarete' }), own)
    expect(valuesIn(known.attributes)).toMatchObject({ firstName: 'Margarete', employees: 250 })
    expect(valuesIn(known.unconfirmed)).toEqual({ firstName: 'Grete' })
  })

  test('steps aside when the owner confirms another form; theirs counts, whoever wrote in between', () => {
    const between = form('b', '03-01T08:30', { firstName: 'Gewinn', company: 'evil.example' })
    const known = state(own, between, confirmed('a', '03-01T09:00'))
    expect(valuesIn(known.attributes)).toEqual({ firstName: 'Grete', employees: 250, language: 'de' })
    expect(valuesIn(known.unconfirmed)).toMatchObject({ firstName: 'Gewinn', company: 'evil.example' })
  })

  test('a link of an email shows whose the address is', () => {
    const known = state(own, form('b', '03-02T08:00', { phone: '111' }, { via: 'link' }))
    expect(known.confirmed).toMatchObject({ factId: 'b' })
    expect(valuesIn(known.attributes)).toEqual({ phone: '111', language: 'de' })
  })

  test('an answer to a rating form is no surer than the form', () => {
    const rated = (more: JsonObject) =>
      fact('r~1', 'customer.rated', '03-02T08:00', { form: 'rating', rating: 1, ...more })
    expect(state(...owner, rated({})).attributes.rating).toBeUndefined()
    expect(state(...owner, rated({ via: 'link' })).attributes.rating?.value).toBe(1)
  })
})

describe('an address', () => {
  test.each(['profile.updated', 'form.submitted'])('is not changed by a field of %s', (type) => {
    const first: Fact = { ...fact('a', 'page.viewed', '03-01T08:00'), email: 'old@werk.example' }
    const change = fact('b', type, '03-02T08:00', { fields: { email: 'new@werk.example', company: 'Kern' } })
    expect(valuesIn(state(first, change).attributes)).toEqual({ email: 'old@werk.example', company: 'Kern' })
  })
})

describe('consent', () => {
  const left = fact('u', 'email.unsubscribed', '03-02T08:00')
  const advice = fact('d~1', 'consent.granted', '03-01T08:00', { purpose: 'advice', how: 'single-opt-in' })
  const again = (more: JsonObject = {}) => [
    form('e', '03-03T08:00', {}, { form: 'demo', ...more }),
    fact('e~1', 'consent.granted', '03-03T08:00', { purpose: 'advice', how: 'single-opt-in', ...more }),
  ]

  test('that was taken back is brought back by no form, but by its confirmation', () => {
    const asked = state(advice, left, ...again())
    expect(asked.consent.advice?.status).toBe('withdrawn')
    expect(asked.confirmations).toMatchObject([{ factId: 'e', purpose: 'advice' }])
    const answer = fact('e:confirmed', 'consent.granted', '03-03T09:00', {
      purpose: 'advice',
      submission: 'e',
      confirmed: true,
    })
    const given = foldLead([advice, left, ...again(), answer], rules)
    expect(given?.consent.advice).toMatchObject({ status: 'granted', confirmed: true })
  })

  test('is brought back by a form that a link of an email led to', () => {
    expect(state(advice, left, ...again({ via: 'link' })).consent.advice?.status).toBe('granted')
  })

  test('is not asked for again and again of whoever has left', () => {
    const days = ['03', '04', '05', '06', '07', '20']
    const posts = days.flatMap((day) => [
      form(`x${day}`, `03-${day}T08:00`, {}),
      form(`y${day}`, `03-${day}T09:00`, {}),
    ])
    const asked = state(...owner, left, ...posts).confirmations.filter(({ at }) => at > left.occurredAt)
    expect(asked.map(({ factId }) => factId)).toEqual(['x03', 'x04'])
  })

  test('is asked for at most five times in 30 days', () => {
    const posts = [...Array(20).keys()].map((day) =>
      form(`f${day}`, `03-${String(day + 1).padStart(2, '0')}T08:00`, {}),
    )
    expect(state(...posts).confirmations.filter(({ reminder }) => !reminder).length).toBeLessThanOrEqual(5)
  })
})

describe('whoever says that it was not they', () => {
  const refused = fact('a:refused', 'confirmation.refused', '03-01T09:00', { submission: 'a' })

  test('is asked no more, and nothing of it may be confirmed', () => {
    const late = state(own, refused, form('b', '03-05T08:00', {}), form('c', '04-20T08:00', {}))
    expect(late.confirmations).toHaveLength(1)
    expect(late.consent.newsletter?.status).toBe('withdrawn')
    expect(state(own, refused, confirmed('a', '03-02T09:00')).consent.newsletter?.status).toBe('withdrawn')
  })

  test('has given no consent by a form that anybody may send', () => {
    const word = { purpose: 'advice', how: 'single-opt-in' }
    const before = fact('d~1', 'consent.granted', '03-01T08:30', word)
    const after = fact('e~1', 'consent.granted', '03-02T08:30', word)
    expect(state(own, before, refused).consent.advice?.status).toBe('withdrawn')
    expect(state(own, refused, after).consent.advice).toBeUndefined()
  })

  test('may still sign up by a link of an email, and what was confirmed stands', () => {
    const linked = form('b', '03-05T08:00', {}, { via: 'link' })
    expect(state(own, refused, linked).confirmations.map(({ factId }) => factId)).toEqual(['a', 'b'])
    expect(
      state(...owner, { ...refused, occurredAt: '2026-03-04T08:00:00.000Z' }).consent.newsletter?.status,
    ).toBe('granted')
  })
})
