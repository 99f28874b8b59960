import type { Context } from 'hono'
import { Hono } from 'hono/tiny'
import { problemReply } from './problem.ts'

/** What a request brings beside itself. */
interface HttpEnv {
  readonly Bindings: {
    /** What the authorizer has checked; absent on open routes. */
    readonly claims?: Readonly<Record<string, unknown>>
  }
}

export type HttpContext = Context<HttpEnv>
export type HttpApp = Hono<HttpEnv>

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']

/**
 * An app to add routes to: the same under Lambda and in tests (`app.request`). It answers 405 where another method has a
 * route, and 404 where none has. What is thrown goes on to the entry. @param nothing what is said with 404.
 */
export const makeApp = (nothing = 'There is nothing at this address.'): HttpApp => {
  const app: HttpApp = new Hono<HttpEnv>()
  app.onError((error) => {
    throw error
  })
  app.notFound(({ req }) => {
    const allow = methods.filter((method) => app.router.match(method, req.path)[0].length > 0)
    return problemReply(
      allow.length > 0 ? { type: 'method-not-allowed', allow } : { type: 'not-found', detail: nothing },
    )
  })
  return app
}
