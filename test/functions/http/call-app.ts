import type { ApiResult } from '../../../functions/api/api-request.ts'
import type { HttpApp } from '../../../functions/http/http-app.ts'

interface Sent {
  readonly method?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** What the authorizer has checked. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** Sends a request to an app as API Gateway would; `path` may hold a query. */
export const send = async (
  app: HttpApp,
  path: string,
  { method = 'GET', query, headers = {}, body = '', claims }: Sent,
): Promise<Response> => {
  const content = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body)
  return app.request(
    query ? `${path}?${new URLSearchParams(query)}` : path,
    { method, headers, ...(content.byteLength > 0 && method !== 'GET' && { body: content }) },
    claims ? { claims } : {},
  )
}

/** A response as a value. */
export const replyOf = async (response: Response) => ({
  statusCode: response.status,
  headers: Object.fromEntries(response.headers),
  body: await response.text(),
})

export type Reply = Awaited<ReturnType<typeof replyOf>>

/** What the status codes of `problem.ts` stand for. */
const kinds: Readonly<Record<number, string>> = {
  200: 'ok',
  202: 'accepted',
  400: 'malformed',
  401: 'unproven',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  409: 'conflict',
  413: 'too-large',
  415: 'unsupported-media-type',
  422: 'bad-input',
  429: 'too-many',
}

/** The answer of the console API, told apart by kind instead of by status code. */
export const resultOf = async (response: Response): Promise<ApiResult> => {
  const body = JSON.parse(await response.text())
  const isTooMuch = body.title === 'Too much for one answer'
  const type = isTooMuch ? 'too-much' : kinds[response.status]
  if (response.ok) return { type, body } as ApiResult
  if (type === 'method-not-allowed') return { type, allow: (response.headers.get('allow') ?? '').split(', ') }
  const { detail, errors, current } = body
  return { type, ...(errors ? { errors } : { detail }), ...(current && { current }) } as ApiResult
}
