import type { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import type { MiddlewareObj } from '@middy/core'
import middy from '@middy/core'
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import * as z from 'zod/mini'
import { leadIdOfHandoff, parseLeadId } from '../../domain/model/activity.ts'
import { Transient } from '../ports.ts'
import { compactReply } from './compact-reply.ts'
import type { HttpApp } from './http-app.ts'
import { problemReply } from './problem.ts'

type Reply = APIGatewayProxyStructuredResultV2

const everywhere = {
  'cache-control': 'no-store',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
}

const securityHeaders = (): MiddlewareObj<unknown, Reply> => {
  const add = (request: { response: Reply | null }) => {
    if (request.response)
      request.response = { ...request.response, headers: { ...everywhere, ...request.response.headers } }
  }
  return { after: add, onError: add }
}

const texts = z.record(z.string(), z.string())

/** A request as API Gateway hands it on (payload 2.0). */
const eventSchema = z.object({
  rawPath: z.string(),
  rawQueryString: z.optional(z.string()),
  headers: texts,
  cookies: z.optional(z.array(z.string())),
  body: z.optional(z.string()),
  isBase64Encoded: z.optional(z.boolean()),
  requestContext: z.object({
    http: z.object({ method: z.string() }),
    authorizer: z.optional(
      z.object({ jwt: z.optional(z.object({ claims: z.record(z.string(), z.unknown()) })) }),
    ),
  }),
})

type Event = z.infer<typeof eventSchema>

/** A field of a header holds bytes; what is none is written as in an address. */
const asBytes = (value: string): string =>
  value.toWellFormed().replace(/[\u0100-\uffff]+/g, (text) => encodeURIComponent(text))

const requestOf = ({ rawPath, rawQueryString, body, isBase64Encoded, ...event }: Event): Request => {
  const { method } = event.requestContext.http
  const headers = new Headers(Object.entries(event.headers).map(([name, value]) => [name, asBytes(value)]))
  if (event.cookies) headers.set('cookie', asBytes(event.cookies.join('; ')))
  const isRead = method === 'GET' || method === 'HEAD'
  return new Request(`https://api.invalid${rawPath}${rawQueryString ? `?${rawQueryString}` : ''}`, {
    method,
    headers,
    ...(body !== undefined && !isRead && { body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') }),
  })
}

const replyOf = async (response: Response): Promise<Reply> => {
  const headers = Object.fromEntries(response.headers)
  const isText =
    /^(text\/|application\/(.+\+)?json)/.test(headers['content-type'] ?? 'text/plain') &&
    headers['content-encoding'] === undefined
  const body = Buffer.from(await response.arrayBuffer()).toString(isText ? 'utf8' : 'base64')
  return { statusCode: response.status, headers, body, isBase64Encoded: !isText }
}

/** Of the console's API the path tells more than the route. It holds ids; what could be an address is left out. */
const pathOf = (rawPath: string): string =>
  rawPath
    .split('/')
    .map((part) => (/^[\w.:-]*$/.test(part) ? part : '…'))
    .join('/')

const whichSchema = z.object({ routeKey: z.optional(z.string()), rawPath: z.optional(z.string()) })

/** Which request a line is about: of links in emails the route alone, as their paths are tokens. */
const whichOf = (event: unknown) => {
  const { routeKey, rawPath = '' } = z.safeParse(whichSchema, event).data ?? {}
  const part = rawPath.startsWith('/api/') ? (rawPath.split('/')[3] ?? '') : ''
  const leadId = parseLeadId(part) ?? parseLeadId(leadIdOfHandoff(part))
  return {
    ...(routeKey !== undefined && { route: routeKey }),
    ...(rawPath.startsWith('/api/') && { path: pathOf(rawPath) }),
    ...(leadId !== undefined && { leadId }),
  }
}

/** Turns what was thrown into an answer that tells nothing of the inside, and writes one line for each request. */
const lines = (logger: Logger): MiddlewareObj<unknown, Reply> => {
  // A container answers one request at a time.
  let begunAt = 0
  const lineOf = (event: unknown, outcome: 'done' | 'failed', { statusCode = 200 }: Partial<Reply>) => ({
    ...whichOf(event),
    outcome,
    status: statusCode,
    durationMs: Math.round(performance.now() - begunAt),
  })
  return {
    before: () => {
      begunAt = performance.now()
    },
    after: ({ event, response }) => {
      logger.info('request done', lineOf(event, 'done', response ?? {}))
    },
    onError: async (request) => {
      const transient = request.error instanceof Transient
      const reply = await replyOf(problemReply({ type: transient ? 'unavailable' : 'defect' }))
      const error = request.error ?? new Error('no reason given')
      logger.error('request failed', { ...lineOf(request.event, 'failed', reply), error })
      request.response = reply
    },
  }
}

interface HttpOptions {
  /** Whether answers are compressed and carry an `ETag`. @default they are as they are: forms show what strangers sent */
  readonly isCompact?: boolean
}

/**
 * Entry of a function behind the HTTP API. Logs ids and reasons, never a body, a header or a token.
 * @param appFor what answers just now what is asked at a path.
 */
export const handleHttp = (
  logger: Logger,
  appFor: (path: string) => Promise<HttpApp>,
  { isCompact = false }: HttpOptions = {},
): ((event: unknown, context: Context) => Promise<Reply>) =>
  middy<unknown, Reply>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(securityHeaders())
    .use(lines(logger))
    .handler(async (raw) => {
      const event = z.parse(eventSchema, raw)
      const claims = event.requestContext.authorizer?.jwt?.claims
      const app = await appFor(event.rawPath)
      const request = requestOf(event)
      const response = await app.fetch(request, claims ? { claims } : {})
      return replyOf(isCompact ? await compactReply(response, request) : response)
    })
