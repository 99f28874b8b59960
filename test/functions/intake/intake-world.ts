import { digest } from '../../../functions/adapters/digest.ts'
import { formStamps, secretTokens } from '../../../functions/adapters/link-keys.ts'
import type { HttpRequest } from '../../../functions/http/http-message.ts'
import { makeAnswerRequest } from '../../../functions/intake/answer-request.ts'
import { sampleForm } from '../../domain/form/sample-form.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { oneKey } from '../fakes/link-keys.ts'
import { memoryBus } from '../fakes/memory-bus.ts'

export const now = '2026-03-02T09:00:00.000Z'
export const tokens = secretTokens(oneKey('a signing secret'))
export const stamps = formStamps(oneKey('a signing secret'))

export const playbook = makePlaybook({
  forms: {
    newsletter: sampleForm,
    demo: {
      ...sampleForm,
      id: 'demo',
      consent: 'single-opt-in',
      thanks: 'https://www.example.com/thanks?a=b',
    },
  },
})

/** The public face with everything behind it in memory. */
export const intakeWorld = (live = playbook) => {
  const bus = memoryBus()
  const missed: unknown[] = []
  let ids = 0
  const times = { now }
  const answer = makeAnswerRequest({
    bus,
    clock: () => times.now,
    tokens,
    stamps,
    playbook: live,
    newFactId: () => `new-${++ids}`,
    digest,
    isMarkOf: (mark, mailbox) => mark === `mark of ${mailbox}`,
    isApiKey: (key) => key === 'a-valid-key',
    missed: (error) => missed.push(error),
    publicUrl: 'https://forms.example.com',
  })
  return { bus, times, answer, missed }
}

const patterns = [/^\/f\/(?<form>.+)$/, /^\/(?:confirm|u|c|o)\/(?<token>.+)$/]

/** A request as the entry hands it on; `path` may hold a query. */
export const request = (
  method: string,
  path: string,
  {
    headers = {},
    cookies = {},
    body = '',
  }: { headers?: Record<string, string>; cookies?: Record<string, string>; body?: string | Uint8Array } = {},
): HttpRequest => {
  const { pathname, searchParams } = new URL(path, 'https://forms.example.com')
  const params = patterns.map((pattern) => pattern.exec(pathname)?.groups).find(Boolean) ?? {}
  return {
    method,
    path: pathname,
    params: { ...params },
    query: Object.fromEntries(searchParams),
    headers,
    cookies,
    body: new Uint8Array(typeof body === 'string' ? Buffer.from(body) : body),
    claims: {},
  }
}

export const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' }
export const json = { 'content-type': 'application/json' }
/** What a browser sends with a form. */
export const browser = { ...urlencoded, accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
