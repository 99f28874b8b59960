import { expect, test } from 'vitest'
import { compareFacts } from '../../../domain/model/activity.ts'
import { intakeWorld, json, now, request } from './intake-world.ts'

const authorized = { ...json, authorization: 'Bearer a-valid-key' }
const viewed = {
  id: 'a',
  type: 'page.viewed',
  subject: { email: 'Anna@example.com' },
  properties: { path: '/' },
}
const post = (body: unknown, headers: Record<string, string> = authorized) =>
  request('POST', '/events', { headers, body: typeof body === 'string' ? body : JSON.stringify(body) })

test('keeps the good ones and says what is wrong with the others', async () => {
  const { bus, answer } = intakeWorld()
  const { id: _, ...anonymous } = viewed
  const future = { ...viewed, id: 'c', occurredAt: '2026-03-02T09:05:00.001Z' }
  const reply = await answer(post({ events: [viewed, { type: 'Bad' }, anonymous, future, null] }))
  expect(reply.statusCode).toBe(202)
  expect(JSON.parse(reply.body ?? '')).toEqual({
    accepted: 2,
    rejected: [
      {
        index: 1,
        errors: expect.arrayContaining([
          expect.objectContaining({ path: 'type' }),
          expect.objectContaining({ path: 'subject' }),
        ]),
      },
      { index: 3, errors: [expect.objectContaining({ path: 'occurredAt' })] },
      { index: 4, errors: [expect.objectContaining({ message: 'must be a JSON object' })] },
    ],
  })
  expect(bus.submitted.map(({ subject }) => subject)).toEqual([
    { email: 'anna@example.com' },
    { email: 'anna@example.com' },
  ])
  expect(bus.submitted[0]).toMatchObject({ id: 'a', occurredAt: now, timeAssumed: true })
  expect(bus.submitted[1]?.id).toMatch(/^new-/)
})

test('takes what a channel cost, which is about nobody', async () => {
  const { bus, answer } = intakeWorld()
  const properties = { source: 'google', amount: '12.50', currency: 'EUR' }
  const cost = { id: 'c', type: 'channel.cost', properties }
  const reply = await answer(post({ events: [cost, { ...cost, subject: { email: 'anna@example.com' } }] }))
  expect(JSON.parse(reply.body ?? '')).toMatchObject({ accepted: 1, rejected: [{ index: 1 }] })
  expect(bus.costs).toEqual([{ ...cost, occurredAt: now, properties: { campaign: null, ...properties } }])
})

test('a key proves no mailbox: who says so is written by the server', async () => {
  const { bus, answer } = intakeWorld()
  const properties = {
    purpose: 'newsletter',
    confirmed: true,
    submission: 's',
    how: 'preference-page',
    by: 'x',
  }
  await answer(post({ events: [{ ...viewed, type: 'consent.granted', properties }] }))
  expect(bus.submitted[0]?.properties).toEqual({
    purpose: 'newsletter',
    how: 'api',
    statedHow: 'preference-page',
  })
})

test.each([
  [{ leadId: 'lead-0001' }, 'new@example.com'],
  [{ email: 'old@example.com' }, 'new@example.com'],
  [{ email: 'old@example.com' }, null],
])('no field changes the address of %o', async (subject, email) => {
  const { bus, answer } = intakeWorld()
  const change = { type: 'profile.updated', subject, properties: { fields: { email } } }
  expect(JSON.parse((await answer(post({ events: [change] }))).body ?? '')).toMatchObject({
    accepted: 0,
    rejected: [
      { index: 0, errors: [{ path: 'properties.fields.email', message: expect.stringContaining('merge') }] },
    ],
  })
  expect(bus.submitted).toEqual([])
})

test.each([
  [{ email: 'old@example.com' }, 'Old@Example.com'],
  [{ visitorId: 'v' }, 'new@example.com'],
])('the address of %o may be told again', async (subject, email) => {
  const { bus, answer } = intakeWorld()
  await answer(post({ events: [{ type: 'profile.updated', subject, properties: { fields: { email } } }] }))
  expect(bus.submitted).toHaveLength(1)
})

test('what only Trichter records is not taken', async () => {
  const { bus, answer } = intakeWorld()
  const merged = {
    type: 'lead.merged',
    subject: { leadId: 'lead-0001' },
    properties: { leadId: 'lead-0002' },
  }
  const reply = await answer(post({ events: [merged, { ...merged, type: 'lead.unmerged' }, viewed] }))
  expect(JSON.parse(reply.body ?? '')).toMatchObject({
    accepted: 1,
    rejected: [
      { index: 0, errors: [{ path: 'type', message: expect.stringContaining('/merge') }] },
      { index: 1, errors: [{ path: 'type', message: expect.stringContaining('/unmerge') }] },
    ],
  })
  expect(bus.submitted.map(({ type }) => type)).toEqual(['page.viewed'])
})

test.each([
  ['no key', { ...json }],
  ['a wrong key', { ...json, authorization: 'Bearer another-key' }],
  ['another scheme', { ...json, authorization: 'Basic a-valid-key' }],
])('%s is refused', async (_, headers) => {
  const { bus, answer } = intakeWorld()
  const reply = await answer(post({ events: [viewed] }, headers))
  expect(reply).toMatchObject({ statusCode: 401, headers: { 'www-authenticate': 'Bearer' } })
  expect(bus.submitted).toEqual([])
})

test.each([
  ['malformed JSON', '{', 400],
  ['no list', { events: {} }, 422],
  ['no object', [viewed], 422],
  ['no events', { events: [] }, 422],
  ['501 events', { events: Array.from({ length: 501 }, () => viewed) }, 422],
])('%s', async (_, body, status) => {
  const { bus, answer } = intakeWorld()
  expect((await answer(post(body))).statusCode).toBe(status)
  expect(bus.submitted).toEqual([])
})

test('500 events are taken', async () => {
  const { bus, answer } = intakeWorld()
  const events = Array.from({ length: 500 }, (_, index) => ({ ...viewed, id: `e${index}` }))
  expect(JSON.parse((await answer(post({ events }))).body ?? '')).toEqual({ accepted: 500, rejected: [] })
  expect(bus.submitted).toHaveLength(500)
})

test('other content is refused', async () => {
  const { answer } = intakeWorld()
  expect((await answer(post('a=b', { authorization: authorized.authorization }))).statusCode).toBe(415)
})

test('events without times keep the order of the request, also when it is repeated', async () => {
  const { bus, answer, times } = intakeWorld()
  const subject = { email: 'anna@example.com' }
  const types = ['consent.granted', 'consent.withdrawn', 'newsletter.subscribed', 'custom.happened']
  const events = types.map((type, index) => ({ id: 'zyxa'[index], type, subject, properties: {} }))
  await answer(post({ events }))
  const [first, ...further] = bus.submitted.map(({ occurredAt }) => occurredAt)
  expect(first).toBe(now)
  expect(bus.submitted.toSorted(compareFacts).map(({ type }) => type)).toEqual(types)
  times.now = '2026-03-02T09:00:05.000Z'
  await answer(post({ events }))
  const again = bus.submitted.slice(types.length)
  expect(again.toSorted(compareFacts).map(({ type }) => type)).toEqual(types)
  expect(again.every(({ timeAssumed }) => timeAssumed)).toBe(true)
  expect(further).toEqual(further.toSorted())
})
