import { Logger } from '@aws-lambda-powertools/logger'
import type { Context } from 'aws-lambda'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { handleHttp } from '../../../functions/http/handle-http.ts'
import { type HttpContext, makeApp } from '../../../functions/http/http-app.ts'
import { bodyOf } from '../../../functions/http/http-message.ts'
import { problemReply, type Refusal } from '../../../functions/http/problem.ts'
import { Transient } from '../../../functions/ports.ts'

const context: Context = {
  awsRequestId: 'r-1',
  functionName: 'intake',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:1:function:intake',
  memoryLimitInMB: '512',
  logGroupName: 'g',
  logStreamName: 's',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => 1000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
}

const event = {
  version: '2.0',
  rawPath: '/f/newsletter',
  headers: { Accept: 'text/html' },
  cookies: ['trichter_visitor=b-1', 'odd', 'token=a=b'],
  pathParameters: { form: 'newsletter' },
  body: Buffer.from('grün').toString('base64'),
  isBase64Encoded: true,
  requestContext: { http: { method: 'POST' }, authorizer: { jwt: { claims: { sub: 'u' }, scopes: null } } },
}

const logger = new Logger({ serviceName: 'test' })
type Answer = (context: HttpContext) => Response | Promise<Response>
const handlerOf = (answer: Answer) => handleHttp(logger, async () => makeApp().all('*', answer))
const handle = (answer: Answer) => handlerOf(answer)(event, context)

afterEach(() => {
  vi.restoreAllMocks()
})

test('reads what API Gateway sends', async () => {
  const seen: object[] = []
  const answer = async (context: HttpContext) => {
    const { req, env } = context
    const text = new TextDecoder().decode(await bodyOf(context))
    seen.push({ method: req.method, path: req.path, query: req.query(), headers: req.header(), text, ...env })
    return Response.json({})
  }
  const headers = { ...event.headers, Referer: 'https://example.com/日本' }
  await handlerOf(answer)({ ...event, headers, rawQueryString: 'a=1&b=%C3%BC' }, context)
  expect(seen).toEqual([
    {
      method: 'POST',
      path: '/f/newsletter',
      query: { a: '1', b: 'ü' },
      headers: {
        accept: 'text/html',
        cookie: 'trichter_visitor=b-1; odd; token=a=b',
        referer: 'https://example.com/%E6%97%A5%E6%9C%AC',
      },
      text: 'grün',
      claims: { sub: 'u' },
    },
  ])
})

test('hands pictures on in base64, and what has no content without', async () => {
  const picture = new Response(new Uint8Array([71, 73, 70]), { headers: { 'content-type': 'image/gif' } })
  expect(await handle(() => picture)).toMatchObject({ body: 'R0lG', isBase64Encoded: true })
  expect(await handle(() => new Response(null, { status: 204 }))).toMatchObject({ statusCode: 204, body: '' })
})

test('a GET is answered whatever its body', async () => {
  const read = { ...event, requestContext: { http: { method: 'GET' } } }
  expect(await handlerOf(() => Response.json({}))(read, context)).toMatchObject({ statusCode: 200 })
})

describe('an address without a route', () => {
  const ask = (method: string, rawPath: string) =>
    handleHttp(logger, async () => makeApp().get('/a/:id', () => Response.json({})))(
      { rawPath, headers: {}, requestContext: { http: { method } } },
      context,
    )

  test('is told apart from one with another method', async () => {
    expect(await ask('GET', '/a/1')).toMatchObject({ statusCode: 200, body: '{}' })
    expect(await ask('HEAD', '/a/1')).toMatchObject({ statusCode: 200, body: '' })
    expect(await ask('DELETE', '/a/1')).toMatchObject({ statusCode: 405, headers: { allow: 'GET' } })
    expect(await ask('GET', '/a')).toMatchObject({ statusCode: 404 })
  })
})

test('every answer carries the security headers, and may state its own caching', async () => {
  const reply = await handle(() => Response.json({}, { headers: { 'cache-control': 'public' } }))
  expect(reply.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'public' })
  expect((await handle(() => Response.json({}))).headers).toMatchObject({
    'cache-control': 'no-store',
  })
})

