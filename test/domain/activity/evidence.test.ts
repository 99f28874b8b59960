import { describe, expect, test } from 'vitest'
import { asTold } from '../../../domain/activity/subject.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const activity = (type: string, properties: JsonObject) => ({
  id: 'a',
  type,
  subject: { visitorId: 'v' },
  occurredAt: '2026-03-01T08:00:00.000Z',
  properties,
  timeAssumed: false,
})
const madeUp = { confirmed: true, submission: 's', via: 'link', how: 'double-opt-in', by: 'x', role: 'admin' }

describe('who says so is written by the server', () => {
  test.each([
    'consent.granted',
    'consent.withdrawn',
    'email.unsubscribed',
    'activity.voided',
    'sales.engaged',
    'profile.updated',
  ])('%s by hand', (type) => {
    const teller = { type: 'by-hand', by: 'Sam', isAdmin: false } as const
    const told = asTold(activity(type, { ...madeUp, purpose: 'newsletter' }), teller)
    expect(told.properties).toEqual({ purpose: 'newsletter', how: 'by-hand', by: 'Sam' })
    expect(asTold(activity(type, madeUp), { ...teller, isAdmin: true }).properties).toMatchObject({
      role: 'admin',
    })
  })

  test('what was read when agreeing is not made up by hand, either', () => {
    const words = {
      form: 'newsletter',
      wording: 'made up',
      wordingHash: 'x',
      visitorId: 'mine',
      note: 'by phone',
    }
    const told = asTold(activity('consent.granted', words), { type: 'by-hand', by: 'Sam', isAdmin: true })
    expect(told.properties).toEqual({ note: 'by phone', how: 'by-hand', by: 'Sam', role: 'admin' })
  })

  test.each([
    [{ type: 'api' }, 'api'],
    [{ type: 'hook', hook: 'hubspot' }, 'hook:hubspot'],
    [{ type: 'program' }, 'program'],
  ] as const)('a program keeps beside what it says of it: %o', (teller, how) => {
    for (const type of ['consent.granted', 'email.unsubscribed', 'email.bounced', 'activity.voided'])
      expect(asTold(activity(type, { ...madeUp, purpose: 'p' }), teller).properties).toEqual({
        purpose: 'p',
        how,
        statedHow: 'double-opt-in',
      })
    expect(asTold(activity('form.submitted', { ...madeUp, form: 'f' }), teller).properties).toEqual({
      form: 'f',
      via: how,
    })
    const custom = activity('course.booked', { by: 'bus', role: 'guest', how: 'online' })
    expect(asTold(custom, teller)).toBe(custom)
  })
})

describe('consent that a colleague noted', () => {
  const rules = compileRules(makePlaybook())
  const noted = fact('n', 'consent.granted', '03-03T08:00', { purpose: 'newsletter', how: 'by-hand' })

  test('allows nothing', () => {
    expect(stored(foldLead([noted], rules)).consent).toEqual({})
  })

  test.each([
    ['withdrawn', fact('w', 'email.unsubscribed', '03-02T08:00', { purpose: 'newsletter' })],
    ['pending', fact('f', 'form.submitted', '03-02T08:00', { form: 'newsletter', fields: {} })],
    ['granted', fact('g', 'consent.granted', '03-02T08:00', { purpose: 'newsletter' })],
  ])('leaves what is %s as it is', (status, before) => {
    expect(stored(foldLead([before, noted], rules)).consent.newsletter).toMatchObject({
      status,
      factId: before.id,
    })
  })
})
