import { describe, expect, test } from 'vitest'
import { isAboutChannel, parseActivity, parseCost } from '../../../domain/activity/parse-activity.ts'

const arrivedAt = '2026-03-01T12:00:00.000Z'
const valid = {
  id: 'a1',
  type: 'page.viewed',
  subject: { email: 'ada@example.com' },
  occurredAt: '2026-03-01T11:00:00.000Z',
  properties: { path: '/' },
}

const parse = (changes: object) => parseActivity({ ...valid, ...changes }, arrivedAt)
const activityOf = (changes: object) => {
  const parsed = parse(changes)
  return parsed.type === 'activity' ? parsed.activity : undefined
}
const pathsOf = (changes: object) => {
  const parsed = parse(changes)
  return parsed.type === 'refused' ? parsed.errors.map(({ path }) => path) : []
}
const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) })

describe('an activity that is right', () => {
  test('comes back with its time in UTC and its address in lower case', () => {
    expect(
      activityOf({ subject: { email: ' Ada@Example.COM ' }, occurredAt: '2026-03-01T12:30:00.1239+01:00' }),
    ).toEqual({
      ...valid,
      occurredAt: '2026-03-01T11:30:00.123Z',
      timeAssumed: false,
    })
  })

  test('without a time takes that of arrival, and says so; a time that was assumed before stays so', () => {
    expect(activityOf({ occurredAt: undefined })).toMatchObject({ occurredAt: arrivedAt, timeAssumed: true })
    expect(activityOf({ occurredAt: null })).toMatchObject({ occurredAt: arrivedAt, timeAssumed: true })
    expect(activityOf({ timeAssumed: true })).toMatchObject({ timeAssumed: true })
  })

  test('without an id takes the fallback, without properties has none', () => {
    const { id: _id, properties: _properties, ...rest } = valid
    expect(parseActivity(rest, arrivedAt, 'fallback')).toMatchObject({
      activity: { id: 'fallback', properties: {} },
    })
    expect(parseActivity(rest, arrivedAt)).toMatchObject({ type: 'refused', errors: [{ path: 'id' }] })
  })

  test.each([
    [{ subject: { leadId: 'lead-0001' } }],
    [{ subject: { visitorId: 'v'.repeat(128) } }],
    [{ id: 'ä'.repeat(128) }],
    [{ type: 'a.b_2.c' }],
    [{ occurredAt: '2026-03-01T12:05:00.000Z' }],
    [{ occurredAt: '2016-03-01T12:00:00.000Z' }],
    [{ occurredAt: '2024-02-29T00:00:00Z' }],
    [{ occurredAt: '2026-03-01t11:00:00z' }],
    [{ properties: nested(32) }],
    [{ properties: { a: 'x'.repeat(16 * 1024 - 8) } }],
    [{ type: 'order.completed', properties: { orderId: '1', amount: '1234.50', currency: 'EUR' } }],
    [{ type: 'order.completed', properties: { amount: 0.1, currency: 'EUR' } }],
    [{ type: 'order.completed', properties: { amount: 5000, currency: 'JPY' } }],
    [{ type: 'proposal.sent', properties: { amount: '1.250', currency: 'BHD', dealId: 77 } }],
    [{ type: 'deal.won', properties: {} }],
    [{ type: 'deal.moved', properties: { phase: 'negotiation', dealId: 'crm-7', reason: 'r' } }],
    // What no built-in type means by it is anybody's own.
    [{ type: 'donation.made', properties: { amount: -5, dealId: {} } }],
    [{ type: 'offer.rated', properties: { rating: 5 } }],
    [{ type: 'offer.rated', properties: { rating: '4' } }],
    [{ type: 'customer.rated', properties: { rating: null } }],
    [{ type: 'page.engaged', properties: { seconds: '-70' } }],
    [{ type: 'activity.voided', properties: { activityId: `${'x'.repeat(128)}~1` } }],
    [{ type: 'my.rating', properties: { rating: 9 } }],
    [{ type: 'constructor.x', properties: { name: 1 } }],
  ])('%j is taken', (changes) => {
    expect(pathsOf(changes)).toEqual([])
  })
})

