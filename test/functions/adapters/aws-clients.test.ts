import crypto, { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { DeleteScheduleCommand } from '@aws-sdk/client-scheduler'
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { ListSuppressedDestinationsCommand } from '@aws-sdk/client-sesv2'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  makeBusClient,
  makeMailClient,
  makeQueueClient,
  makeSchedulerClient,
  makeSecretsClient,
  makeTableClient,
} from '../../../functions/adapters/aws-clients.ts'

interface Received {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const received: Received[] = []
let statuses: number[] = []
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  received.push({
    method: request.method ?? '',
    url: new URL(request.url ?? '', `http://${request.headers.host}`),
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
  })
  response.writeHead(statuses.shift() ?? 200).end('{}')
})
let endpoint = ''

beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the server has no port')
  endpoint = `http://127.0.0.1:${address.port}`
  received.length = 0
  statuses = []
  vi.stubEnv('AWS_REGION', 'eu-west-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a secret')
  vi.stubEnv('AWS_SESSION_TOKEN', 'a session')
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** Signature version 4, as the IAM user guide describes it. */
const signatureOf = ({ method, url, headers, body }: Received, secret: string): string => {
  const [, scope = '', names = ''] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? []
  const canonical = [
    method,
    url.pathname,
    url.searchParams.toString(),
    ...names.split(';').map((name) => `${name}:${headers[name]}`),
    '',
    names,
    sha256(body),
  ].join('\n')
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`)
  return hmac(key, ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n')).toString(
    'hex',
  )
}

const given = (request: Received) => request.headers.authorization?.split('Signature=')[1]

const callEach = async () => {
  const put = new PutItemCommand({ TableName: 'leads', Item: { pk: { S: 'lead' }, name: { S: 'Zoë' } } })
  await makeTableClient().send(put)
  await makeBusClient().send(new PutEventsCommand({ Entries: [{ Source: 'test', Detail: '{}' }] }))
  await makeSchedulerClient().send(new DeleteScheduleCommand({ Name: 'alarm', GroupName: 'waits' }))
  await makeSecretsClient().send(new GetSecretValueCommand({ SecretId: 'secret' }))
  await makeMailClient().send(new ListSuppressedDestinationsCommand({ PageSize: 3 }))
  const client = makeQueueClient()
  // Its answer lacks the digest that the client compares.
  await client
    .send(new SendMessageCommand({ QueueUrl: `${endpoint}/1/queue`, MessageBody: 'a' }))
    .catch(() => 0)
}

test('each service gets requests signed for it, time and again', async () => {
  await callEach()
  await callEach()
  expect(received.map(given)).toEqual(received.map((request) => signatureOf(request, 'a secret')))
  const services = received.map(({ headers }) => headers.authorization?.split('/')[3])
  const each = ['dynamodb', 'events', 'scheduler', 'secretsmanager', 'ses', 'sqs']
  expect(services).toEqual([...each, ...each])
  expect(received.every(({ headers }) => headers['x-amz-security-token'] === 'a session')).toBe(true)
})

test('other credentials sign with another key', async () => {
  const client = makeTableClient({ credentials: { accessKeyId: 'AKIAOTHER', secretAccessKey: 'another' } })
  await client.send(new GetItemCommand({ TableName: 'leads', Key: { pk: { S: 'lead' } } }))
  const [request] = received
  expect(request && given(request)).toBe(request && signatureOf(request, 'another'))
})

test('many requests at once for two services derive one key for each', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIANEW')
  const make = vi.spyOn(crypto, 'createHmac')
  syncBuiltinESMExports()
  const handle = async () => ({ response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } })
  const table = makeTableClient({ requestHandler: { handle } })
  const mail = makeMailClient({ requestHandler: { handle } })
  const get = new GetItemCommand({ TableName: 'leads', Key: { pk: { S: 'lead' } } })
  const atOnce = 60
  const storm = (send: () => Promise<unknown>) => Promise.all(Array.from({ length: atOnce }, send))
  const rounds = 3
  try {
    for (let round = 0; round < rounds; round += 1) {
      await storm(() => table.send(get))
      await storm(() => mail.send(new ListSuppressedDestinationsCommand({})))
    }
    const signed = 2 * rounds * atOnce
    expect(make.mock.calls.length - signed).toBeLessThanOrEqual(2 * 5)
  } finally {
    make.mockRestore()
    syncBuiltinESMExports()
  }
})

test('what fails for the moment is tried again, signed anew, unless the client is told not to', async () => {
  statuses = [500, 200]
  await makeTableClient().send(new GetItemCommand({ TableName: 'leads', Key: { pk: { S: 'lead' } } }))
  expect(received.map(({ headers }) => headers['amz-sdk-request'])).toEqual([
    'attempt=1; max=4',
    'attempt=2; max=4',
  ])
  expect(received.map(given)).toEqual(received.map((request) => signatureOf(request, 'a secret')))
  statuses = [500, 200]
  const once = makeMailClient({ maxAttempts: 1 })
  await expect(once.send(new ListSuppressedDestinationsCommand({}))).rejects.toThrow()
  expect(received).toHaveLength(3)
})

test('the environment says where a service is', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', undefined)
  const hosts: string[] = []
  const requestHandler = {
    handle: async ({ hostname }: { readonly hostname: string }) => {
      hosts.push(hostname)
      return { response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } }
    },
  }
  const get = new GetItemCommand({ TableName: 'leads', Key: { pk: { S: 'lead' } } })
  await makeTableClient({ requestHandler }).send(get)
  vi.stubEnv('AWS_REGION', 'cn-north-1')
  await makeTableClient({ requestHandler }).send(get)
  expect(hosts).toEqual(['dynamodb.eu-west-1.amazonaws.com', 'dynamodb.cn-north-1.amazonaws.com.cn'])
})

test('a request names the trace that it belongs to, so that Lambda notices a loop', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'record')
  vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-2')
  await makeTableClient().send(new GetItemCommand({ TableName: 'leads', Key: { pk: { S: 'lead' } } }))
  expect(received[0]?.headers['x-amzn-trace-id']).toBe('Root=1-2')
})
