import { digest } from '../../../functions/adapters/digest.ts'
import { formStamps, secretTokens } from '../../../functions/adapters/link-keys.ts'
import type { HttpApp } from '../../../functions/http/http-app.ts'
import { intakeApp } from '../../../functions/intake/intake-app.ts'
import { sampleForm } from '../../domain/form/sample-form.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { oneKey } from '../fakes/link-keys.ts'
import { memoryAssets } from '../fakes/memory-assets.ts'
import { memoryBus } from '../fakes/memory-bus.ts'
import { type Reply, replyOf, send } from '../http/call-app.ts'

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
  const assets = memoryAssets()
  let ids = 0
  const times = { now }
  const app = intakeApp({
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
    assets,
  })
  return { assets, bus, times, answer: answerOf(app), missed }
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** What an app answers to a `request`. */
export const answerOf =
  (app: HttpApp) =>
  async ({ path, ...asked }: Asked): Promise<Reply> =>
    replyOf(await send(app, path, asked))

/** `path` may hold a query. */
export const request = (
  method: string,
  path: string,
  {
    headers = {},
    cookies = {},
    body = '',
  }: { headers?: Record<string, string>; cookies?: Record<string, string>; body?: string | Uint8Array } = {},
): Asked => {
  const cookie = Object.entries(cookies).map((pair) => pair.join('='))
  return {
    method,
    path,
    headers: { ...headers, ...(cookie.length > 0 && { cookie: cookie.join('; ') }) },
    body,
  }
}

export const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' }
export const json = { 'content-type': 'application/json' }
/** What a browser sends with a form. */
export const browser = { ...urlencoded, accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
