import type { FieldError } from '../../domain/model/json.ts'

interface Answer {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly more?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** The one place where HTTP status codes for refusals are chosen. */
const answerOf = (refusal: Refusal): Answer => {
  switch (refusal.type) {
    case 'malformed':
      return { status: 400, title: 'Malformed request', detail: refusal.detail }
    case 'unauthorized':
      return {
        status: 401,
        title: 'Not signed in',
        detail: 'This needs a valid key in the Authorization header.',
        headers: { 'www-authenticate': 'Bearer' },
      }
    case 'unproven':
      return {
        status: 401,
        title: 'Not proven who sends this',
        detail: refusal.detail,
        headers: { 'www-authenticate': refusal.challenge },
      }
    case 'forbidden':
      return { status: 403, title: 'Not allowed', detail: refusal.detail }
    case 'not-found':
      return { status: 404, title: 'Not found', detail: refusal.detail }
    case 'method-not-allowed':
      return {
        status: 405,
        title: 'Method not allowed',
        detail: `Allowed here: ${refusal.allow.join(', ')}.`,
        headers: { allow: refusal.allow.join(', ') },
      }
    case 'conflict':
      return {
        status: 409,
        title: 'Conflict',
        detail: refusal.detail,
        ...(refusal.current === undefined ? {} : { more: { current: refusal.current } }),
      }
    case 'too-much':
      return { status: 422, title: 'Too much for one answer', detail: refusal.detail }
    case 'too-large':
      return { status: 413, title: 'Too large', detail: `The body may have at most ${refusal.limit} bytes.` }
    case 'unsupported-media-type':
      return {
        status: 415,
        title: 'Unsupported media type',
        detail: `Send one of: ${refusal.accepted.join(', ')}.`,
        headers: { 'accept-post': refusal.accepted.join(', ') },
      }
    case 'bad-input':
      return {
        status: 422,
        title: 'Invalid input',
        detail: 'See errors for what is wrong where.',
        more: { errors: refusal.errors },
      }
    case 'too-many':
      return {
        status: 429,
        title: 'Too many requests',
        detail: `Please wait ${refusal.retryAfter} seconds.`,
        headers: { 'retry-after': String(refusal.retryAfter) },
      }
    case 'unavailable':
      return {
        status: 503,
        title: 'Service unavailable',
        detail: refusal.detail ?? 'Please retry.',
        headers: { 'retry-after': '2' },
      }
    case 'defect':
      return {
        status: 500,
        title: 'Something went wrong',
        detail: 'The fault is on our side and was recorded.',
      }
    default:
      return refusal satisfies never
  }
}

export const statusOf = (refusal: Refusal): number => answerOf(refusal).status

/** RFC 9457. @param further members of the problem that its kind does not have. */
export const problemReply = (refusal: Refusal, further: object = {}): Response => {
  const { status, title, detail, more, headers } = answerOf(refusal)
  return Response.json(
    { type: 'about:blank', title, status, detail, ...more, ...further },
    { status, headers: { 'content-type': 'application/problem+json', ...headers } },
  )
}

/** Why a request was not answered as asked. */
export type Refusal =
  | { readonly type: 'malformed'; readonly detail: string }
  | { readonly type: 'unauthorized' }
  /** What it says of who sends it does not hold. `challenge`: how to do it, for the header. */
  | { readonly type: 'unproven'; readonly detail: string; readonly challenge: string }
  | { readonly type: 'forbidden'; readonly detail: string }
  | { readonly type: 'not-found'; readonly detail: string }
  | { readonly type: 'method-not-allowed'; readonly allow: readonly string[] }
  | {
      readonly type: 'conflict'
      readonly detail: string
      readonly current?: unknown
      /** What is asked for was done by the same request before, whose answer may have been lost. */
      readonly isRepeat?: boolean
    }
  /** It is all there, and more than one answer can be made of. */
  | { readonly type: 'too-much'; readonly detail: string }
  | { readonly type: 'too-large'; readonly limit: number }
  | { readonly type: 'unsupported-media-type'; readonly accepted: readonly string[] }
  | { readonly type: 'bad-input'; readonly errors: readonly FieldError[] }
  /** `retryAfter` in seconds. */
  | { readonly type: 'too-many'; readonly retryAfter: number }
  /** `detail`: what is missing. */
  | { readonly type: 'unavailable'; readonly detail?: string }
  | { readonly type: 'defect' }
