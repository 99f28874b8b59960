import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { isObject, isTrue, type Json, numberOf, objectOf, parseJson, textOf, textsOf } from '../json.ts'
import { ACCOUNT, REGION, stableHash } from '../template/intrinsics.ts'

export interface HttpRequest {
  readonly method: string
  /** As it came, with the query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly sourceIp: string
}

interface RouteContext {
  readonly apiId: string
  readonly routeKey: string
  readonly pathParameters: Readonly<Record<string, string>>
  readonly claims: Claims | undefined
  readonly requestId: string
  /** Milliseconds, by the virtual clock. */
  readonly now: number
}

/** The decoded path; undefined where it is not valid. */
export function pathOf(url: string): string | undefined {
  const mark = url.indexOf('?')
  try {
    return decodeURIComponent(mark < 0 ? url : url.slice(0, mark))
  } catch {
    return undefined
  }
}

/** The event in payload format 2.0, as JSON. */
export function requestEvent(request: HttpRequest, path: string, context: RouteContext): string {
  const mark = request.url.indexOf('?')
  const rawQueryString = mark < 0 ? '' : request.url.slice(mark + 1)
  const { cookie, ...others } = request.headers
  const headers = flatHeaders(others)
  const isText = TEXT.test(headers['content-type'] ?? 'text/plain')
  const query = queryParameters(rawQueryString)
  return JSON.stringify({
    version: '2.0',
    routeKey: context.routeKey,
    rawPath: path,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: {
      ...headers,
      'x-forwarded-for': forwardedFor(headers, request.sourceIp),
      'x-forwarded-proto': 'http',
    },
    ...(query === undefined ? {} : { queryStringParameters: query }),
    ...(Object.keys(context.pathParameters).length > 0 ? { pathParameters: context.pathParameters } : {}),
    requestContext: requestContext(request, path, context, headers),
    ...(request.body.length > 0 ? { body: request.body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: request.body.length > 0 && !isText,
  })
}

/** Content types whose bodies an HTTP API passes on as text; form data is not among them. */
const TEXT = /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml))\b)/i

function requestContext(
  request: HttpRequest,
  path: string,
  context: RouteContext,
  headers: Record<string, string>,
) {
  const domainName = headers.host ?? `${context.apiId}.execute-api.${REGION}.amazonaws.com`
  return {
    accountId: ACCOUNT,
    apiId: context.apiId,
    ...(context.claims ? { authorizer: { jwt: { claims: context.claims, scopes: null } } } : {}),
    domainName,
    domainPrefix: domainName.split('.')[0],
    http: {
      method: request.method,
      path,
      protocol: 'HTTP/1.1',
      sourceIp: request.sourceIp,
      userAgent: headers['user-agent'] ?? '',
    },
    requestId: context.requestId,
    routeKey: context.routeKey,
    stage: '$default',
    time: logTime(context.now),
    timeEpoch: context.now,
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `12/Mar/2020:19:03:58 +0000` */
function logTime(now: number): string {
  const iso = new Date(now).toISOString()
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
}

function flatHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(',') : value
  }
  return flat
}

function forwardedFor(headers: Record<string, string>, sourceIp: string): string {
  const before = headers['x-forwarded-for']
  return before ? `${before}, ${sourceIp}` : sourceIp
}

function queryParameters(raw: string): Record<string, string> | undefined {
  if (raw === '') return undefined
  const parameters: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(raw)) {
    const before = parameters[name]
    parameters[name] = before === undefined ? value : `${before},${value}`
  }
  return parameters
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: string | Buffer
}

export function messageAnswer(status: number, message: string): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) }
}

/** What a function's answer means; undefined where it is no valid answer. @param payload JSON */
export function functionAnswer(payload: string): HttpAnswer | undefined {
  const result: Json = parseJson(payload)
  if (!isObject(result) || result.statusCode === undefined) {
    const body = typeof result === 'string' ? result : payload
    return { status: 200, headers: { 'content-type': 'application/json' }, body }
  }
  const status = numberOf(result.statusCode)
  if (status === undefined || status < 100 || status > 599) return undefined
  if (result.body !== undefined && result.body !== null && typeof result.body !== 'string') return undefined
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(objectOf(result.headers))) {
    const text = Array.isArray(value) ? textsOf(value).join(',') : textOf(value)
    if (text !== undefined) headers[name.toLowerCase()] = text
  }
  const cookies = textsOf(result.cookies)
  if (cookies.length > 0) headers['set-cookie'] = cookies
  const text = result.body ?? ''
  return { status, headers, body: isTrue(result.isBase64Encoded) ? Buffer.from(text, 'base64') : text }
}

/** The claims of a signed-in user, all text, as an HTTP API hands them on. */
type Claims = Readonly<Record<string, string>>

interface LocalUser {
  readonly group: string
  /** Where people sign in by their address, their names in the pool are ids. */
  readonly id: string
  readonly email: string
  readonly name: string
}

/** The one user of a group. */
export function localUser(group: string): LocalUser {
  return {
    group,
    id: userId(`user ${group}`),
    email: `${group}@example.com`,
    name: `Local ${group.charAt(0).toUpperCase()}${group.slice(1)}`,
  }
}

/**
 * Stands in for a user pool whose users sign in by their address: the token `local-<group>` is the ID token of a
 * signed-in user of that group. It holds what Cognito puts into one and nothing else.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
 */
export class LocalTokens {
  readonly #groups: ReadonlySet<string>
  readonly #audience: string
  readonly #disabled: ReadonlySet<string>

  /**
   * @param audience the id of the client that the users sign in with
   * @param disabled ids of users who may not sign in: their tokens count as run out
   */
  constructor(groups: Iterable<string>, audience: string, disabled: ReadonlySet<string>) {
    this.#groups = new Set(groups)
    this.#audience = audience
    this.#disabled = disabled
  }

  /** @param header the `Authorization` header; undefined: nobody is signed in */
  claimsOf(header: string | undefined, now: number): Claims | undefined {
    const token = header?.replace(/^Bearer\s+/i, '').trim()
    const group = token?.startsWith('local-') ? token.slice('local-'.length) : undefined
    if (group === undefined || !this.#groups.has(group)) return undefined
    const issued = String(Math.floor(now / 1000))
    const { id: user, email, name } = localUser(group)
    if (this.#disabled.has(user)) return undefined
    return {
      aud: this.#audience,
      auth_time: issued,
      'cognito:groups': `[${group}]`,
      'cognito:username': user,
      email,
      email_verified: 'true',
      event_id: userId(`sign-in ${group}`),
      exp: String(Number(issued) + 3600),
      iat: issued,
      iss: `https://cognito-idp.${REGION}.amazonaws.com/${REGION}_local`,
      jti: userId(`token ${group} ${issued}`),
      name,
      origin_jti: userId(`origin ${group}`),
      sub: user,
      token_use: 'id',
    }
  }
}

function userId(of: string): string {
  const hex = stableHash(of, 32)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
