import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import https, { type RequestOptions } from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import * as dynamoDb from '@aws-sdk/client-dynamodb'
import * as eventBridge from '@aws-sdk/client-eventbridge'
import * as scheduler from '@aws-sdk/client-scheduler'
import * as secrets from '@aws-sdk/client-secrets-manager'
import * as ses from '@aws-sdk/client-sesv2'
import * as sqs from '@aws-sdk/client-sqs'
import * as documents from '@aws-sdk/lib-dynamodb'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as ours from '../../../lib/bundle/aws/sdk.ts'

/** What the bundles have in place of the SDK is held against the SDK here: both are asked the same, and talk to the same server. */

interface Received {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

let received: Received[] = []
/** What the server answers, in order; the last one from then on. A hang-up is no answer at all. */
let answers: (Answer | 'hang up' | 'silence')[] = []
let server: Server
let endpoint = ''

const answer = (response: ServerResponse): void => {
  const next = answers.length > 1 ? answers.shift() : answers[0]
  if (next === 'silence') return
  if (next === undefined || next === 'hang up') response.socket?.destroy()
  else response.writeHead(next.status, next.headers).end(next.body)
}

beforeEach(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    received.push({
      method: request.method ?? '',
      url: new URL(request.url ?? '', `http://${request.headers.host}`),
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    })
    answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the server has no port')
  endpoint = `http://127.0.0.1:${address.port}`
  received = []
  answers = [{ status: 200, body: '{}' }]
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
const signatureOf = ({ method, url, headers, body }: Received, secret = 'a secret'): string => {
  const [, scope = '', names = ''] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? []
  const canonical = [
    method,
    url.pathname.split('/').map(encodeURIComponent).join('/'),
    [...url.searchParams]
      .map((pair) => pair.map(encodeURIComponent).join('='))
      .sort()
      .join('&'),
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

type Send = (config?: object) => Promise<object>

/** One operation, asked by the SDK and by what stands in for it. */
interface Pair {
  readonly sdk: Send
  readonly own: Send
}

const commands = {
  Put: { sdk: documents.PutCommand, own: ours.PutCommand },
  Get: { sdk: documents.GetCommand, own: ours.GetCommand },
  Delete: { sdk: documents.DeleteCommand, own: ours.DeleteCommand },
  Update: { sdk: documents.UpdateCommand, own: ours.UpdateCommand },
  Query: { sdk: documents.QueryCommand, own: ours.QueryCommand },
  Scan: { sdk: documents.ScanCommand, own: ours.ScanCommand },
  BatchGet: { sdk: documents.BatchGetCommand, own: ours.BatchGetCommand },
  BatchWrite: { sdk: documents.BatchWriteCommand, own: ours.BatchWriteCommand },
}

const document = (name: keyof typeof commands, input: object): Pair => ({
  sdk: (config = {}) => {
    const client = documents.DynamoDBDocumentClient.from(new dynamoDb.DynamoDBClient(config), {
      marshallOptions: { removeUndefinedValues: true },
    })
    const Command = commands[name].sdk as new (input: object) => documents.PutCommand
    return client.send(new Command(input))
  },
  own: (config = {}) => new ours.DynamoDBClient(config).send(new commands[name].own({ ...input })),
})

const item = {
  pk: 'LEAD#1',
  text: 'Zoë "quoted" \u2028 😀',
  number: -1.5e-7,
  big: 2 ** 53 - 1,
  yes: true,
  nothing: null,
  absent: undefined,
  bytes: new Uint8Array([0, 255, 7]),
  list: ['a', 1, { deep: [{}] }, []],
  map: { 'odd name.#': { empty: {} } },
  words: new Set(['a', 'b']),
  numbers: new Set([1, 2]),
}
const Key = { pk: 'LEAD#1', sk: 'STATE' }
const TableName = 'leads'
const queue = () => `${endpoint}/1/queue`

const pairs: Readonly<Record<string, () => Pair>> = {
  PutItem: () =>
    document('Put', {
      TableName,
      Item: item,
      ConditionExpression: '#v = :v',
      ExpressionAttributeNames: { '#v': 'version' },
      ExpressionAttributeValues: { ':v': 1 },
      ReturnValues: undefined,
    }),
  GetItem: () => document('Get', { TableName, Key, ConsistentRead: true }),
  DeleteItem: () => document('Delete', { TableName, Key }),
  UpdateItem: () =>
    document('Update', {
      TableName,
      Key,
      UpdateExpression: 'SET #a = :a',
      ExpressionAttributeNames: { '#a': 'a' },
      ExpressionAttributeValues: { ':a': item },
    }),
  Query: () =>
    document('Query', {
      TableName,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': 'x' },
      ExclusiveStartKey: Key,
      Limit: 5,
      ScanIndexForward: false,
    }),
  Scan: () => document('Scan', { TableName, ExclusiveStartKey: undefined, Segment: 0, TotalSegments: 4 }),
  BatchGetItem: () =>
    document('BatchGet', {
      RequestItems: { leads: { Keys: [Key, { pk: 'b', sk: 'c' }], ConsistentRead: true } },
    }),
  BatchWriteItem: () =>
    document('BatchWrite', {
      RequestItems: { leads: [{ PutRequest: { Item: item } }, { DeleteRequest: { Key } }] },
    }),
  DescribeTable: () => ({
    sdk: (config = {}) =>
      new dynamoDb.DynamoDBClient(config).send(new dynamoDb.DescribeTableCommand({ TableName })),
    own: (config) => new ours.DynamoDBClient(config).send(new ours.DescribeTableCommand({ TableName })),
  }),
  PutEvents: () => {
    const input = {
      Entries: [{ EventBusName: 'trichter', Source: 'test', DetailType: 'Zoë', Detail: '{"a":"ü"}' }],
    }
    return {
      sdk: (config = {}) =>
        new eventBridge.EventBridgeClient(config).send(new eventBridge.PutEventsCommand(input)),
      own: (config) => new ours.EventBridgeClient(config).send(new ours.PutEventsCommand(input)),
    }
  },
  SendMessage: () => {
    const input = { QueueUrl: queue(), MessageBody: '{"a":"ü"}', DelaySeconds: 7 }
    return {
      sdk: (config = {}) =>
        new sqs.SQSClient({ md5: false, ...config }).send(new sqs.SendMessageCommand(input)),
      own: (config) => new ours.SQSClient(config).send(new ours.SendMessageCommand(input)),
    }
  },
  SendMessageBatch: () => {
    const input = { QueueUrl: queue(), Entries: [{ Id: '0', MessageBody: 'a' }] }
    return {
      sdk: (config = {}) =>
        new sqs.SQSClient({ md5: false, ...config }).send(new sqs.SendMessageBatchCommand(input)),
      own: (config) => new ours.SQSClient(config).send(new ours.SendMessageBatchCommand(input)),
    }
  },
  ReceiveMessage: () => {
    const input = { QueueUrl: queue(), MaxNumberOfMessages: 10, VisibilityTimeout: 60 }
    return {
      sdk: (config = {}) =>
        new sqs.SQSClient({ md5: false, ...config }).send(new sqs.ReceiveMessageCommand(input)),
      own: (config) => new ours.SQSClient(config).send(new ours.ReceiveMessageCommand(input)),
    }
  },
  DeleteMessageBatch: () => {
    const input = { QueueUrl: queue(), Entries: [{ Id: '0', ReceiptHandle: 'r' }] }
    return {
      sdk: (config = {}) => new sqs.SQSClient(config).send(new sqs.DeleteMessageBatchCommand(input)),
      own: (config) => new ours.SQSClient(config).send(new ours.DeleteMessageBatchCommand(input)),
    }
  },
  ChangeMessageVisibilityBatch: () => {
    const input = { QueueUrl: queue(), Entries: [{ Id: '0', ReceiptHandle: 'r', VisibilityTimeout: 0 }] }
    return {
      sdk: (config = {}) =>
        new sqs.SQSClient(config).send(new sqs.ChangeMessageVisibilityBatchCommand(input)),
      own: (config) => new ours.SQSClient(config).send(new ours.ChangeMessageVisibilityBatchCommand(input)),
    }
  },
  GetSecretValue: () => ({
    sdk: (config = {}) =>
      new secrets.SecretsManagerClient(config).send(new secrets.GetSecretValueCommand({ SecretId: 's' })),
    own: (config) =>
      new ours.SecretsManagerClient(config).send(new ours.GetSecretValueCommand({ SecretId: 's' })),
  }),
  PutSecretValue: () => {
    const input = { SecretId: 's', SecretString: '{}' }
    return {
      sdk: (config = {}) =>
        new secrets.SecretsManagerClient(config).send(new secrets.PutSecretValueCommand(input)),
      own: (config) => new ours.SecretsManagerClient(config).send(new ours.PutSecretValueCommand(input)),
    }
  },
  CreateSchedule: () => {
    const input = {
      Name: 'a_b-c',
      GroupName: 'waits',
      ScheduleExpression: 'at(2026-01-01T00:00:00)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: 'arn', RoleArn: 'role', Input: '{}', DeadLetterConfig: { Arn: 'dead' } },
    } as const
    return {
      sdk: (config = {}) =>
        new scheduler.SchedulerClient(config).send(new scheduler.CreateScheduleCommand(input)),
      own: (config) => new ours.SchedulerClient(config).send(new ours.CreateScheduleCommand(input)),
    }
  },
  DeleteSchedule: () => {
    const input = { Name: 'a_b-c', GroupName: 'waits' }
    return {
      sdk: (config = {}) =>
        new scheduler.SchedulerClient(config).send(new scheduler.DeleteScheduleCommand(input)),
      own: (config) => new ours.SchedulerClient(config).send(new ours.DeleteScheduleCommand(input)),
    }
  },
  SendEmail: () => {
    const input = {
      FromEmailAddress: 'Zoë <a@example.com>',
      Destination: { ToAddresses: ['b@example.net'] },
      ConfigurationSetName: 'set',
      Content: {
        Simple: {
          Subject: { Data: 'ü', Charset: 'UTF-8' },
          Body: { Text: { Data: 'x' } },
          Headers: [{ Name: 'X', Value: 'y' }],
        },
      },
      EmailTags: [{ Name: 'send', Value: '1' }],
    }
    return {
      sdk: (config = {}) => new ses.SESv2Client(config).send(new ses.SendEmailCommand(input)),
      own: (config) => new ours.SESv2Client(config).send(new ours.SendEmailCommand(input)),
    }
  },
  DeleteSuppressedDestination: () => {
    const input = { EmailAddress: "o'neil+a@example.net" }
    return {
      sdk: (config = {}) =>
        new ses.SESv2Client(config).send(new ses.DeleteSuppressedDestinationCommand(input)),
      own: (config) => new ours.SESv2Client(config).send(new ours.DeleteSuppressedDestinationCommand(input)),
    }
  },
}

/** Each request has a token of its own by which a repeat is known. */
const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const untold = (text: string): string => text.replaceAll(uuid, 'uuid')

const essence = ({ method, url, headers, body }: Received) => ({
  method,
  path: url.pathname,
  query: Object.fromEntries([...url.searchParams].map(([name, value]) => [name, untold(value)])),
  type: headers['content-type'],
  target: headers['x-amz-target'],
  token: headers['x-amz-security-token'],
  scope: headers.authorization?.split(',')[0],
  body: body === '' ? '' : JSON.parse(untold(body)),
})

test.each(Object.keys(pairs))('%s is asked for as the SDK asks for it, and signed', async (name) => {
  const { sdk, own } = pairs[name]?.() ?? expect.fail('no such pair')
  await sdk()
  await own()
  await own()
  const [theirs, mine, again] = received.map(essence)
  expect(mine).toEqual(theirs)
  expect(again).toEqual(theirs)
  expect(received.map(given)).toEqual(received.map((request) => signatureOf(request)))
})

/** What a service said, as the SDK tells it; what it adds about the exchange is its own. */
const plain = ({ $metadata: _, ...said }: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))

const asStored = {
  pk: { S: 'a' },
  n: { N: '12.5' },
  b: { B: 'AP8H' },
  t: { BOOL: false },
  z: { NULL: true },
  m: { M: { l: { L: [{ S: '' }] } } },
  s: { SS: ['x'] },
  k: { NS: ['1'] },
}

test.each<readonly [string, object]>([
  ['GetItem', { Item: asStored }],
  ['GetItem', {}],
  ['PutItem', { Attributes: asStored }],
  ['Query', { Items: [asStored, asStored], Count: 2, ScannedCount: 9, LastEvaluatedKey: { pk: { S: 'a' } } }],
  [
    'BatchGetItem',
    {
      Responses: { leads: [asStored] },
      UnprocessedKeys: { leads: { Keys: [{ pk: { S: 'b' } }], ConsistentRead: true } },
    },
  ],
  [
    'BatchWriteItem',
    {
      UnprocessedItems: {
        leads: [{ PutRequest: { Item: asStored } }, { DeleteRequest: { Key: { pk: { S: 'b' } } } }],
      },
    },
  ],
  [
    'PutEvents',
    { FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode: 'InternalFailure', ErrorMessage: 'm' }] },
  ],
  ['SendMessageBatch', { Successful: [], Failed: [{ Id: '0', SenderFault: false, Code: 'x' }] }],
  ['ReceiveMessage', { Messages: [{ MessageId: '1', ReceiptHandle: 'r', Body: 'ü' }] }],
  ['GetSecretValue', { ARN: 'arn', SecretString: 'text' }],
  ['SendEmail', { MessageId: 'id' }],
])('an answer to %s says the same', async (name, said) => {
  answers = [{ status: 200, body: JSON.stringify(said) }]
  const { sdk, own } = pairs[name]?.() ?? expect.fail('no such pair')
  const [theirs, mine] = [await sdk(), await own()]
  expect(plain({ ...mine })).toEqual(plain({ ...theirs }))
})

const failure = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => expect.fail('nothing was refused'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof Error)) throw error
  const metadata =
    '$metadata' in error ? (error.$metadata as { httpStatusCode: number; attempts: number }) : undefined
  return {
    name: error.name,
    message: error.message,
    status: metadata?.httpStatusCode,
    attempts: metadata?.attempts,
  }
}

