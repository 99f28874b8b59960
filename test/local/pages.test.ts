import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { themed } from '../../local/pages/inbox-page.ts'
import { type Fixture, runFixture } from './fixture/run-fixture.ts'

const hostile = '"><script>alert(1)</script>'
const document = `<!doctype html><html><head><style>@media (prefers-color-scheme: dark) { p { color: #fff } }</style></head>
<body><p>Hello</p><script>alert(1)</script><form action="/_local/clock"></form></body></html>`

let stack: Fixture
beforeAll(async () => {
  const links = [
    { group: 'Forms', text: hostile, path: '/f/a' },
    { group: 'Forms', text: 'other site', path: 'https://evil.example' },
  ]
  stack = await runFixture({
    project: process.cwd(),
    change: (template) =>
      Object.assign(template, {
        Metadata: { LocalLinks: links, LocalPictures: ['/pictures/', 'https://evil.example/'] },
      }),
  })
  const ses = new SESv2Client(stack.client)
  await ses.send(
    new SendEmailCommand({
      FromEmailAddress: 'us@example.org',
      Destination: { ToAddresses: ['grete@example.org'] },
      Content: {
        Simple: {
          Subject: { Data: hostile },
          Body: { Html: { Data: document }, Text: { Data: 'Hello <b>' } },
        },
      },
    }),
  )
  await stack.settle()
})
afterAll(() => stack.stop())

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const open = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`${stack.url}${path}`, {
    redirect: 'manual',
    ...init,
    headers: { accept: browser, ...Object(init.headers) },
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const mails = async () => Object((await stack.get('/_local/inbox')).body)
const newest = async (): Promise<string> => (await mails())[0].messageId

describe('addresses of the runner in a browser', () => {
  it.each([
    '/_local',
    '/_local/',
    '/_local/inbox',
    '/_local/inbox?to=grete@example.org',
    '/_local/events',
    '/_local/dead-letters',
    '/_local/faults',
    '/_local/counts',
    '/_local/clock',
    '/_local/read/README.md',
    '/_local/read/docs/tutorial.md',
    '/_local/as/sales/a',
    '/_local/nothing',
    '/_local/read/../package.json',
    '/_local/read/node_modules/marked/README.md',
  ])('%s is a page without scripts', async (path) => {
    const { status, headers, text } = await open(path)
    const isMissing = /nothing|package|node_modules/.test(path)
    expect([status, headers.get('content-type')]).toEqual([isMissing ? 404 : 200, 'text/html; charset=utf-8'])
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(text).toMatch(/<h1[ >]/)
    expect(text).not.toContain('<script')
  })

  it.each(['/_local', '/_local/inbox', '/_local/clock'])('%s stays JSON for programs', async (path) => {
    for (const accept of ['*/*', 'application/json']) {
      const { headers } = await open(path, { headers: { accept } })
      expect(headers.get('content-type')).toBe('application/json')
    }
  })

  it('the endpoint of AWS says what it is to a browser, and refuses everybody else who does not sign', async () => {
    const endpoint = String(stack.client.endpoint)
    const shown = await fetch(endpoint, { headers: { accept: browser } })
    expect(shown.status).toBe(200)
    expect(shown.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await shown.text()).toContain('<h1>AWS endpoint of the local runner</h1>')
    for (const request of [
      { headers: { accept: '*/*' } },
      { method: 'POST', headers: { accept: browser } },
    ]) {
      const refused = await fetch(endpoint, request)
      expect(refused.status).toBeGreaterThanOrEqual(400)
      expect(refused.headers.get('content-type')).not.toContain('text/html')
    }
  })

  it('lists what the template names, and no other sites', async () => {
    const { text } = await open('/_local')
    expect(text).toContain('<a href="/f/a">')
    expect(text).not.toContain('evil.example')
  })
})

describe('the inbox', () => {
  it('shows an email in four views', async () => {
    const id = await newest()
    for (const view of ['desktop', 'phone', 'dark', 'text']) {
      const { text } = await open(`/_local/inbox?mail=${id}&view=${view}`)
      if (view === 'text') expect(text).toContain('<pre>Hello &#60;b&#62;')
      else expect(text).toContain(`<iframe class="${view}"`)
      expect(text).not.toContain('<script')
    }
  })

  it('gives a frame the email itself, which may do nothing there', async () => {
    const { headers, text } = await open(`/_local/inbox/${await newest()}?view=desktop`)
    expect(text).toContain('<p>Hello</p>')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/)
    for (const other of ["form-action 'none'", "frame-ancestors 'self'"]) expect(policy).toContain(other)
    expect(policy).toContain(`img-src https: data: ${stack.url}/pictures/;`)
    expect(policy.replace(`${stack.url}/pictures/`, '')).not.toMatch(
      /script-src|allow-scripts|allow-same-origin|http:|evil/,
    )
  })

  it('has an address for each email; for one that is not there, a page that says so', async () => {
    expect((await open('/_local/inbox/none')).status).toBe(404)
    expect((await open('/_local/inbox?mail=none')).text).toContain('Choose an email')
    expect((await open('/_local/inbox?to=nobody@example.org')).text).toContain('0 emails')
  })

  it('shows an email light or dark, whatever the browser prefers', () => {
    const [dark, light] = (['dark', 'desktop'] as const).map((view) => themed(document, view))
    expect(dark).toContain('@media (min-width: 0px)')
    expect(light).toContain('@media (max-width: 0px)')
    expect(themed('@media(PREFERS-color-scheme:light)', 'dark')).toBe('@media(max-width: 0px)')
  })
})

describe('the buttons of the clock', () => {
  const press = (body: string, headers: Record<string, string> = {}) =>
    open('/_local/clock', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: stack.url, ...headers },
    })
  const now = async () => Date.parse(Object((await stack.get('/_local/clock')).body).now)

  it('move it and lead back', async () => {
    const before = await now()
    const { status, headers } = await press('advance=1w&back=%2F_local%2Finbox%3Fmail%3Da')
    expect([status, headers.get('location')]).toEqual([303, '/_local/inbox?mail=a'])
    expect(Math.round((await now()) - before) / 86_400_000).toBeCloseTo(7, 2)
  })

  it.each(['https://evil.example', '//evil.example', '/f/a', ''])(
    'lead to no other page: %s',
    async (back) => {
      const { headers } = await press(`advance=1h&back=${encodeURIComponent(back)}`)
      expect(headers.get('location')).toBe('/_local')
    },
  )

  it.each(['100000w', '-1d', '', '1y'])('know no other step: %s', async (step) => {
    const before = await now()
    expect((await press(`advance=${step}`)).status).toBe(400)
    expect((await now()) - before).toBeLessThan(60_000)
  })

  it('are not for other sites', async () => {
    expect((await press('advance=1w', { origin: 'https://evil.example' })).status).toBe(403)
  })

  it('programs go on as before', async () => {
    expect(await stack.post('/_local/clock', { advance: '1h' })).toMatchObject({
      status: 200,
      body: { fired: 0 },
    })
  })
})

describe('the app as a signed-in user', () => {
  it('is asked with that user’s token', async () => {
    const { text } = await open('/_local/as/sales/a?x=1&view=dark')
    expect(text).toContain('GET /a?x=1')
    expect(text).toContain('Bearer local-sales')
  })
})
