import type { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import type { MiddlewareObj } from '@middy/core'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import * as z from 'zod/mini'
import { leadIdOfHandoff, parseLeadId } from '../../domain/model/activity.ts'
import { Transient } from '../ports.ts'
import { type HttpRequest, parseRequest, type Reply } from './http-message.ts'
import { problemReply } from './problem.ts'

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

const eventSchema = z.object({ routeKey: z.optional(z.string()), rawPath: z.optional(z.string()) })

/** Of the console's API the path tells more than the route. It holds ids; what could be an address is left out. */
const pathOf = (rawPath: string): string =>
  rawPath
    .split('/')
    .map((part) => (/^[\w.:-]*$/.test(part) ? part : '…'))
    .join('/')

/** Which request a line is about: of links in emails the route alone, as their paths are tokens. */
const whichOf = (event: unknown) => {
  const { routeKey, rawPath = '' } = z.safeParse(eventSchema, event).data ?? {}
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
    onError: (request) => {
      const transient = request.error instanceof Transient
      const reply = problemReply({ type: transient ? 'unavailable' : 'defect' })
      const error = request.error ?? new Error('no reason given')
      logger.error('request failed', { ...lineOf(request.event, 'failed', reply), error })
      request.response = reply
    },
  }
}

/** Entry of a function behind the HTTP API. Logs ids and reasons, never a body, a header or a token. */
export const handleHttp = (
  logger: Logger,
  answer: (request: HttpRequest) => Promise<Reply>,
): ((event: unknown, context: Context) => Promise<Reply>) =>
  middy<unknown, Reply>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(securityHeaders())
    .use(lines(logger))
    .handler((event) => answer(parseRequest(event)))