test.each<readonly [string, Answer]>([
  [
    'PutItem',
    {
      status: 400,
      body: '{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"no"}',
    },
  ],
  [
    'PutItem',
    { status: 400, body: '{"__type":"com.amazon.coral.validate#ValidationException","Message":"bad"}' },
  ],
  ['PutEvents', { status: 400, body: '{"__type":"AccessDeniedException","Message":"not you"}' }],
  [
    'CreateSchedule',
    {
      status: 409,
      headers: { 'x-amzn-errortype': 'ConflictException:http://x' },
      body: '{"Message":"there"}',
    },
  ],
  [
    'DeleteSchedule',
    { status: 404, headers: { 'x-amzn-errortype': 'ResourceNotFoundException' }, body: '{"Message":"gone"}' },
  ],
  [
    'SendEmail',
    {
      status: 400,
      headers: { 'x-amzn-errortype': 'MessageRejected' },
      body: '{"message":"Email address is not verified."}',
    },
  ],
  [
    'DeleteSuppressedDestination',
    { status: 404, headers: { 'x-amzn-errortype': 'NotFoundException' }, body: '{"message":"none"}' },
  ],
  ['GetSecretValue', { status: 400, body: '{"__type":"ResourceNotFoundException","Message":"none"}' }],
])('a refusal of %s has the same name and words', async (name, refusal) => {
  answers = [refusal]
  const { sdk, own } = pairs[name]?.() ?? expect.fail('no such pair')
  expect(await failure(own())).toEqual(await failure(sdk()))
})

