import { unanswered } from '../unanswered.ts'
import type { InboxMail, MailRequest } from './reading.ts'
import type { SampleSubmission } from './visitors.ts'

interface Sent {
  readonly method: string
  readonly path: string
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
}

/** Seconds: a busy machine takes its time. */
const patience = 300

/** A running Trichter, as its visitors and other programs see it. */
export const makeDemoClient = (url: string) => {
  const ask = async (path: string | URL, init: RequestInit): Promise<Response> =>
    fetch(new URL(path, url), { redirect: 'manual', ...init }).catch((error: unknown) => {
      throw unanswered(url, error)
    })
  const send = ({ method, path, token, headers, body }: Sent): Promise<Response> =>
    ask(path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    })
  const call = async <Body>(sent: Sent): Promise<Body> => {
    const response = await send(sent)
    if (!response.ok)
      throw new Error(`${sent.method} ${sent.path}: ${response.status} ${await response.text()}`)
    return response.json() as Promise<Body>
  }
  const local = <Body>(path: string, body: object = {}): Promise<Body> =>
    call({ method: 'POST', path: `/_local/${path}?timeout=${patience}`, body })

  return {
    call,
    /** The clock of the local runner; undefined: what answers is none. */
    localNow: async (): Promise<string | undefined> => {
      const response = await send({ method: 'GET', path: '/_local/clock' })
      const clock: unknown = response.ok ? await response.json().catch(() => undefined) : undefined
      return typeof clock === 'object' && clock !== null && 'now' in clock ? String(clock.now) : undefined
    },
    settle: () => local('settle'),
    advance: (by: string) => local('clock', { advance: by }),
    inbox: () => call<readonly InboxMail[]>({ method: 'GET', path: '/_local/inbox' }),
    /** @returns whether the playbook has such a form. */
    submit: async ({ form, key, language, fields }: SampleSubmission): Promise<boolean> => {
      const path = `/f/${form}?lang=${language}`
      const headers = { 'idempotency-key': key }
      const { status } = await send({ method: 'POST', path, headers, body: fields })
      if (status !== 202 && status !== 404 && status !== 422) throw new Error(`POST ${path}: ${status}`)
      return status === 202
    },
    /** What comes of an email, whatever the answer. */
    follow: async ({ method, url: address, agent, body }: MailRequest): Promise<void> => {
      const form = body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }
      const init = { method, headers: { 'user-agent': agent, ...form }, ...(body !== undefined && { body }) }
      await (await ask(address, init)).arrayBuffer()
    },
  }
}

export type DemoClient = ReturnType<typeof makeDemoClient>
