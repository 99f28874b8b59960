import type { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import middy, { type MiddlewareObj } from '@middy/core'
import type { Context } from 'aws-lambda'
import { Transient } from '../ports.ts'
import { problemReply } from './problem.ts'
import type { Reply } from './reply.ts'
import { type HttpRequest, parseRequest } from './request.ts'

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

/** Turns what was thrown into an answer that tells nothing of the inside. */
const problems = (logger: Logger): MiddlewareObj<unknown, Reply> => ({
  onError: (request) => {
    const transient = request.error instanceof Transient
    logger.error('request failed', request.error ?? new Error('no reason given'))
    request.response = problemReply({ type: transient ? 'unavailable' : 'defect' })
  },
})

/** Entry of a function behind the HTTP API. Logs ids and reasons, never a body or a header. */
export const handleHttp = (
  logger: Logger,
  answer: (request: HttpRequest) => Promise<Reply>,
): ((event: unknown, context: Context) => Promise<Reply>) =>
  middy<unknown, Reply>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(securityHeaders())
    .use(problems(logger))
    .handler((event) => answer(parseRequest(event)))