test('kinds of refusals are told apart as the SDK tells them', async () => {
  const refuse = (name: string) => {
    answers = [{ status: 400, headers: { 'x-amzn-errortype': name }, body: '{}' }]
  }
  const kinds = {
    CreateSchedule: ours.ConflictException,
    DeleteSchedule: ours.ResourceNotFoundException,
    DeleteSuppressedDestination: ours.NotFoundException,
  }
  for (const [operation, Kind] of Object.entries(kinds)) {
    refuse(
      Kind === ours.ConflictException
        ? 'ConflictException'
        : Kind === ours.NotFoundException
          ? 'NotFoundException'
          : 'ResourceNotFoundException',
    )
    await expect(pairs[operation]?.().own()).rejects.toBeInstanceOf(Kind)
    refuse('ValidationException')
    await expect(pairs[operation]?.().own()).rejects.not.toBeInstanceOf(Kind)
  }
})

test('whatever an item holds, it is written as the SDK writes it and read as it was', async () => {
  const name = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__')
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'binary' }),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
      fc.uint8Array({ maxLength: 9 }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value, { noNullPrototype: true }), async (Item) => {
      received = []
      const { sdk, own } = document('Put', { TableName, Item })
      await sdk()
      await own()
      const [theirs, mine] = received.map(({ body }) => JSON.parse(body))
      expect(mine).toEqual(theirs)
      answers = [{ status: 200, body: JSON.stringify({ Item: mine.Item }) }]
      const get = document('Get', { TableName, Key })
      expect(plain({ ...(await get.own()) })).toEqual(plain({ ...(await get.sdk()) }))
    }),
    { numRuns: 25 },
  )
})