describe('an activity that is not right is refused with the field', () => {
  test.each([
    [{ id: '' }, ['id']],
    [{ id: 'x'.repeat(129) }, ['id']],
    [{ id: 'a\nb' }, ['id']],
    [{ id: 'a\u0000' }, ['id']],
    [{ id: 'a\ud800' }, ['id']],
    [{ id: 7 }, ['id']],
    [{ type: 'page' }, ['type']],
    [{ type: 'Page.viewed' }, ['type']],
    [{ type: 'page.viewed\n' }, ['type']],
    [{ type: '1.2' }, ['type']],
    [{ type: `a.${'b'.repeat(200)}` }, ['type']],
    [{ subject: undefined }, ['subject']],
    [{ subject: 'ada@example.com' }, ['subject']],
    [{ subject: {} }, ['subject']],
    [{ subject: { email: 'a@example.com', visitorId: 'v' } }, ['subject']],
    [{ subject: { email: 'no address' } }, ['subject.email']],
    [{ subject: { leadId: 'Not A Lead' } }, ['subject.leadId']],
    [{ subject: { visitorId: 'a\rb' } }, ['subject.visitorId']],
    [{ occurredAt: '2026-03-01' }, ['occurredAt']],
    [{ occurredAt: '2026-03-01T11:00:00' }, ['occurredAt']],
    [{ occurredAt: '2026-02-30T11:00:00Z' }, ['occurredAt']],
    [{ occurredAt: '2026-00-10T11:00:00Z' }, ['occurredAt']],
    [{ occurredAt: '2026-03-01T24:00:00Z' }, ['occurredAt']],
    [{ occurredAt: 1772359200000 }, ['occurredAt']],
    [{ occurredAt: '2026-03-01T12:05:00.001Z' }, ['occurredAt']],
    [{ occurredAt: '2016-03-01T11:59:59.999Z' }, ['occurredAt']],
    [{ properties: [] }, ['properties']],
    [{ properties: 'x' }, ['properties']],
    [{ properties: null }, ['properties']],
    [{ properties: nested(33) }, ['properties']],
    [{ properties: nested(1000) }, ['properties']],
    [{ properties: { a: 'x'.repeat(16 * 1024 - 7) } }, ['properties']],
    [{ properties: { a: 'ä'.repeat(8 * 1024) } }, ['properties']],
    [{ properties: { a: Number.NaN } }, ['properties']],
    [{ type: 'offer.rated', properties: { rating: 6 } }, ['properties.rating']],
    [{ type: 'customer.rated', properties: { rating: 0 } }, ['properties.rating']],
    [{ type: 'page.engaged', properties: { seconds: -1 } }, ['properties.seconds']],
    [{ type: 'activity.voided' }, ['properties.activityId']],
    [{ type: 'activity.voided', properties: { activityId: '' } }, ['properties.activityId']],
    [{ type: 'lead.merged', properties: { leadId: 'A B' } }, ['properties.leadId']],
    [
      { type: 'deal.won', properties: { amount: '-1', currency: 'EURO' } },
      ['properties.amount', 'properties.currency'],
    ],
    [{ type: 'deal.won', properties: { amount: '1,50', currency: 'EUR' } }, ['properties.amount']],
    [{ type: 'deal.won', properties: { amount: 5 } }, ['properties.currency']],
    [{ type: 'deal.won', properties: { amount: 5, currency: 'XYZ' } }, ['properties.currency']],
    [{ type: 'deal.won', properties: { currency: 'DEM' } }, ['properties.currency']],
    [{ type: 'order.completed', properties: { amount: -5, currency: 'EUR' } }, ['properties.amount']],
    [{ type: 'order.completed', properties: { amount: 5.5, currency: 'JPY' } }, ['properties.amount']],
    [{ type: 'proposal.sent', properties: { amount: 0.1 + 0.2, currency: 'EUR' } }, ['properties.amount']],
    [{ type: 'proposal.sent', properties: { amount: 1e15, currency: 'EUR' } }, ['properties.amount']],
    [{ type: 'proposal.sent', properties: { dealId: '' } }, ['properties.dealId']],
    [{ type: 'proposal.sent', properties: { dealId: 1.5 } }, ['properties.dealId']],
    [{ type: 'deal.moved', properties: {} }, ['properties.phase']],
    [{ type: 'deal.moved', properties: { phase: 'intent' } }, ['properties.phase']],
    [{ type: 'form.submitted', properties: { fields: [] } }, ['properties.fields']],
    [{ type: 'needs.recorded', properties: { needs: 'x' } }, ['properties.needs']],
  ])('%j', (changes, paths) => {
    expect(pathsOf(changes)).toEqual(paths)
  })

  test.each([1_000, 100_000])('properties nested %d deep, without an end to the stack', (depth) => {
    const list: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)
    const object: unknown = JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)
    for (const deep of [list, object]) {
      expect(parse({ properties: { wide: [1, 2, 3], deep } })).toMatchObject({
        errors: [{ path: 'properties', message: 'must not be nested deeper than 32 levels' }],
      })
    }
  })

  test('everything at once', () => {
    expect(pathsOf({ id: '', type: '', subject: {}, occurredAt: '', properties: 1 })).toEqual([
      'id',
      'type',
      'subject',
      'occurredAt',
      'properties',
    ])
  })

  test.each([[null], ['x'], [[]], [undefined]])('what is no object: %j', (input) => {
    expect(parseActivity(input, arrivedAt)).toEqual({
      type: 'refused',
      errors: [{ path: '', message: 'must be a JSON object' }],
    })
  })
})

