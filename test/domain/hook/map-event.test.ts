import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileHook, mapEvent } from '../../../domain/hook/map-event.ts'
import type { Hook, HookActivity } from '../../../domain/model/hook.ts'
import type { Json } from '../../../domain/model/json.ts'
import { deepFreeze } from '../support/deep-freeze.ts'

const arrivedAt = '2026-03-02T09:30:00.000Z'
const options = {
  arrivedAt,
  identity: { case: 'same' },
  fingerprint: (text: string) => `f(${text.length})`,
} as const

const won: HookActivity = {
  when: 'event.stage == "won"',
  type: 'deal.won',
  id: 'event.id',
  subject: { email: 'event.contact.email' },
  occurredAt: 'event.at',
  properties: { dealId: 'event.deal', amount: 'event.amount', currency: '"EUR"' },
}

const hookOf = (...activities: readonly HookActivity[]): Hook =>
  deepFreeze({ id: 'crm', verify: { scheme: 'basic' }, activities })

const map = (event: Json, ...activities: readonly HookActivity[]) =>
  mapEvent(
    compileHook(hookOf(...(activities.length > 0 ? activities : [won]))),
    { event, body: event },
    options,
  )

const event = {
  id: 17,
  stage: 'won',
  contact: { email: 'Anna@Example.com' },
  at: '2026-03-02T10:00:00+01:00',
  deal: 13980341987,
  amount: 1234.5,
}

describe('an event that a rule takes', () => {
  it('becomes an activity: ids and amounts as text, time in UTC, address normalised', () => {
    expect(map(event)).toEqual({
      activities: [
        {
          id: 'crm:deal.won:17',
          type: 'deal.won',
          subject: { email: 'anna@example.com' },
          occurredAt: '2026-03-02T09:00:00.000Z',
          properties: { dealId: '13980341987', amount: '1234.5', currency: 'EUR' },
          timeAssumed: false,
        },
      ],
      errors: [],
      warnings: [],
    })
  })

  it('is one activity for each rule that takes it, and the first where two make the same', () => {
    const again = { ...won, properties: {} }
    const other = { ...won, type: 'crm.seen' }
    expect(
      map(event, won, again, other).activities.map(({ type, properties }) => [type, properties.dealId]),
    ).toEqual([
      ['deal.won', '13980341987'],
      ['crm.seen', '13980341987'],
    ])
  })

  it('is nothing where no rule takes it, however little of it is there', () => {
    for (const stranger of [{ ...event, stage: 'open' }, {}, { stage: null }, { stage: ['won'] }])
      expect(map(stranger)).toEqual({ activities: [], errors: [], warnings: [] })
  })

  it('takes the time of arrival where the rule gives none', () => {
    const { occurredAt: _, ...timeless } = won
    expect(map(event, timeless).activities).toMatchObject([{ occurredAt: arrivedAt, timeAssumed: true }])
  })

  it('leaves out what has no value: null, an empty text, what is not there', () => {
    const rule = {
      ...won,
      properties: { a: 'event.none', b: 'event.nil', c: 'event.empty', d: 'event.zero' },
    }
    const [activity] = map({ ...event, nil: null, empty: '', zero: 0 }, rule).activities
    expect(activity?.properties).toEqual({ d: 0 })
  })
})

describe('whom it is about', () => {
  const rule = {
    ...won,
    subject: { leadId: 'event.lead', email: 'event.email', dealId: 'event.deal' },
    properties: {},
  }
  const { contact: _, ...bare } = event
  it.each([
    [{ lead: 'lead-0001', email: 'a@example.com' }, { leadId: 'lead-0001' }],
    [{ lead: null, email: 'a@example.com' }, { email: 'a@example.com' }],
    [{ lead: '', email: ' a@example.com ' }, { email: 'a@example.com' }],
    [{}, { dealId: '13980341987' }],
  ])('%j: the first that has a value, and the deal in any case', (whom, subject) => {
    expect(map({ ...bare, ...whom }, rule).activities).toMatchObject([
      { subject, properties: { dealId: '13980341987' } },
    ])
  })
})