describe('what is thrown', () => {
  test.each([
    ['a defect', new Error('table trichter-data is gone, anna@example.com'), 500],
    ['a passing failure', new Transient('bus busy'), 503],
  ])('%s tells nothing of the inside', async (_, error, status) => {
    const logged = vi.spyOn(logger, 'error').mockImplementation(() => {})
    const reply = await handle(async () => {
      throw error
    })
    expect(reply.statusCode).toBe(status)
    expect(reply.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'x-content-type-options': 'nosniff',
    })
    expect(reply.body).not.toContain(error.message)
    expect(reply.body).not.toContain('at ')
    expect(logged).toHaveBeenCalledExactlyOnceWith('request failed', {
      outcome: 'failed',
      status,
      durationMs: expect.any(Number),
      error,
    })
  })
})

describe('one line for each request', () => {
  const leadId = '0190a6e0-0000-7000-8000-000000000001'
  const lineOf = async (sent: object) => {
    const logged = vi.spyOn(logger, 'info').mockImplementation(() => {})
    await handlerOf(() => Response.json({}, { status: 202 }))({ ...event, ...sent }, context)
    expect(logged).toHaveBeenCalledOnce()
    expect(logged.mock.calls[0]?.[0]).toBe('request done')
    return logged.mock.calls[0]?.[1]
  }

  test('of a link its route alone: the path is a token', async () => {
    const line = await lineOf({ routeKey: 'GET /u/{token}', rawPath: '/u/secret-token' })
    expect(line).toEqual({
      route: 'GET /u/{token}',
      outcome: 'done',
      status: 202,
      durationMs: expect.any(Number),
    })
  })

  test.each([
    [`/api/leads/${leadId}/timeline`, `/api/leads/${leadId}/timeline`, leadId],
    [`/api/handoffs/${leadId}.2/accept`, `/api/handoffs/${leadId}.2/accept`, leadId],
    ['/api/leads/anna@example.com', '/api/leads/…', undefined],
    ['/api/leads/anna%40example.com', '/api/leads/…', undefined],
    ['/api/leads/Anna Berg', '/api/leads/…', undefined],
    ['/api/leads', '/api/leads', undefined],
  ])('of %s the path, and never an address', async (rawPath, path, lead) => {
    const line = await lineOf({ routeKey: 'GET /api/{proxy+}', rawPath })
    expect(line).toMatchObject({ route: 'GET /api/{proxy+}', path })
    expect(line).toHaveProperty('status', 202)
    expect(Object(line).leadId).toBe(lead)
  })

  test('a refusal is an answer like any other', async () => {
    const logged = vi.spyOn(logger, 'info').mockImplementation(() => {})
    await handle(() => problemReply({ type: 'forbidden', detail: 'd' }))
    expect(logged).toHaveBeenCalledExactlyOnceWith('request done', expect.objectContaining({ status: 403 }))
  })
})

test.each<[Refusal, number]>([
  [{ type: 'malformed', detail: 'd' }, 400],
  [{ type: 'unauthorized' }, 401],
  [{ type: 'forbidden', detail: 'd' }, 403],
  [{ type: 'not-found', detail: 'd' }, 404],
  [{ type: 'method-not-allowed', allow: ['GET'] }, 405],
  [{ type: 'conflict', detail: 'd' }, 409],
  [{ type: 'too-large', limit: 1 }, 413],
  [{ type: 'unsupported-media-type', accepted: ['a/b'] }, 415],
  [{ type: 'bad-input', errors: [{ path: 'a', message: 'm' }] }, 422],
  [{ type: 'defect' }, 500],
  [{ type: 'unavailable' }, 503],
])('%j is a problem with status %i', async (refusal, status) => {
  const reply = problemReply(refusal)
  expect(reply.status).toBe(status)
  expect(await reply.json()).toMatchObject({
    type: 'about:blank',
    title: expect.any(String),
    status,
    detail: expect.any(String),
  })
})