test.each([[Number.NaN], [2 ** 53], [new Date(0)], [new Set()]])(
  'what DynamoDB has no place for is refused: %s',
  async (value) => {
    const { sdk, own } = document('Put', { TableName, Item: { pk: 'a', value } })
    await expect(sdk()).rejects.toThrow()
    await expect(own()).rejects.toThrow()
    expect(received).toEqual([])
  },
)

test('a large number is read to its last digit', async () => {
  answers = [{ status: 200, body: '{"Item":{"n":{"N":"9007199254740993"}}}' }]
  expect(await document('Get', { TableName, Key }).own()).toEqual({ Item: { n: 9007199254740993n } })
})

const good: Answer = { status: 200, body: '{}' }

test.each<readonly [string, Answer | 'hang up']>([
  ['an error of the service', { status: 500, body: '{}' }],
  ['a balancer that finds nobody', { status: 503, body: '<html>' }],
  ['a lost connection', 'hang up'],
])('%s is tried again, signed anew', async (_, bad) => {
  answers = [bad, good]
  await pairs.GetItem?.().own()
  expect(received).toHaveLength(2)
  expect(received.map(given)).toEqual(received.map((request) => signatureOf(request)))
})

test('what lasts is given up after as many attempts as the SDK makes', async () => {
  answers = [{ status: 500, body: '{}' }]
  for (const name of ['GetItem', 'GetSecretValue']) {
    const { sdk, own } = pairs[name]?.() ?? expect.fail('no such pair')
    expect((await failure(own())).attempts).toBe((await failure(sdk())).attempts)
  }
})

