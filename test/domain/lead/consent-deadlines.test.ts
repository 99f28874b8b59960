import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextConsentDeadline } from '../../../domain/lead/consent.ts'
import { decide } from '../../../domain/lead/decide.ts'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { DoubleOptIn } from '../../../domain/model/settings.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, leadId, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const submitted = (id: string, at: string) =>
  fact(id, 'form.submitted', at, { form: 'newsletter', fields: {}, language: 'en' })
const granted = (id: string, at: string) => fact(id, 'consent.granted', at, { purpose: 'newsletter' })
const at = (facts: readonly Fact[], now: string) => stored(foldLead(facts, rules, now))
const requested = (facts: readonly Fact[], now: string): readonly string[] =>
  decide({ leadId }, undefined, at(facts, now)).flatMap(({ type, id }) =>
    type === 'EmailRequested' || type === 'ErasureRequested' ? [id.slice(leadId.length + 1)] : [],
  )
const asked = [submitted('a', '03-01T08:00')]

describe('a consent that nobody answers', () => {
  test.each([
    ['2026-03-04T07:59:59.999Z', 'pending', ['confirm:a']],
    ['2026-03-04T08:00:00.000Z', 'pending', ['confirm:a', 'reminder:a']],
    ['2026-03-31T07:59:59.999Z', 'pending', ['confirm:a', 'reminder:a']],
    ['2026-03-31T08:00:00.000Z', 'lapsed', ['confirm:a', 'reminder:a', 'erase:2026-03-31T08:00:00.000Z']],
    ['2027-03-31T08:00:00.000Z', 'lapsed', ['confirm:a', 'reminder:a', 'erase:2026-03-31T08:00:00.000Z']],
  ])('at %s it is %s', (now, status, decided) => {
    expect(at(asked, now).consent.newsletter?.status).toBe(status)
    expect(requested(asked, now)).toEqual(decided)
  })

  test('is looked at when it is to be reminded of, then when it lapses, then no more', () => {
    const next = (now: string) => nextConsentDeadline(at(asked, now))
    expect(next('2026-03-01T08:00:00.000Z')).toBe('2026-03-04T08:00:00.000Z')
    expect(next('2026-03-04T08:00:00.000Z')).toBe('2026-03-31T08:00:00.000Z')
    expect(next('2026-03-31T08:00:00.000Z')).toBeUndefined()
  })

  test('asked for again, it has its time anew, and no second reminder', () => {
    const twice = [...asked, submitted('b', '03-10T08:00')]
    expect(requested(twice, '2026-03-20T08:00:00.000Z')).toEqual(['confirm:a', 'reminder:a', 'confirm:b'])
    expect(nextConsentDeadline(at(twice, '2026-03-20T08:00:00.000Z'))).toBe('2026-04-09T08:00:00.000Z')
  })
})

test('an answer ends it: no reminder, nobody forgotten', () => {
  const answered = [...asked, granted('g', '03-02T08:00')]
  expect(requested(answered, '2026-05-01T08:00:00.000Z')).toEqual(['confirm:a'])
  expect(nextConsentDeadline(at(answered, '2026-03-02T08:00:00.000Z'))).toBeUndefined()
})

test.each([
  'demo.requested',
  'order.completed',
  'contact.requested',
  'handoff.accepted',
  'webinar.registered',
])('whoever has another tie to the company is kept: %s', (type) => {
  const known = [...asked, fact('t', type, '03-05T08:00')]
  const now = '2026-05-01T08:00:00.000Z'
  expect(at(known, now).consent.newsletter?.status).toBe('lapsed')
  expect(requested(known, now)).toEqual(['confirm:a', 'reminder:a'])
})

test('fact by fact and moment by moment comes to the same as all at once', () => {
  const hour = 3_600_000
  const start = Date.parse('2026-03-01T08:00:00.000Z')
  const kinds = ['form.submitted', 'consent.granted', 'consent.withdrawn', 'page.viewed'] as const
  const step = fc.record({
    hours: fc.integer({ min: 0, max: 500 }),
    kind: fc.constantFrom(...kinds, 'time passes'),
  })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      let now = start
      let state = stored(foldLead([submitted('f', '03-01T08:00')], rules, new Date(now).toISOString()))
      const facts: Fact[] = [submitted('f', '03-01T08:00')]
      for (const [index, { hours, kind }] of steps.entries()) {
        now += hours * hour
        const moment = new Date(now).toISOString()
        const fresh: Fact[] =
          kind === 'time passes'
            ? []
            : [
                {
                  id: `s${String(index).padStart(2, '0')}`,
                  type: kind,
                  occurredAt: moment,
                  properties:
                    kind === 'form.submitted'
                      ? { form: 'newsletter', fields: {}, language: 'en' }
                      : { purpose: 'newsletter' },
                },
              ]
        facts.push(...fresh)
        const whole = stored(foldLead(facts, rules, moment))
        const extended = extendLead(state, fresh, rules, moment)
        if (extended) expect(extended).toEqual(whole)
        state = whole
      }
    }),
  )
})

test('a late answer from before the reminder is taken in its place', () => {
  const reminded = at(asked, '2026-03-05T08:00:00.000Z')
  const late = granted('g', '03-02T08:00')
  expect(extendLead(reminded, [late], rules, '2026-03-05T09:00:00.000Z')).toBeUndefined()
  expect(at([...asked, late], '2026-03-05T09:00:00.000Z').confirmations).toHaveLength(1)
})

describe('by the settings of double opt-in', () => {
  const day = 86_400_000
  const ruled = (doubleOptIn: DoubleOptIn) => {
    const playbook = makePlaybook()
    return compileRules({ ...playbook, settings: { ...playbook.settings, doubleOptIn } })
  }
  const under = (doubleOptIn: DoubleOptIn, now: string) => {
    const state = stored(foldLead(asked, ruled(doubleOptIn), now))
    const emails = decide({ leadId }, undefined, state).filter(({ type }) => type === 'EmailRequested')
    return {
      status: state.consent.newsletter?.status,
      emails: emails.length,
      next: nextConsentDeadline(state, doubleOptIn),
    }
  }

  test('nobody is reminded where they say so', () => {
    expect(under({ reminder: false }, '2026-03-20T08:00:00.000Z')).toEqual({
      status: 'pending',
      emails: 1,
      next: '2026-03-31T08:00:00.000Z',
    })
  })
  test('the reminder and the end come when they say', () => {
    const rules = { reminder: day, expires: 5 * day }
    expect(under(rules, '2026-03-02T07:59:00.000Z')).toMatchObject({
      emails: 1,
      next: '2026-03-02T08:00:00.000Z',
    })
    expect(under(rules, '2026-03-02T08:00:00.000Z')).toMatchObject({
      emails: 2,
      next: '2026-03-06T08:00:00.000Z',
    })
    expect(under(rules, '2026-03-06T08:00:00.000Z')).toMatchObject({ status: 'lapsed', next: undefined })
  })
  test('a request that ends before the usual reminder has none', () => {
    expect(under({ expires: 2 * day }, '2026-03-03T08:00:00.000Z')).toMatchObject({
      status: 'lapsed',
      emails: 1,
    })
  })
})
