import { describe, expect, it } from 'vitest'
import { crm, hookWorld, linked, won } from './hook-world.ts'

const anna = { email: 'anna@example.com' }

describe('what is turned away', () => {
  it.each([
    ['an unknown source', [], { source: 'crn' }, 404, 'no hook of this name'],
    ['another method', [], { method: 'PUT' }, 405, 'Allowed here: POST'],
    ['no token', [], { 'x-token': '' }, 401, 'no signature as token has it'],
    ['a wrong token', [], { 'x-token': 'another-token' }, 401, 'not right'],
    ['another kind of content', [], { 'content-type': 'text/xml' }, 415, 'application/json'],
    ['no kind of content', [], { 'content-type': '' }, 415, 'application/json'],
    ['a body that is no JSON', '{"a":', {}, 400, 'not JSON'],
    ['an empty body', '', {}, 400, 'not JSON'],
    ['a body that is no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), {}, 400, 'not JSON'],
    ['a text', '"hello"', {}, 422, 'errors'],
    ['a list of texts', ['hello'], {}, 422, 'errors'],
    ['too many events', Array(501).fill({}), {}, 422, 'errors'],
    ['a body that is too large', `"${'x'.repeat(256 * 1024)}"`, {}, 413, '262144 bytes'],
  ])('%s', async (_which, body, more, status, detail) => {
    const { deliver, bus } = hookWorld()
    const answer = await deliver(body, more as Record<string, string>)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.body.detail).toContain(detail)
    expect(bus.submitted).toEqual([])
  })

  it('does not say that no secret is set: that is for the people of the company to see', async () => {
    const { deliver, secrets } = hookWorld()
    secrets.crm = []
    const answer = await deliver('no JSON at all')
    expect(answer).toMatchObject({ status: 401, body: { detail: 'The signature is not right.' } })
  })

  it('tells a browser or a program how to sign, as every 401 must', async () => {
    const basic = { ...crm, verify: { scheme: 'basic' } } as const
    expect((await hookWorld([basic]).deliver([])).headers['www-authenticate']).toBe('Basic realm="hooks"')
    expect((await hookWorld().deliver([], { 'x-token': 'another' })).headers['www-authenticate']).toBe(
      'Signature',
    )
  })

  it('says where in the body the events should be', async () => {
    const nested = { ...crm, each: ['data', 'events'] }
    expect((await hookWorld([nested]).deliver({ data: {} })).body).toMatchObject({
      status: 422,
      errors: [{ path: 'data.events', message: 'must hold the events' }],
    })
    expect((await hookWorld([nested]).deliver({ data: { events: [{}, 5] } })).body).toMatchObject({
      errors: [{ path: 'data.events.1', message: 'must be a JSON object' }],
    })
  })
})

describe('GET /api/hooks', () => {
  it('shows what came, what became of it and why not, and nothing of what was in it', async () => {
    const { deliver, console, times } = hookWorld()
    const unread = { ...won('d2', 2), at: 'yesterday' }
    await deliver([won('d1', 1), { kind: 'renamed' }, unread, won('d1', 2, 'a lot')])
    await deliver([linked('d1', 3, anna)])
    await deliver([], { 'x-token': 'another-token' })
    times.now = '2026-03-03T08:00:00.000Z'
    await deliver([], { 'x-token': '' })
    await deliver('no JSON')
    const { status, body } = await console('GET', '/api/hooks')
    expect(status).toBe(200)
    expect(body).toEqual({
      since: '2026-02-25T00:00:00.000Z',
      items: [
        {
          source: 'crm',
          scheme: 'token',
          hasSecret: true,
          lastReceivedAt: times.now,
          deliveries: 2,
          events: 5,
          accepted: 1,
          ignored: 1,
          unmatched: 2,
          released: 2,
          rejected: 1,
          rejectedBecause: { 'occurredAt: is not a time that can be read': 1 },
          warnings: 1,
          warnedBecause: {
            'properties.amount: must be a decimal of 0 or more, as a number or as a text like "1234.50"; kept without amount and currency': 1,
          },
          refusedBecause: { 'no signature': 1, 'not JSON': 1, 'wrong signature': 1 },
        },
      ],
    })
    expect(JSON.stringify(body)).not.toContain('anna')
  })

  it('shows a hook that nothing came to, and one without a secret', async () => {
    const { console, secrets } = hookWorld()
    delete secrets.crm
    expect((await console('GET', '/api/hooks')).body.items).toMatchObject([
      { source: 'crm', hasSecret: false, lastReceivedAt: null, deliveries: 0, rejectedBecause: {} },
    ])
  })

  it('counts no more than thirty a minute of those that anybody can send', async () => {
    const { deliver, console, times } = hookWorld()
    for (let count = 0; count < 40; count += 1) await deliver([], { 'x-token': 'another-token' })
    times.now = '2026-03-02T09:31:00.000Z'
    await deliver([], { 'x-token': 'another-token' })
    expect((await console('GET', '/api/hooks')).body.items[0].refusedBecause).toEqual({
      'wrong signature': 31,
    })
  })

  it.each([
    ['GET', '/api/hooks', 'sales', 200],
    ['GET', '/api/hooks', 'nobody', 403],
    ['POST', '/api/hooks/crm/test', 'sales', 403],
    ['POST', '/api/hooks/crn/test', 'admin', 404],
    ['PUT', '/api/hooks', 'admin', 405],
    ['GET', '/api/hooks/crm', 'admin', 404],
  ])('%s %s as %s: %i', async (method, path, role, status) => {
    expect((await hookWorld().console(method, path, {}, role)).status).toBe(status)
  })
})

describe('POST /api/hooks/{source}/test', () => {
  it('says what would become of each event, and records nothing', async () => {
    const { console, deliver, bus, deals } = hookWorld()
    await deliver([linked('d1', 1, anna)])
    const before = (await console('GET', '/api/hooks')).body
    const { status, body } = await console('POST', '/api/hooks/crm/test', {
      body: [won('d1', 2), won('d2', 3), { kind: 'renamed' }, won('d1', 4, 'a lot')],
    })
    expect(status).toBe(200)
    expect(body).toEqual({
      events: [
        {
          index: 0,
          ignored: false,
          activities: [
            {
              id: 'crm:deal.won:w-d1-2',
              type: 'deal.won',
              subject: { dealId: 'd1' },
              isKnown: true,
              occurredAt: '2026-03-02T09:02:00.000Z',
              properties: { dealId: 'd1', amount: '10.00', currency: 'EUR' },
            },
          ],
          errors: [],
          warnings: [],
        },
        expect.objectContaining({ activities: [expect.objectContaining({ isKnown: false })] }),
        { index: 2, ignored: true, activities: [], errors: [], warnings: [] },
        {
          index: 3,
          ignored: false,
          activities: [expect.objectContaining({ properties: { dealId: 'd1' } })],
          errors: [],
          warnings: [expect.objectContaining({ path: 'properties.amount' })],
        },
      ],
    })
    expect(bus.submitted).toHaveLength(1)
    expect(deals.waiting()).toEqual([])
    expect((await console('GET', '/api/hooks')).body).toEqual(before)
  })

  it.each([
    [undefined, 'body'],
    [{}, 'body'],
    [{ body: 'text' }, 'body.0'],
  ])('%j: 422', async (given, path) => {
    const { status, body } = await hookWorld().console('POST', '/api/hooks/crm/test', given)
    expect([status, body.errors[0].path]).toEqual([422, path])
  })
})
