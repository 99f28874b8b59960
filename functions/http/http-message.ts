import { createHash } from 'node:crypto'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import * as z from 'zod/mini'
import type { Brand } from '../../domain/model/settings.ts'
import { type PageFrame, pageStyle } from '../../domain/page/page-layout.ts'

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

const hashes = new Map<string, string>()

/** Of the stylesheet of a brand: made once, there are few. */
const styleHash = (brand: Brand | undefined): string => {
  const name = JSON.stringify(brand ?? {})
  const known = hashes.get(name) ?? createHash('sha256').update(pageStyle(brand)).digest('base64')
  hashes.set(name, known)
  return known
}

/** Our pages run no script and load nothing but the brand's logo; the one stylesheet in them is known by its hash. */
export const contentSecurityPolicy = (brand: Brand | undefined, formTargets: readonly string[]): string =>
  [
    "default-src 'none'",
    `style-src 'sha256-${styleHash(brand)}'`,
    ...(brand?.logo === undefined ? [] : [`img-src ${new URL(brand.logo).origin}`]),
    // Browsers hold redirects after a form post against this list, too.
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

export type Reply = APIGatewayProxyStructuredResultV2

type Headers = Readonly<Record<string, string>>

export const jsonReply = (statusCode: number, body: unknown, headers: Headers = {}): Reply => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** @param frame of the page, @param formTargets origins that its forms may end at, besides its own. */
export const pageReply = (
  statusCode: number,
  html: string,
  { brand }: Pick<PageFrame, 'brand'>,
  formTargets: readonly string[] = [],
): Reply => ({
  statusCode,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy(brand, formTargets),
    vary: 'Accept, Accept-Language',
  },
  body: html,
})

/** Pictures may come from anywhere, as in a mailbox; nothing runs, no form is sent, no frame is filled. */
const documentPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline' https:",
  'font-src https:',
  'img-src https: data:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
  'sandbox',
].join('; ')

/** A whole document that somebody else wrote, such as an email. */
export const documentReply = (document: string): Reply => ({
  statusCode: 200,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': documentPolicy,
    'referrer-policy': 'no-referrer',
    vary: 'Accept',
  },
  body: document,
})

export const scriptReply = (script: string): Reply => ({
  statusCode: 200,
  headers: {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=300',
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'Accept-Language',
  },
  body: script,
})

/** An address as browsers write it, in ASCII alone: a header takes nothing else. Paths of ours are ASCII already. */
export const asciiAddress = (address: string): string =>
  URL.canParse(address) ? new URL(address).href : address

/** 303: the browser fetches `location` with GET, so that reloading sends nothing again. */
export const redirectReply = (location: string): Reply => ({
  statusCode: 303,
  headers: { location: asciiAddress(location) },
})

export const emptyReply = (headers: Headers = {}): Reply => ({ statusCode: 204, headers: { ...headers } })
