import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fixture, runFixture } from './fixture/run-fixture.ts'

let stack: Fixture
beforeAll(async () => {
  stack = await runFixture()
})
afterAll(() => stack.stop())

/** The event as the function saw it. */
async function seen(path: string, init?: RequestInit) {
  const response = await fetch(`${stack.url}${path}`, init)
  return Object(await response.json()).event
}

describe('requests in payload format 2.0', () => {
  it('carries path, query, headers and cookies', async () => {
    const event = await seen('/a/b%20c?x=1&x=2&y=%C3%A4', { headers: { cookie: 'a=1; b=2', 'x-own': 'yes' } })
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /{proxy+}',
      rawPath: '/a/b c',
      rawQueryString: 'x=1&x=2&y=%C3%A4',
      queryStringParameters: { x: '1,2', y: 'ä' },
      pathParameters: { proxy: 'a/b c' },
      cookies: ['a=1', 'b=2'],
      headers: { 'x-own': 'yes' },
      isBase64Encoded: false,
      requestContext: { http: { method: 'GET', sourceIp: '127.0.0.1' }, stage: '$default' },
    })
    expect(event.headers).not.toHaveProperty('cookie')
    expect(event.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/)
  })

  it.each([
    ['application/json', false],
    ['text/plain; charset=utf-8', false],
    ['application/problem+json', false],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
  ])('passes a body of %s on, encoded: %s', async (type, encoded) => {
    const event = await seen('/body', { method: 'POST', headers: { 'content-type': type }, body: 'ä=1' })
    expect(event.isBase64Encoded).toBe(encoded)
    expect(Buffer.from(event.body, encoded ? 'base64' : 'utf8').toString()).toBe('ä=1')
  })

  it('refuses more than 10 MB', async () => {
    const response = await fetch(`${stack.url}/big`, {
      method: 'POST',
      body: Buffer.alloc(10 * 1024 * 1024 + 1),
    })
    expect(response.status).toBe(413)
  })
})

describe('answers', () => {
  it('decodes base64', async () => {
    const response = await fetch(`${stack.url}/gif`)
    expect([response.headers.get('content-type'), await response.text()]).toEqual(['image/gif', 'GIF'])
  })

  it('sets each cookie by itself', async () => {
    const response = await fetch(`${stack.url}/cookies`)
    expect(response.status).toBe(204)
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it.each(['/throw', '/crash'])('hides what went wrong at %s, and serves the next request', async (path) => {
    const response = await fetch(`${stack.url}${path}`)
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }])
    expect((await fetch(`${stack.url}/after`)).status).toBe(200)
  })

  it('gives up on a function that is over its time', async () => {
    const quick = await runFixture({
      change: ({ Resources }) => Object.assign(Resources.Front?.Properties ?? {}, { Timeout: 1 }),
    })
    expect((await fetch(`${quick.url}/slow`)).status).toBe(503)
    await quick.stop()
  })
})

describe("Lambda's limits", () => {
  const answer = 6 * 1024 * 1024 + 100
  it.each([
    // Two quotes stand around the text.
    [answer - 2, 200],
    [answer - 1, 500],
    [8_000_000, 500],
  ])('an answer of %i characters is %i', async (length, status) => {
    expect((await fetch(`${stack.url}/big?${length}`)).status).toBe(status)
  })

  it.each([
    ['x', 5_000_000, 200],
    ['x', 6_300_000, 413],
    ['"', 3_200_000, 413],
    ['ü', 3_200_000, 413],
  ])('a request of %j × %i, escaped in the event, is %i', async (character, times, status) => {
    const headers = { 'content-type': 'text/plain' }
    const body = character.repeat(times)
    const response = await fetch(`${stack.url}/big?2`, { method: 'POST', headers, body })
    expect(response.status).toBe(status)
  })
})

describe('the authorizer', () => {
  it.each([undefined, 'Bearer local-nobody', 'Bearer sales'])('answers 401 to %s', async (authorization) => {
    const response = await fetch(`${stack.url}/user`, authorization ? { headers: { authorization } } : {})
    expect([response.status, await response.json()]).toEqual([401, { message: 'Unauthorized' }])
  })

  it('hands the claims of a known group on', async () => {
    const event = await seen('/user', { headers: { authorization: 'Bearer local-sales' } })
    const id = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    const number = expect.stringMatching(/^\d{10,11}$/)
    expect(event.requestContext.authorizer.jwt.claims).toEqual({
      aud: expect.any(String),
      auth_time: number,
      'cognito:groups': '[sales]',
      'cognito:username': id,
      email: 'sales@example.com',
      email_verified: 'true',
      event_id: id,
      exp: number,
      iat: number,
      iss: expect.stringMatching(/^https:\/\/cognito-idp\./),
      jti: id,
      name: 'Local Sales',
      origin_jti: id,
      sub: id,
      token_use: 'id',
    })
  })
})

it('gives a function only its own variables and the reserved ones', async () => {
  const { env } = Object(await (await fetch(`${stack.url}/env`)).json())
  expect(env).toMatchObject({
    BUS: 'fixture',
    ONLY: 'no',
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: stack.aws,
  })
  expect(Object.keys(env).filter((name) => !name.startsWith('AWS_'))).toEqual(
    expect.not.arrayContaining(['PATH', 'HOME', 'PORT']),
  )
})

it('runs a function on the moved clock', async () => {
  await stack.post('/_local/clock', { advance: '10w' })
  const { now, called } = Object(await (await fetch(`${stack.url}/env`)).json())
  const ahead = (text: string) => Math.round((Date.parse(text) - Date.now()) / 86_400_000)
  expect([ahead(now), ahead(called)]).toEqual([70, 70])
})