describe('what a channel cost', () => {
  const cost = {
    id: 'c1',
    type: 'channel.cost',
    occurredAt: '2026-03-01T12:00:00+01:00',
    properties: { source: ' google ', campaign: 'spring', amount: 12.5, currency: 'EUR' },
  }
  const costOf = (changes: object) => parseCost({ ...cost, ...changes }, arrivedAt)
  const wrong = (changes: object) => {
    const parsed = costOf(changes)
    return parsed.type === 'refused' ? parsed.errors.map(({ path }) => path) : parsed
  }
  /** Undefined: absent. */
  const properties = (changes: object) => ({
    properties: JSON.parse(JSON.stringify({ ...cost.properties, ...changes })),
  })

  test('is about nobody, and holds nothing else', () => {
    expect(isAboutChannel(cost)).toBe(true)
    expect(isAboutChannel(valid)).toBe(false)
    const parsed = {
      ...{ id: 'c1', occurredAt: '2026-03-01T11:00:00.000Z' },
      ...{ source: 'google', campaign: 'spring', amount: '12.50', currency: 'EUR' },
    }
    expect(costOf({})).toEqual({ type: 'cost', cost: parsed })
    expect(costOf(properties({ buyer: 'Ada' }))).toEqual({ type: 'cost', cost: parsed })
    expect(costOf(properties({ campaign: null }))).toEqual({
      type: 'cost',
      cost: { ...parsed, campaign: null },
    })
    expect(parseCost({ ...cost, id: undefined, occurredAt: undefined }, arrivedAt, 'event')).toMatchObject({
      cost: { id: 'event', occurredAt: arrivedAt },
    })
  })

  test.each<[object, string]>([
    [{ subject: { email: 'ada@example.com' } }, 'subject'],
    [{ id: '' }, 'id'],
    [{ occurredAt: 'yesterday' }, 'occurredAt'],
    [{ properties: [] }, 'properties'],
    [properties({ source: undefined }), 'properties.source'],
    [properties({ source: 'ada@example.com' }), 'properties.source'],
    [properties({ campaign: 7 }), 'properties.campaign'],
    [properties({ amount: undefined }), 'properties.amount'],
    [properties({ amount: -1 }), 'properties.amount'],
    [properties({ amount: 1.234 }), 'properties.amount'],
    [properties({ currency: undefined }), 'properties.currency'],
    [properties({ currency: 'euro' }), 'properties.currency'],
  ])('%j: its %s is refused', (changes, path) => {
    expect(wrong(changes)).toEqual([path])
  })

  test('is no activity of a person', () => {
    expect(pathsOf({ type: 'channel.cost', ...properties({}) })).toEqual(['type'])
  })
})
