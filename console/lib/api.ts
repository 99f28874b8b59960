import { QueryClient } from '@tanstack/preact-query'
import { setClock } from './clock.ts'
import { currentToken, endSession, session } from './session.ts'
import { makeStore } from './store.ts'
import { loadTranslate } from './texts.ts'

interface FieldError {
  /** The name of the field. */
  readonly path: string
  readonly message: string
}

/** What is wrong with a field, in the reader's language. */
interface FieldFault extends FieldError {
  /** Where in a condition, from 0 on, and the message without the place. */
  readonly place?: { readonly offset: number; readonly message: string }
}

/** RFC 9457, as the API answers. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly errors: readonly FieldFault[]

  constructor(status: number, message = `HTTP ${status}`, errors: readonly FieldFault[] = []) {
    super(message)
    this.status = status
    this.errors = errors
  }
}

interface ProblemBody {
  readonly title: string
  readonly detail: string
  readonly errors: readonly FieldError[]
}

const readProblem = async (response: Response): Promise<Problem> => {
  const { title, detail = title, errors }: Partial<ProblemBody> = await response.json().catch(() => ({}))
  const translate = await loadTranslate()
  const faults = errors?.map(({ path, message }): FieldFault => {
    const [, character, rest] = /^at character (\d+): (.*)$/s.exec(message) ?? []
    const place =
      rest === undefined ? {} : { place: { offset: Number(character) - 1, message: translate(rest) } }
    return { path, message: translate(message), ...place }
  })
  return new Problem(response.status, detail && translate(detail), faults)
}

/** No answer came. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** Since when (ms) nothing answers; undefined while something does. */
export const awaySince = makeStore<number | undefined>(undefined)

interface Known {
  readonly etag: string
  readonly body: unknown
}

/** What the API has answered, so that asking again for what has not changed takes a line. */
const known = new Map<string, Known>()
const mostKnown = 100

const remember = (path: string, answer: Known): void => {
  known.delete(path)
  known.set(path, answer)
  const [oldest] = known.keys()
  if (known.size > mostKnown && oldest !== undefined) known.delete(oldest)
}

const send = async (path: string, init: RequestInit): Promise<Response> => {
  try {
    const response = await fetch(path, { cache: 'no-store', ...init })
    awaySince.set(undefined)
    const date = response.headers.get('date')
    // The runner tells its own clock, which may be moved.
    if (date !== null && session.get().type !== 'local') setClock(date)
    return response
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    awaySince.set(awaySince.get() ?? Date.now())
    throw new Unreachable('no answer')
  }
}

const request = async (
  path: string,
  init: RequestInit & { readonly headers: Record<string, string> },
): Promise<Response> => {
  const token = await currentToken()
  if (token === undefined) throw new Problem(401, (await loadTranslate())('Not signed in'))
  const headers = { ...init.headers, authorization: `Bearer ${token}`, accept: 'application/json' }
  const response = await send(path, { ...init, headers })
  if (response.status === 401) endSession()
  if (response.ok || response.status === 304) return response
  throw await readProblem(response)
}

/** What stands at a path of the API; the same object as before where nothing has changed. */
export const read = async <Body>(path: string, signal?: AbortSignal): Promise<Body> => {
  const before = known.get(path)
  const headers: Record<string, string> = before ? { 'if-none-match': before.etag } : {}
  const response = await request(path, { headers, ...(signal && { signal }) })
  if (response.status === 304 && before) return before.body as Body
  const body: Body = await response.json()
  const etag = response.headers.get('etag')
  if (etag !== null) remember(path, { etag, body })
  return body
}

/** @returns the answer's body; undefined where it has none. */
export const change = async <Body = unknown>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<Body> => {
  const response = await request(path, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as Body
}

/** A path with a query, of which what is absent or empty is left out. */
export const withQuery = (
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? path : `${path}?${text}`
}

/** How soon a page notices what has changed, in ms. */
const noticeMs = 4_000

const isPassing = (error: Error): boolean =>
  error instanceof Unreachable || (error instanceof Problem && (error.status >= 500 || error.status === 429))

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 2_000,
      // Of a page in the background nobody notices anything.
      refetchInterval: noticeMs,
      refetchIntervalInBackground: false,
      refetchOnWindowFocus: true,
      retry: (count, error) => isPassing(error) && count < 2,
      retryDelay: (count) => 500 * 2 ** count,
    },
    mutations: { networkMode: 'always', retry: false },
  },
})

/** What somebody else saw is nobody's to see. */
session.subscribe(() => {
  const current = session.get()
  if (current.type === 'signed-out' || (current.type === 'local' && current.token === undefined)) {
    known.clear()
    queries.clear()
  }
})

/** The runner's clock may be moved at any time. */
export const followLocalClock = (): void => {
  const ask = async () => {
    if (document.hidden) return
    const answer = await fetch('/_local/clock', { headers: { accept: 'application/json' } }).catch(
      () => undefined,
    )
    if (answer?.ok) setClock((await answer.json()).now)
  }
  void ask()
  setInterval(ask, noticeMs)
}
