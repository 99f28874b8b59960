import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { httpWebhook, isLoopbackUrl, isPublicAddress } from '../../../functions/adapters/http-webhook.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
})

const listen = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<number> => {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

const post = httpWebhook({ allowLoopback: true })
const request = (url: string) => ({
  url,
  headers: { 'content-type': 'application/json', 'webhook-id': 'x' },
  body: '{"ä":1}',
})

describe('one request', () => {
  test('arrives as it was given, and its answer is kept as one line of at most a kilobyte', async () => {
    const seen: { method?: string | undefined; headers?: IncomingMessage['headers']; body: string } = {
      body: '',
    }
    const port = await listen(async (incoming, response) => {
      for await (const chunk of incoming) seen.body += chunk
      Object.assign(seen, { method: incoming.method, headers: incoming.headers })
      response.writeHead(202, { 'retry-after': '7' })
      response.end(`fine\n\tthanks ${'x'.repeat(100_000)}`)
    })
    const attempted = await post(request(`http://127.0.0.1:${port}/hook?a=b`))
    expect(seen).toMatchObject({
      method: 'POST',
      body: '{"ä":1}',
      headers: { 'webhook-id': 'x', 'content-length': '8' },
    })
    expect(attempted).toMatchObject({ type: 'answered', status: 202, retryAfter: 7 })
    const answer = attempted.type === 'answered' ? attempted.answer : ''
    expect(answer).toMatch(/^fine thanks x+$/)
    expect(answer.length).toBeLessThanOrEqual(1_024)
  })

  test('follows no redirect', async () => {
    const paths: (string | undefined)[] = []
    const port = await listen((incoming, response) => {
      paths.push(incoming.url)
      response.writeHead(307, { location: '/elsewhere' }).end()
    })
    expect(await post(request(`http://127.0.0.1:${port}/hook`))).toMatchObject({ status: 307 })
    expect(paths).toEqual(['/hook'])
  })

  test.each([
    ['says nothing', () => {}],
    ['never ends what it says', (_: IncomingMessage, response: ServerResponse) => response.write('.')],
  ])('is cut off where the other side %s', async (_case, answer) => {
    const port = await listen(answer)
    const hasty = httpWebhook({ allowLoopback: true, timeout: 50 })
    expect(await hasty(request(`http://127.0.0.1:${port}/`))).toEqual({
      type: 'unanswered',
      reason: 'timeout',
    })
  })

  test('is cut off where the name server says nothing', async () => {
    const hasty = httpWebhook({ allowLoopback: true, timeout: 50, resolve: () => new Promise(() => {}) })
    expect(await hasty(request('https://crm.example.com/'))).toEqual({
      type: 'unanswered',
      reason: 'timeout',
    })
  })

  test('finds nobody listening', async () => {
    const port = await listen(() => {})
    const [server] = servers
    await new Promise((done) => server?.close(done))
    servers.pop()
    expect(await post(request(`http://127.0.0.1:${port}/`))).toEqual({
      type: 'unanswered',
      reason: 'ECONNREFUSED',
    })
  })

  test('resolves the name once and goes to what was found', async () => {
    const port = await listen((_incoming, response) => response.end('here'))
    let asked = 0
    const pinned = httpWebhook({
      allowLoopback: true,
      resolve: async () => {
        asked += 1
        return [{ address: '127.0.0.1', family: 4 }]
      },
    })
    expect(await pinned(request(`http://crm.invalid:${port}/`))).toMatchObject({
      status: 200,
      answer: 'here',
    })
    expect(asked).toBe(1)
  })
})

describe('what is refused before anything is sent', () => {
  const outside = httpWebhook({
    allowLoopback: false,
    resolve: async (name) => [
      { address: '93.184.216.34', family: 4 },
      { address: name === 'split.example' ? '10.0.0.7' : '93.184.216.35', family: 4 },
    ],
  })
  const notPublic = { type: 'unanswered', reason: 'refused: the name leads to an address that is not public' }

  test.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00:ec2::254]/',
    'https://[::ffff:169.254.169.254]/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://split.example/',
  ])('%s', async (url) => {
    expect(await outside(request(url))).toEqual(notPublic)
  })

  test('http to anywhere but this machine', async () => {
    expect(await outside(request('http://crm.example/'))).toEqual({
      type: 'unanswered',
      reason: 'refused: only https is allowed',
    })
  })
})

describe('an address', () => {
  test.each([
    ['93.184.216.34', true],
    ['2606:2800:220:1:248:1893:25c8:1946', true],
    ['0.0.0.0', false],
    ['10.1.2.3', false],
    ['100.64.0.1', false],
    ['127.0.0.1', false],
    ['169.254.169.254', false],
    ['172.16.0.1', false],
    ['172.32.0.1', true],
    ['192.168.1.1', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['::', false],
    ['::1', false],
    ['::ffff:10.0.0.1', false],
    ['::ffff:a00:1', false],
    ['64:ff9b::a00:1', false],
    ['2002:a00:1::', false],
    ['2001:db8::1', false],
    ['fc00::1', false],
    ['fe80::1', false],
    ['ff02::1', false],
    ['crm.example.com', false],
  ])('%s is public: %s', (address, isPublic) => {
    expect(isPublicAddress(address, false)).toBe(isPublic)
  })

  test('of this machine is let through where that was said, and no other private one', () => {
    for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])
      expect(isPublicAddress(address, true)).toBe(true)
    for (const address of ['10.0.0.1', '169.254.169.254', 'fe80::1'])
      expect(isPublicAddress(address, true)).toBe(false)
  })

  test.each([
    ['http://127.0.0.1:4566', true],
    ['http://localhost:4566', true],
    ['http://[::1]:4566', true],
    ['https://sqs.eu-central-1.amazonaws.com', false],
    ['http://127.0.0.1.example.com', false],
    ['', false],
    [undefined, false],
  ])('%s leads to this machine: %s', (url, isLocal) => {
    expect(isLoopbackUrl(url)).toBe(isLocal)
  })
})
