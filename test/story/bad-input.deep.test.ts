import { describe, expect, it } from 'vitest'
import type { Client } from './client.ts'
import { useStory } from './use-story.ts'

const subject = { email: 'bad@input.example.net' }

/** Every edge answers as CONTRACT section 4 says, and nothing is kept by half. */
describe('bad input', () => {
  const client = useStory({ endsWithDeadLetters: true })

  const postEvents = (body: string | URLSearchParams, headers: Record<string, string> = {}) =>
    client.raw('/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer local-api-key', ...headers },
      body,
    })
  const event = (more: object = {}) => ({
    id: 'bad-1',
    type: 'page.viewed',
    subject,
    properties: {},
    ...more,
  })
  const events = (...list: unknown[]) => JSON.stringify({ events: list })
  const newsletter = (body: string | URLSearchParams, type: string, accept = 'application/json') =>
    client.raw('/f/newsletter', { method: 'POST', headers: { 'content-type': type, accept }, body })
  const urlencoded = 'application/x-www-form-urlencoded'

  const problem = async (response: Response, status: number) => {
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    const body = (await response.json()) as {
      status: number
      title: string
      errors?: { path: string; message: string }[]
    }
    expect(body.status).toBe(status)
    expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:|\.mjs/)
    return body
  }

  it('refuses requests that are no events', async () => {
    await problem(await postEvents('{"events": ['), 400)
    await problem(await postEvents(events(event()), { 'content-type': 'text/plain' }), 415)
    await problem(await postEvents(events(event()), { authorization: 'Bearer wrong' }), 401)
    await problem(await client.raw('/events', { method: 'POST', body: events(event()) }), 401)
    await problem(await postEvents('[]'), 422)
    await problem(await postEvents(events()), 422)
    await problem(await postEvents(events(...Array.from({ length: 501 }, () => event()))), 422)
  })

  it('keeps the good ones and says what is wrong with each of the others', async () => {
    const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()
    const bad: [string, object][] = [
      ['type', event({ type: 'Page Viewed' })],
      ['type', event({ type: 'page' })],
      ['subject', event({ subject: {} })],
      ['subject', event({ subject: { email: 'no-address' } })],
      ['subject', event({ subject: { email: 'a@b.example\r\nBcc: all@example.com' } })],
      ['id', event({ id: 'x'.repeat(129) })],
      ['occurredAt', event({ occurredAt: 'yesterday' })],
      ['occurredAt', event({ occurredAt: '2026-01-01T00:00:00' })],
      ['occurredAt', event({ occurredAt: soon(6) })],
      ['occurredAt', event({ occurredAt: '2010-01-01T00:00:00Z' })],
      ['properties', event({ properties: [] })],
      ['properties', event({ properties: { text: 'x'.repeat(17_000) } })],
      ['properties', event({ type: 'offer.rated', properties: { rating: 6 } })],
      ['', Object.assign([], { type: 'page.viewed' })],
    ]
    const response = await postEvents(
      events(...bad.map(([, one]) => one), event({ id: 'good' }), event({ id: 'soon', occurredAt: soon(4) })),
    )
    expect(response.status).toBe(202)
    const answer = (await response.json()) as {
      accepted: number
      rejected: { index: number; errors: { path: string; message: string }[] }[]
    }
    expect(answer.accepted).toBe(2)
    expect(answer.rejected.map(({ index }) => index)).toEqual(bad.map((_, index) => index))
    for (const { index, errors } of answer.rejected) {
      const [path = ''] = bad[index] ?? []
      expect([index, errors.some((error) => error.path.startsWith(path) && error.message !== '')]).toEqual([
        index,
        true,
      ])
    }
    await client.settle()
    const { leadId } = await client.leadByEmail(subject.email)
    const timeline = await client.get<{ items: { id: string }[] }>(`/api/leads/${leadId}/timeline`)
    expect(timeline.items.map(({ id }) => id).sort()).toEqual(['good', 'soon'])
  })

  it('refuses forms that cannot be read', async () => {
    await problem(
      await client.raw('/f/nothing', { method: 'POST', body: new URLSearchParams({ email: 'a@b.example' }) }),
      404,
    )
    await problem(await newsletter('{"email": ', 'application/json'), 400)
    await problem(await newsletter('email=a@b.example', 'text/plain'), 415)
    await problem(await newsletter(`email=${'x'.repeat(64 * 1024 + 1 - 'email='.length)}`, urlencoded), 413)
    expect((await client.raw('/f/nothing', { headers: { accept: 'text/html' } })).status).toBe(404)
  })

  it('answers a wrong address or method like any other mistake', async () => {
    await problem(await client.raw('/nothing/here'), 404)
    await problem(await client.raw('/f/newsletter', { method: 'PUT' }), 405)
    await problem(await client.raw('/events'), 405)
  })

  it('shows a browser its mistakes at the fields, escaped, and tells a program their paths', async () => {
    const wrong = {
      email: 'not-an-address',
      firstName: `<script>alert(1)</script>${'x'.repeat(80)}`,
      employees: '0',
    }
    const page = await client.submitForm('newsletter', wrong, '?lang=en')
    expect(page.status).toBe(422)
    const text = await page.text()
    expect(text).toContain('aria-invalid="true"')
    expect(text).toContain('&lt;script&gt;')
    expect(text).not.toContain('<script>alert')

    const { errors = [] } = await problem(await newsletter(JSON.stringify(wrong), 'application/json'), 422)
    expect(errors.map(({ path }) => path).sort()).toEqual(['email', 'employees', 'firstName'])
    const missing = await problem(await newsletter('firstName=Ada', urlencoded), 422)
    expect(missing.errors?.map(({ path }) => path)).toEqual(['email'])
  })

  it('takes no line breaks or control characters into a name or an address', async () => {
    for (const [field, value] of [
      ['firstName', 'Ada\r\nBcc: everyone@example.com'],
      ['firstName', 'Ada\u0000'],
      ['email', 'ada@example.net\r\nBcc: everyone@example.com'],
    ] as const) {
      const { errors = [] } = await problem(
        await newsletter(
          JSON.stringify({ email: 'ada@input.example.net', [field]: value }),
          'application/json',
        ),
        422,
      )
      expect(errors.map(({ path }) => path)).toEqual([field])
    }
  })

  it('escapes HTML from every field in the mail', async () => {
    const name = '<img src=x onerror=alert(1)>"&'
    await client.submitForm('newsletter', { email: 'html@input.example.net', firstName: name }, '?lang=en')
    await client.settle()
    const mails = await client.inbox('html@input.example.net')
    expect(mails).toHaveLength(1)
    expect(mails[0]?.html).not.toContain('<img src=x')
    expect(mails[0]?.headers.Bcc).toBeUndefined()
  })

  it('counts the same submission once, and answers a filled honeypot like a success', async () => {
    const fields = { email: 'twice@input.example.net' }
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      'idempotency-key': 'same-key-1',
    }
    for (let time = 0; time < 2; time += 1) {
      const response = await client.raw('/f/newsletter', {
        method: 'POST',
        headers,
        body: JSON.stringify(fields),
      })
      expect(response.status).toBe(202)
      expect(await response.json()).toMatchObject({ status: 'confirmation_sent' })
    }
    await client.settle()
    expect(await client.inbox(fields.email)).toHaveLength(1)

    const page = await (await client.raw('/f/newsletter')).text()
    const trap = /class="trap"[\s\S]*?name="([^"]+)"/.exec(page)?.[1]
    if (!trap) throw new Error('the form has no honeypot')
    const robot = await newsletter(
      JSON.stringify({ email: 'robot@input.example.net', [trap]: 'http://spam.example' }),
      'application/json',
    )
    expect(robot.status).toBe(202)
    await client.settle()
    expect(await client.inbox('robot@input.example.net')).toEqual([])
    expect(
      (await client.get<{ items: unknown[] }>('/api/leads?email=robot@input.example.net')).items,
    ).toEqual([])
  })

  it('knows forged links from its own', async () => {
    await client.submitForm('newsletter', { email: 'link@input.example.net' })
    await client.settle()
    const [mail] = await client.inbox('link@input.example.net')
    const token = /\/confirm\/([\w.-]+)/.exec(mail?.html ?? '')?.[1] ?? ''
    expect((await client.raw(`/confirm/${token}`)).status).toBe(200)
    const flipped = `${token.slice(0, -2)}${token.at(-2) === 'A' ? 'B' : 'A'}${token.slice(-1)}`
    for (const path of [`/confirm/${flipped}`, `/u/${token}`, `/h/${token}`, '/confirm/x'])
      for (const method of ['GET', 'POST'])
        expect([path, (await client.raw(path, { method })).status]).toEqual([path, 404])
    await client.advance('30d')
    expect((await client.raw(`/confirm/${token}`, { method: 'POST' })).status).toBe(404)
  })

  it('lets only those into the console API who may', async () => {
    expect((await client.raw('/api/leads')).status).toBe(401)
    expect(
      (await client.raw('/api/leads', { headers: { authorization: 'Bearer local-nobody' } })).status,
    ).toBe(401)
    expect(
      (await client.post('/api/leads/nobody-0000/activities', { type: 'needs.recorded' }, 'marketing'))
        .status,
    ).toBe(403)
    await problem(await client.post('/api/leads/nobody-0000/activities', { type: 'needs.recorded' }), 404)
    await problem(await client.post('/api/handoffs/nobody.1/accept', {}), 404)
  })

  it('sends a poison message to the dead letters, with its error, and handles the ones beside it', async () => {
    const bus = await putOnBus(client, [
      {
        DetailType: 'Activity',
        Source: 'crm',
        Detail: '{"type":"Not An Activity","subject":{"email":"poison@input.example.net"}}',
      },
      ...[1, 2, 3].map((n) => ({
        DetailType: 'Activity',
        Source: 'crm',
        Detail: JSON.stringify({
          type: 'crm.synced',
          subject: { email: 'beside@input.example.net' },
          properties: { n },
        }),
      })),
    ])
    expect(bus.FailedEntryCount).toBe(0)
    await client.settle()
    const { leadId } = await client.leadByEmail('beside@input.example.net')
    const timeline = await client.get<{ items: { type: string }[] }>(`/api/leads/${leadId}/timeline`)
    expect(timeline.items).toHaveLength(3)
    const letters = await client.deadLetters()
    expect(letters).toHaveLength(1)
    expect(letters[0]?.body).toContain('Not An Activity')
    expect(letters[0]?.error).toMatch(/type/)
  })
})

/** PutEvents as any program with the SDK would do it, against the runner's AWS endpoint. */
const putOnBus = async (
  client: Client,
  entries: readonly { DetailType: string; Source: string; Detail: string }[],
) => {
  const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge')
  const { urls } = (await (await client.raw('/_local')).json()) as { urls: { aws: string } }
  const sdk = new EventBridgeClient({
    endpoint: urls.aws,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  return sdk.send(
    new PutEventsCommand({ Entries: entries.map((entry) => ({ ...entry, EventBusName: 'trichter' })) }),
  )
}