test('a throttled request is tried again, unless the client is told not to', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  const throttled: Answer = { status: 400, body: '{"__type":"ThrottlingException"}' }
  answers = [throttled, good]
  await pairs.SendEmail?.().own()
  expect(received).toHaveLength(2)
  answers = [throttled, good]
  expect(await failure(pairs.SendEmail?.().own({ maxAttempts: 1 }) ?? Promise.resolve())).toMatchObject({
    name: 'ThrottlingException',
    attempts: 1,
  })
  vi.restoreAllMocks()
})

test('a refusal is final', async () => {
  answers = [{ status: 400, body: '{"__type":"ValidationException"}' }, good]
  await expect(pairs.GetItem?.().own()).rejects.toThrow()
  expect(received).toHaveLength(1)
})

test('an answer is waited for no longer than the client is told', async () => {
  answers = ['silence', good]
  await pairs.GetItem?.().own({ requestHandler: { requestTimeout: 50 } })
  expect(received).toHaveLength(2)
  answers = ['silence']
  const once = { maxAttempts: 1, requestHandler: { connectionTimeout: 1_000, requestTimeout: 50 } }
  await expect(pairs.GetItem?.().own(once)).rejects.toMatchObject({ name: 'TimeoutError' })
})

test('other credentials sign with another key', async () => {
  await pairs.GetItem?.().own({ credentials: { accessKeyId: 'AKIAOTHER', secretAccessKey: 'another' } })
  const [request] = received
  expect(request && given(request)).toBe(request && signatureOf(request, 'another'))
  expect(request?.headers['x-amz-security-token']).toBeUndefined()
})

test('the region and the environment say where a service is', async () => {
  const hosts: (string | null | undefined)[] = []
  const { request } = https
  https.request = ((options: RequestOptions) => {
    hosts.push(options.host)
    throw new Error('not from here')
  }) as typeof request
  syncBuiltinESMExports()
  try {
    vi.stubEnv('AWS_ENDPOINT_URL', undefined)
    for (const name of [
      'GetItem',
      'PutEvents',
      'SendMessage',
      'GetSecretValue',
      'DeleteSchedule',
      'SendEmail',
    ])
      await failure(pairs[name]?.().own() ?? Promise.resolve())
    await failure(pairs.GetItem?.().own({ region: 'cn-north-1' }) ?? Promise.resolve())
  } finally {
    https.request = request
    syncBuiltinESMExports()
  }
  expect(hosts).toEqual([
    'dynamodb.eu-west-1.amazonaws.com',
    'events.eu-west-1.amazonaws.com',
    'sqs.eu-west-1.amazonaws.com',
    'secretsmanager.eu-west-1.amazonaws.com',
    'scheduler.eu-west-1.amazonaws.com',
    'email.eu-west-1.amazonaws.com',
    'dynamodb.cn-north-1.amazonaws.com.cn',
  ])
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', endpoint)
  await pairs.SendMessage?.().own()
  expect(received).toHaveLength(1)
})

test('a request names the trace that it belongs to, so that Lambda notices a loop', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'record')
  vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-2')
  await pairs.GetItem?.().own()
  expect(received[0]?.headers['x-amzn-trace-id']).toBe('Root=1-2')
})
