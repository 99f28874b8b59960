import { describe, expect, test } from 'vitest'
import { warnMissed } from '../../../functions/adapters/logger.ts'
import { missedHitMessage } from '../../../functions/event-names.ts'
import { Transient } from '../../../functions/ports.ts'
import { leadId } from '../../domain/support/facts.ts'
import { browser, intakeWorld, playbook, request, tokens } from './intake-world.ts'

const agent = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0 Safari/537.36' }
const plain = { 'content-type': 'text/plain;charset=UTF-8', ...agent }
const view = {
  id: 'v-1',
  type: 'page.viewed',
  subject: { visitorId: 'browser-1' },
  properties: { path: '/' },
}

const expiresAt = '2026-04-01T00:00:00.000Z'
const data = { s: 'run:1', m: 'welcome' }
const target = 'https://www.example.com/a?x=1&y=%20#z'
const click = tokens.sign('click', { leadId, data: { ...data, u: target } }, expiresAt)
const open = tokens.sign('open', { leadId, data }, expiresAt)

describe('the beacon', () => {
  test('puts what a page reports on the bus', async () => {
    const { bus, answer, times } = intakeWorld()
    const reply = await answer(
      request('POST', '/t', {
        headers: { ...plain, origin: 'https://www.example.com' },
        body: JSON.stringify({ events: [view] }),
      }),
    )
    expect(reply).toMatchObject({
      statusCode: 204,
      headers: { 'access-control-allow-origin': 'https://www.example.com' },
    })
    expect(bus.submitted).toEqual([{ ...view, occurredAt: times.now, timeAssumed: true }])
  })

  test.each(['', 'x', '{"events":', '[]', '\xff', '{"type":"page.viewed"}'])(
    'answers %j like any other, and takes nothing',
    async (body) => {
      const { bus, answer } = intakeWorld()
      expect((await answer(request('POST', '/t', { headers: plain, body }))).statusCode).toBe(204)
      expect(bus.submitted).toEqual([])
    },
  )

  test('takes ten events at once and no more', async () => {
    const { bus, answer } = intakeWorld()
    const events = Array.from({ length: 80 }, (_, index) => ({ ...view, id: `v-${index}` }))
    await answer(request('POST', '/t', { headers: plain, body: JSON.stringify({ events }) }))
    expect(bus.submitted).toHaveLength(10)
  })

  test.each([
    ['https://www.example.com/en/?q=日本語', 'https://www.example.com/en/?q=%E6%97%A5%E6%9C%AC%E8%AA%9E'],
    ['https://www.example.com/?emoji=😀', 'https://www.example.com/?emoji=%F0%9F%98%80'],
    ['https://www.example.com/größe/straße', 'https://www.example.com/gr%C3%B6%C3%9Fe/stra%C3%9Fe'],
    ['https://www.example.com/a#über', 'https://www.example.com/a#%C3%BCber'],
    ['https://müller.example/', 'https://xn--mller-kva.example/'],
    ['https://日本語.example/パス', 'https://xn--wgv71a119e.example/%E3%83%91%E3%82%B9'],
    ['https://ü:ö@www.example.com/', 'https://%C3%BC:%C3%B6@www.example.com/'],
    ['https://www.example.com/?q=%E6%97%A5&r=ä', 'https://www.example.com/?q=%E6%97%A5&r=%C3%A4'],
    ['https://www.example.com/a b', 'https://www.example.com/a%20b'],
  ])('a click on %s leads where a browser would go', async (u, location) => {
    const { answer } = intakeWorld()
    const token = tokens.sign('click', { leadId, data: { ...data, u } }, expiresAt)
    const reply = await answer(request('GET', `/c/${token}`, { headers: agent }))
    expect(reply).toMatchObject({ statusCode: 302, headers: { location } })
  })

  test('drops crawlers without a word', async () => {
    const { bus, answer } = intakeWorld()
    const headers = { ...plain, 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' }
    expect((await answer(request('POST', '/t', { headers, body: JSON.stringify(view) }))).statusCode).toBe(
      204,
    )
    expect(bus.submitted).toEqual([])
  })

  test('has bounds', async () => {
    const { answer } = intakeWorld()
    const status = async (method: string, path: string, body = '') =>
      (await answer(request(method, path, { headers: plain, body }))).statusCode
    expect(await status('POST', '/t', 'x'.repeat(64 * 1024 + 1))).toBe(413)
    expect(await status('POST', '/t', 'x'.repeat(64 * 1024))).toBe(204)
    expect(await status('GET', '/t')).toBe(405)
    expect(await status('POST', '/t/more')).toBe(404)
    expect(await status('OPTIONS', '/t')).toBe(204)
    expect(await status('POST', '/t.js')).toBe(405)
  })

  test('takes nothing from other sites than those that the settings name', async () => {
    const { bus, answer } = intakeWorld({
      ...playbook,
      settings: { ...playbook.settings, tracking: { origins: ['https://www.example.com'] } },
    })
    const from = (origin: string) =>
      answer(request('POST', '/t', { headers: { ...plain, origin }, body: JSON.stringify(view) }))
    const reply = await from('https://evil.example')
    expect(reply.statusCode).toBe(204)
    expect(reply.headers).not.toHaveProperty('access-control-allow-origin')
    expect(bus.submitted).toEqual([])
    await from('https://www.example.com')
    await from('https://forms.example.com')
    expect(bus.submitted).toHaveLength(2)
  })
})

describe('a tracked link', () => {
  test('leads where it was signed for, and is recorded', async () => {
    const { bus, answer, times } = intakeWorld()
    const reply = await answer(request('GET', `/c/${click}`, { headers: agent }))
    expect(reply).toMatchObject({
      statusCode: 302,
      headers: { location: target, 'cache-control': 'no-store, private', 'referrer-policy': 'no-referrer' },
    })
    expect(bus.submitted).toEqual([
      expect.objectContaining({
        type: 'email.clicked',
        subject: { leadId },
        occurredAt: times.now,
        properties: {
          email: 'welcome',
          sendId: 'run:1',
          link: target,
          method: 'GET',
          via: 'signed-link',
          userAgent: agent['user-agent'],
        },
      }),
    ])
    expect(bus.submitted[0]?.id.length).toBeLessThanOrEqual(128)
  })

  test('tells HEAD from a click, and each click from the next', async () => {
    const { bus, answer, times } = intakeWorld()
    for (const method of ['HEAD', 'GET']) await answer(request(method, `/c/${click}`))
    times.now = '2026-03-02T09:00:01.000Z'
    await answer(request('GET', `/c/${click}`))
    expect(bus.submitted.map(({ properties }) => properties.method)).toEqual(['HEAD', 'GET', 'GET'])
    expect(new Set(bus.submitted.map(({ id }) => id)).size).toBe(3)
  })

  test('that is loaded ahead is no click', async () => {
    const { bus, answer } = intakeWorld()
    const headers = { ...agent, 'sec-purpose': 'prefetch;prerender' }
    expect((await answer(request('GET', `/c/${click}`, { headers }))).statusCode).toBe(302)
    expect(bus.submitted).toEqual([])
  })

  test('leads on though the bus takes nothing, and somebody is told', async () => {
    const { bus, answer, missed } = intakeWorld()
    bus.submit = async () => {
      throw new Transient('down')
    }
    expect((await answer(request('GET', `/c/${click}`))).statusCode).toBe(302)
    expect(missed).toEqual([expect.objectContaining({ message: 'down' })])
  })

  test('that is missed is one line of the log, with the reason', () => {
    const lines: unknown[][] = []
    const warn = warnMissed({ warn: (...line) => lines.push(line) })
    warn(new Transient('down'))
    warn('gone')
    expect(lines).toEqual([
      [missedHitMessage, expect.objectContaining({ message: 'down' })],
      [missedHitMessage, expect.objectContaining({ message: 'gone' })],
    ])
  })

  const changed = (token: string) =>
    token.endsWith('A') ? `${token.slice(0, -1)}B` : `${token.slice(0, -1)}A`
  const script = tokens.sign('click', { leadId, data: { ...data, u: 'javascript:alert(1)' } }, expiresAt)
  test.each([
    ['with one letter changed', `/c/${changed(click)}`],
    [
      'expired',
      `/c/${tokens.sign('click', { leadId, data: { ...data, u: target } }, '2026-03-02T09:00:00.000Z')}`,
    ],
    ['of an open', `/c/${open}`],
    ['to unsubscribe', `/c/${tokens.sign('unsubscribe', { leadId, data }, expiresAt)}`],
    ['that leads nowhere', `/c/${tokens.sign('click', { leadId, data }, expiresAt)}`],
    ['that runs a script', `/c/${script}`],
    ['of a click, as a picture', `/o/${click}`],
    ['that is none', '/o/x'],
  ])('%s: 404, and nothing is recorded', async (_, path) => {
    const { bus, answer } = intakeWorld()
    for (const [method, status] of [
      ['GET', 404],
      ['HEAD', 404],
      ['POST', 405],
    ] as const) {
      const reply = await answer(request(method, path, { headers: agent }))
      expect(reply.statusCode).toBe(status)
      expect(reply.headers).not.toHaveProperty('location')
    }
    expect(bus.submitted).toEqual([])
  })

  test('is followed, not posted to', async () => {
    const { answer } = intakeWorld()
    expect((await answer(request('POST', `/c/${click}`))).statusCode).toBe(405)
  })
})

test('the picture is one point, is kept nowhere, and tells of an open', async () => {
  const { bus, answer } = intakeWorld()
  const reply = await answer(request('GET', `/o/${open}`, { headers: agent }))
  expect(reply).toMatchObject({
    statusCode: 200,
    headers: { 'content-type': 'image/gif', 'cache-control': 'no-store, private' },
  })
  const gif = Buffer.from(reply.body)
  expect([gif.subarray(0, 6).toString(), gif.readUInt16LE(6), gif.readUInt16LE(8)]).toEqual(['GIF89a', 1, 1])
  expect(bus.submitted).toMatchObject([
    {
      type: 'email.opened',
      subject: { leadId },
      properties: { email: 'welcome', sendId: 'run:1', method: 'GET' },
    },
  ])
  expect(bus.submitted[0]?.properties).not.toHaveProperty('link')
})

describe('a form', () => {
  const body = 'email=anna%40example.com'
  const visitorIn = async (more: string, cookies: Record<string, string> = {}) => {
    const { bus, answer } = intakeWorld()
    await answer(request('POST', '/f/newsletter', { headers: browser, cookies, body: body + more }))
    return bus.submitted[0]?.properties.visitorId
  }

  test('says which browser it came from, where the field or the cookie says so', async () => {
    expect(await visitorIn('')).toBeUndefined()
    expect(await visitorIn('&_visitor=b-1')).toBe('b-1')
    expect(await visitorIn('', { trichter_visitor: 'b-2' })).toBe('b-2')
    expect(await visitorIn('&_visitor=b-1', { trichter_visitor: 'b-2' })).toBe('b-1')
    expect(await visitorIn('&_visitor=', { trichter_visitor: 'b-2' })).toBe('b-2')
    expect(await visitorIn(`&_visitor=${'x'.repeat(129)}`)).toBeUndefined()
  })
})

test('what a page reports at once keeps its order', async () => {
  const { bus, answer } = intakeWorld()
  const events = ['z', 'm', 'a'].map((id) => ({ ...view, id }))
  await answer(
    request('POST', '/t', {
      headers: { ...plain, origin: 'https://www.example.com' },
      body: JSON.stringify({ events }),
    }),
  )
  const times = bus.submitted.map(({ occurredAt }) => occurredAt)
  expect(bus.submitted.map(({ id }) => id)).toEqual(['z', 'm', 'a'])
  expect(new Set(times).size).toBe(3)
  expect(times).toEqual(times.toSorted())
})