describe('an id', () => {
  const { id: _, ...rule } = won
  const idOf = (given: Json, one = rule) => map(given, one).activities[0]?.id

  it('that is not given is that of what the event became: what changes from try to try does not count', () => {
    const many = compileHook(hookOf(rule))
    const texts: string[] = []
    for (const attempt of [0, 1])
      mapEvent(
        many,
        { event: { attempt, ...event }, body: null },
        { ...options, fingerprint: (text) => String(texts.push(text)) },
      )
    expect(texts[0]).toBe(texts[1])
    expect(texts[0]).not.toContain('example.com')
  })

  it('does not depend on the order of keys where the whole event counts', () => {
    const { occurredAt: _at, ...timeless } = rule
    const texts: string[] = []
    const keep = { ...options, fingerprint: (text: string) => String(texts.push(text)) }
    for (const one of [event, Object.fromEntries(Object.entries(event).reverse())])
      mapEvent(compileHook(hookOf(timeless)), { event: one, body: null }, keep)
    expect(texts[0]).toBe(texts[1])
  })

  it('that is too long, or no id, is shortened', () => {
    expect(idOf({ ...event, id: 'x'.repeat(200) }, won)).toBe('crm:f(213)')
    expect(idOf({ ...event, id: 'a\nb' }, won)).toMatch(/^crm:f\(/)
  })
})

describe('what cannot be made an activity is told, without what it held', () => {
  it.each([
    [{ contact: {} }, 'subject', 'event.contact.email is missing'],
    [{ contact: { email: 'no address' } }, 'subject.email', 'must be an email address'],
    [{ at: undefined }, 'occurredAt', 'event.at is missing'],
    [{ at: 'yesterday' }, 'occurredAt', 'is not a time that can be read'],
    [{ at: '2026-03-02T10:00:00' }, 'occurredAt', 'is not a time that can be read'],
    [{ at: '2027-01-01T00:00:00Z' }, 'occurredAt', 'must not be more than 5 minutes in the future'],
    [{ id: null }, 'id', 'event.id is missing'],
    [{ id: '' }, 'id', 'event.id is empty'],
    [{ id: ['x'] }, 'id', 'event.id is neither a text nor a number'],
  ])('%j', (change, path, message) => {
    const changed: Json = JSON.parse(JSON.stringify({ ...event, ...change }))
    expect(map(changed)).toEqual({
      activities: [],
      errors: [{ path, message: expect.stringContaining(message) }],
      warnings: [],
    })
  })

  it('and what is good of the same event is kept', () => {
    const broken = { ...won, type: 'crm.seen', subject: { email: 'event.none' } }
    expect(map(event, broken, won)).toMatchObject({
      activities: [{ type: 'deal.won' }],
      errors: [{ path: 'subject' }],
    })
  })
})

describe('an amount that does not fit', () => {
  const dealId = '13980341987'
  const kept = 'kept without amount and currency'
  const decimal = `must be a decimal of 0 or more, as a number or as a text like "1234.50"; ${kept}`
  const code = `must be an ISO 4217 code such as EUR; ${kept}`
  const of = (currency: string): HookActivity => ({ ...won, properties: { ...won.properties, currency } })

  it.each<[unknown, string, string, string]>([
    [0.1 + 0.2, '"EUR"', 'properties.amount', decimal],
    [-5, '"EUR"', 'properties.amount', decimal],
    [5, '"EUX"', 'properties.currency', code],
    [
      5,
      'event.none',
      'properties.currency',
      `must be an ISO 4217 code such as EUR: an amount needs one; ${kept}`,
    ],
    [5.5, '"JPY"', 'properties.amount', `must have at most 0 digits after the point in JPY; ${kept}`],
  ])('is left out, and the win is kept: %j %s', (amount, currency, path, message) => {
    const changed: Json = JSON.parse(JSON.stringify({ ...event, amount }))
    const { activities, errors, warnings } = map(changed, of(currency))
    expect(errors).toEqual([])
    expect(warnings).toEqual([{ path, message }])
    expect(activities).toMatchObject([{ type: 'deal.won' }])
    expect(activities[0]?.properties).toEqual({ dealId })
  })

  it('is no reason to take what is wrong in another way', () => {
    const changed: Json = JSON.parse(JSON.stringify({ ...event, amount: -5 }))
    const renewed = { ...won, properties: { ...won.properties, renewsAt: '"soon"' } }
    const { activities, errors, warnings } = map(changed, renewed)
    expect([activities, warnings]).toEqual([[], []])
    expect(errors.map(({ path }) => path)).toEqual(['properties.renewsAt', 'properties.amount'])
  })
})

it('never throws, whatever an event holds, and makes the same of the same', () => {
  const rule: HookActivity = {
    type: 'crm.seen',
    subject: { leadId: 'event.a', dealId: 'event.b' },
    occurredAt: 'event.c',
    properties: { d: 'event.d', e: 'string(event.e) + "-" + event.f', g: '{"x": 1}[event.g]' },
  }
  const hook = compileHook(hookOf(rule))
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), fc.jsonValue()),
      (given) => {
        const one = JSON.parse(JSON.stringify(given))
        const reported = { event: one, body: one }
        expect(mapEvent(hook, reported, options)).toEqual(mapEvent(hook, reported, options))
      },
    ),
  )
})
