/** What the outside world does with a running Trichter: over HTTP alone, as CONTRACT sections 4, 5 and 9 have it. */

export interface Mail {
  readonly messageId: string
  readonly at: string
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

export interface BusEvent {
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly detail: {
    readonly metadata: { readonly id: string }
    readonly data: Readonly<Record<string, unknown>> & { readonly leadId: string }
  }
}

export interface LeadView {
  readonly leadId: string
  readonly email: string
  readonly stage: string
  readonly score: number
  readonly consent: string
  readonly sequences: readonly {
    readonly sequence: string
    readonly status: string
    readonly nextAt: string | null
  }[]
  readonly handoffs: readonly HandoffView[]
}

export interface HandoffView {
  readonly handoffId: string
  readonly leadId: string
  readonly state: string
  readonly owner: { readonly name: string; readonly email: string }
}

export interface ExplanationView {
  readonly score: number
  readonly rules: readonly {
    readonly rule: string
    readonly points: number
    readonly decayedTo: number
    readonly activityId: string
  }[]
  readonly stage: { readonly id: string; readonly reachedAt: string; readonly because: unknown }
}

type Role = 'marketing' | 'sales' | 'admin'

/** @param address where Trichter runs; as a function, asked at each call. */
export const makeClient = (address: string | (() => string)) => {
  const at = (path: string) => new URL(path, typeof address === 'string' ? address : address())
  const answered = async (response: Response, ...expected: number[]): Promise<Response> => {
    if (!expected.includes(response.status))
      throw new Error(`${response.status} ${response.url}: ${await response.text()}`)
    return response
  }
  const json = async <Body>(response: Promise<Response>, ...expected: number[]): Promise<Body> =>
    (await (await answered(await response, ...expected)).json()) as Body
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(at(path), {
      method,
      redirect: 'manual',
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const as = (role: Role) => ({ authorization: `Bearer local-${role}` })

  const client = {
    get url() {
      return at('/').origin
    },
    raw: (path: string, init: RequestInit = {}) => fetch(at(path), { redirect: 'manual', ...init }),

    /** A browser without JavaScript. */
    submitForm: (
      form: string,
      fields: Record<string, string>,
      query = '',
      headers: Record<string, string> = {},
    ) =>
      fetch(at(`/f/${form}${query}`), {
        method: 'POST',
        redirect: 'manual',
        headers: { accept: 'text/html,application/xhtml+xml', ...headers },
        body: new URLSearchParams(fields),
      }),

    postEvents: (events: readonly unknown[]) =>
      json<{ accepted: number; rejected: { index: number; errors: unknown[] }[] }>(
        send('POST', '/events', { events }, { authorization: 'Bearer local-api-key' }),
        202,
      ),

    get: <Body>(path: string, role: Role = 'admin') =>
      json<Body>(send('GET', path, undefined, as(role)), 200),
    post: (path: string, body: unknown, role: Role = 'sales') => send('POST', path, body, as(role)),

    settle: () => json<{ now: string }>(send('POST', '/_local/settle'), 200),
    advance: (by: string) =>
      json<{ now: string; fired: number }>(send('POST', '/_local/clock', { advance: by }), 200),
    now: async () => (await json<{ now: string }>(send('GET', '/_local/clock'), 200)).now,
    inbox: (to?: string) =>
      json<Mail[]>(send('GET', `/_local/inbox${to ? `?to=${encodeURIComponent(to)}` : ''}`), 200),
    events: (type?: string) =>
      json<BusEvent[]>(send('GET', `/_local/events${type ? `?type=${type}` : ''}`), 200),
    deadLetters: () =>
      json<{ queue: string; body: string; error: string }[]>(send('GET', '/_local/dead-letters'), 200),
    faults: (fault?: unknown) =>
      fault ? send('POST', '/_local/faults', fault) : send('DELETE', '/_local/faults'),

    leadByEmail: async (email: string): Promise<LeadView> => {
      const { items } = await client.get<{ items: LeadView[] }>(
        `/api/leads?email=${encodeURIComponent(email)}`,
      )
      const [lead] = items
      if (!lead) throw new Error(`no lead with the address ${email}`)
      return client.get<LeadView>(`/api/leads/${lead.leadId}`)
    },
    explanation: (leadId: string) => client.get<ExplanationView>(`/api/leads/${leadId}/explanation`),
    handoffs: async (query = '') =>
      (await client.get<{ items: HandoffView[] }>(`/api/handoffs${query}`, 'sales')).items,
  }
  return client
}

export type Client = ReturnType<typeof makeClient>

/** The first link in a mail whose path begins with `path`. */
export const linkIn = (mail: Mail, path: string): string => {
  const found = new RegExp(`https?://[^"'\\s<>)]*${path}[^"'\\s<>)]*`).exec(mail.html)
  if (!found) throw new Error(`no link to ${path} in «${mail.subject}»`)
  return found[0].replaceAll('&amp;', '&')
}
