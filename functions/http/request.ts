import * as z from 'zod/mini'

/** One HTTP request, as API Gateway hands it on (payload 2.0). Header names are lower case. */
export interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  /** By name, as they were sent. */
  readonly cookies: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
  /** What the authorizer has checked; empty on open routes. */
  readonly claims: Readonly<Record<string, unknown>>
}

const texts = z.record(z.string(), z.string())

const eventSchema = z.object({
  rawPath: z.string(),
  headers: texts,
  pathParameters: z.optional(texts),
  queryStringParameters: z.optional(texts),
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

/** Each `name=value`. */
const readCookies = (cookies: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    cookies.map((cookie): [string, string] => {
      const [, name = cookie, value = ''] = /^([^=]*)=(.*)$/s.exec(cookie) ?? []
      return [name.trim(), value.trim()]
    }),
  )

/** @throws a defect when `event` is no request: API Gateway is not what calls. */
export const parseRequest = (event: unknown): HttpRequest => {
  const parsed = z.parse(eventSchema, event)
  return {
    method: parsed.requestContext.http.method,
    path: parsed.rawPath,
    params: parsed.pathParameters ?? {},
    query: parsed.queryStringParameters ?? {},
    headers: Object.fromEntries(
      Object.entries(parsed.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    cookies: readCookies(parsed.cookies ?? []),
    body: new Uint8Array(Buffer.from(parsed.body ?? '', parsed.isBase64Encoded ? 'base64' : 'utf8')),
    claims: parsed.requestContext.authorizer?.jwt?.claims ?? {},
  }
}

/** @returns the media type without its parameters, in lower case. */
export const mediaTypeOf = ({ headers }: HttpRequest): string =>
  (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''

/** A browser asks for pages; everything else gets JSON. */
export const wantsPage = ({ headers }: Pick<HttpRequest, 'headers'>): boolean =>
  (headers.accept ?? '').includes('text/html')
