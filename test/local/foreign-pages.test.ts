import { request } from 'node:http'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OwnAddresses } from '../../local/http/http-server.ts'
import { type Fixture, runFixture } from './fixture/run-fixture.ts'

let stack: Fixture
beforeAll(async () => {
  stack = await runFixture()
})
afterAll(() => stack.stop())

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Sends headers as they are given, `Host` included. */
const send = (address: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(new URL(address), { method, headers }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', reject)
    sent.end(body)
  })

const now = async (): Promise<unknown> => Object((await stack.get('/_local/clock')).body).now
const portOf = (url: string): string => new URL(url).port

const foreign: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['a page of another site', { origin: 'https://evil.example' }],
  ['a page of another port', { origin: 'http://127.0.0.1:1' }],
  ['the same address over TLS', { origin: 'https://127.0.0.1' }],
  ['a sandboxed page', { origin: 'null' }],
  ['a request that a browser marks as cross-site', { 'sec-fetch-site': 'cross-site' }],
  ['one of another port of this machine', { 'sec-fetch-site': 'same-site' }],
  [
    'a frame in another site',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
  ],
]

const hosts = [
  'attacker.example',
  'attacker.example:80',
  '127.0.0.1.attacker.example',
  '127.0.0.1:1',
  'localhost',
]

describe('what a page of another site asks for', () => {
  it.each(foreign)('is refused under /_local: %s', async (_, headers) => {
    const before = String(await now()).slice(0, 10)
    const plain = { ...headers, 'content-type': 'text/plain' }
    const advance = { method: 'POST', headers: plain, body: '{"advance":"30d"}' }
    expect(await send(`${stack.url}/_local/clock`, advance)).toBe(403)
    expect(await send(`${stack.url}/_local/inbox`, { headers })).toBe(403)
    expect(await send(`${stack.url}/_local/inbox`, { method: 'DELETE', headers })).toBe(403)
    expect(await send(`${stack.url}/_local?x`, { headers })).toBe(403)
    expect(String(await now()).slice(0, 10)).toBe(before)
  })

  it.each(foreign)('is refused at the AWS endpoint: %s', async (_, headers) => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/sts/aws4_request'
    expect(await send(stack.aws, { method: 'POST', headers: { ...headers, authorization } })).toBe(403)
  })

  it('reaches the app, which says itself who may embed its forms', async () => {
    const headers = { origin: 'https://www.example.com', 'sec-fetch-site': 'cross-site' }
    expect(await send(`${stack.url}/a`, { headers })).toBe(200)
    expect(await send(`${stack.url}/_localised`, { headers })).toBe(200)
  })
})

describe('a name that points to this machine', () => {
  it.each(hosts)('is refused everywhere: "%s"', async (host) => {
    const headers = { host }
    const found = [`${stack.url}/_local/events`, `${stack.url}/a`, `${stack.url}/`, stack.aws]
    expect(await Promise.all(found.map((address) => send(address, { headers })))).toEqual([
      403, 403, 403, 403,
    ])
  })

  it('has to be given', () => {
    expect(new OwnAddresses([stack.url]).foreignHost({ headers: {} })).toBeDefined()
  })

  it('is the runner’s own as 127.0.0.1 and localhost', async () => {
    const host = `LocalHost:${portOf(stack.url)}`
    expect(await send(`${stack.url}/_local/clock`, { headers: { host } })).toBe(200)
    expect(await send(`${stack.url}/a`, { headers: { host } })).toBe(200)
  })
})

describe('what goes on working', () => {
  it.each([
    ['a program', {}],
    ['an address typed into the browser', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
    [
      'a link on another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ],
    ['its own pages', { 'sec-fetch-site': 'same-origin' }],
  ])('%s', async (_, headers) => {
    expect(await send(`${stack.url}/_local/clock`, { headers })).toBe(200)
  })

  it('its own pages’ forms', async () => {
    const headers = { origin: stack.url, 'sec-fetch-site': 'same-origin' }
    expect(await send(`${stack.url}/_local/settle`, { method: 'POST', headers })).toBe(200)
  })

  it('a link that changes something is none', async () => {
    const headers = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    }
    expect(await send(`${stack.url}/_local/settle`, { method: 'POST', headers })).toBe(403)
  })

  it('AWS clients, by the address printed and by localhost', async () => {
    for (const endpoint of [stack.aws, stack.aws.replace('127.0.0.1', 'localhost')]) {
      const events = new EventBridgeClient({ ...stack.client, endpoint })
      const Entries = [{ Source: 'test', DetailType: 'Seen', Detail: '{}', EventBusName: 'default' }]
      expect((await events.send(new PutEventsCommand({ Entries }))).FailedEntryCount).toBe(0)
    }
  })
})

describe('credentials', () => {
  it('count in the Authorization header alone', async () => {
    const scope = encodeURIComponent('local/20260101/eu-central-1/sts/aws4_request')
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${scope}&Action=GetCallerIdentity`
    expect(await send(`${stack.aws}/?${query}`, { method: 'POST' })).toBe(403)
  })
})
