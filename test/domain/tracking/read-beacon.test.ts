import { describe, expect, test } from 'vitest'
import { isTrackedSite, mayBeReported, readBeacon } from '../../../domain/tracking/beacon.ts'

const arrivedAt = '2026-03-02T09:00:00.000Z'
const subject = { visitorId: 'browser-1' }
const view = { id: 'a', type: 'page.viewed', subject, properties: { path: '/' } }

const read = (body: unknown, types?: readonly string[]) =>
  readBeacon(body, {
    settings: types ? { types } : {},
    identity: { case: 'same' },
    arrivedAt,
    newId: () => 'new-1',
  })

describe('a beacon', () => {
  test('is one activity, a list or { events }', () => {
    const expected = [{ ...view, occurredAt: arrivedAt, timeAssumed: true }]
    for (const body of [view, [view], { events: [view] }]) expect(read(body)).toEqual(expected)
  })

  test('does not say when: clocks of browsers are wrong', () => {
    expect(read({ ...view, occurredAt: '2019-01-01T00:00:00Z' })[0]).toMatchObject({
      occurredAt: arrivedAt,
      timeAssumed: true,
    })
  })

  test('speaks for its browser alone', () => {
    for (const other of [
      { email: 'anna@example.com' },
      { leadId: 'lead-0001' },
      { ...subject, email: 'a@b.c' },
    ])
      expect(read({ ...view, subject: other })).toEqual([])
  })

  test('reports views, dwell time, and what the settings name', () => {
    const types = ['page.viewed', 'page.engaged', 'content.viewed', 'quote.requested']
    const reported = (named?: readonly string[]) =>
      read(
        types.map((type) => ({ ...view, type })),
        named,
      ).map(({ type }) => type)
    expect(reported()).toEqual(['page.viewed', 'page.engaged'])
    expect(reported(['content.viewed'])).toEqual(['page.viewed', 'page.engaged', 'content.viewed'])
  })

  test('never says who somebody is or what they agreed to, whatever the settings name', () => {
    for (const type of ['profile.updated', 'form.submitted', 'consent.granted', 'email.clicked', 'deal.won'])
      expect(read({ ...view, type, properties: { purpose: 'x', fields: {} } }, [type])).toEqual([])
    expect(mayBeReported('lead.merged')).toBe(false)
    expect(mayBeReported('activity.voided')).toBe(false)
    expect(mayBeReported('webinar.registered')).toBe(true)
  })

  test.each([
    undefined,
    null,
    'x',
    1,
    [],
    {},
    { events: 'x' },
    [null, 1, []],
    { events: [{ type: 'page.viewed' }] },
  ])('of no use is empty: %j', (body) => {
    expect(read(body)).toEqual([])
  })

  test.each([
    ['one long text', (bytes: number) => ({ path: 'x'.repeat(bytes - 11) })],
    ['two bytes a letter', (bytes: number) => ({ path: `${'ü'.repeat((bytes - 12) / 2)}x` })],
    [
      'many short ones',
      (bytes: number) => ({
        ...Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`k${at + 100}`, 1])),
        p: 'x'.repeat(bytes - 908),
      }),
    ],
    ['what is nested', (bytes: number) => ({ a: [{ b: 'x'.repeat(bytes - 16) }] })],
  ])('says at most 2 KiB of one thing: %s', (_, propertiesOf) => {
    const sized = (bytes: number) => ({ ...view, properties: propertiesOf(bytes) })
    expect(new TextEncoder().encode(JSON.stringify(sized(2048).properties))).toHaveLength(2048)
    expect(read([sized(2048), { ...view, id: 'b' }])).toHaveLength(2)
    expect(read([sized(2050), { ...view, id: 'b' }]).map(({ id }) => id)).toEqual(['b'])
  })

  test('keeps the good ones beside bad ones, ten at most', () => {
    expect(read([{ ...view, id: 7 }, view, { ...view, properties: 'x' }])).toHaveLength(1)
    expect(read(Array.from({ length: 80 }, (_, index) => ({ ...view, id: `e${index}` })))).toHaveLength(10)
    expect(read({ ...view, id: undefined })[0]?.id).toBe('new-1')
  })
})

test('sites', () => {
  const own = 'https://t.example.com'
  const origins = ['https://www.example.com']
  expect(isTrackedSite({}, 'https://anywhere.example', own)).toBe(true)
  expect(isTrackedSite({ origins }, 'https://www.example.com', own)).toBe(true)
  expect(isTrackedSite({ origins }, own, own)).toBe(true)
  expect(isTrackedSite({ origins }, 'https://www.example.com.evil.example', own)).toBe(false)
})
