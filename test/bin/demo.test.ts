import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { useStory } from '../story/use-story.ts'

const root = join(import.meta.dirname, '../..')

/** `npm run demo` with these arguments. @returns what it printed. */
const demo = (...args: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'bin/demo.ts'), ...args], { cwd: root })
    let printed = ''
    child.stdout.on('data', (text) => (printed += text))
    child.stderr.on('data', (text) => (printed += text))
    child.on('exit', (code) => (code === 0 ? resolve(printed) : reject(new Error(printed))))
  })

describe('the sample data of a local runner', () => {
  const client = useStory()

  interface Figures {
    readonly sent: number
    readonly delivered: number
    readonly opened: number
    readonly clicked: number
    readonly unsubscribed: number
  }
  interface Clicks extends Figures {
    readonly links: readonly { readonly link: string; readonly people: number }[]
  }
  const clicksOf = (email: string) => client.get<Clicks>(`/api/emails/${email}/clicks`)
  const everything = async () => ({
    forms: (await client.get<{ items: object[] }>('/api/forms')).items,
    emails: (await client.get<{ items: object[] }>('/api/emails')).items,
    clicks: [await clicksOf('welcome'), await clicksOf('three-minutes')].map(({ links, ...figures }) => [
      links,
      { ...figures, asOf: undefined },
    ]),
    broadcasts: (await client.get<{ items: object[] }>('/api/broadcasts')).items,
    leads: (await client.get<{ total: number }>('/api/leads?limit=1')).total,
    mails: (await client.inbox()).length,
  })

  it('has forms that were filled in and confirmed', async () => {
    expect(await demo(client.url)).toContain('Sample leads loaded')
    const { items } = await client.get<{
      items: { form: string; submissions: number; confirmations: number }[]
    }>('/api/forms')
    const counts = items.map(({ form, submissions, confirmations }) => [form, submissions, confirmations])
    expect(counts).toEqual([
      ['demo', 5, 3],
      ['newsletter', 18, 15],
      ['quote', 3, 1],
      ['rating', 2, 0],
    ])
  })

  it('has emails that people opened and followed links of', async () => {
    for (const email of ['welcome', 'three-minutes']) {
      const { sent, delivered, opened, clicked, links } = await clicksOf(email)
      expect(delivered).toBe(sent)
      expect(opened).toBeLessThan(sent)
      expect(clicked).toBeGreaterThan(1)
      expect(clicked).toBeLessThan(opened)
      expect(links.length).toBeGreaterThan(1)
    }
    expect((await clicksOf('three-minutes')).unsubscribed).toBe(1)
    // Of whom nobody may measure it.
    expect(await clicksOf('confirm')).toMatchObject({ opened: 0, clicked: 0 })
  })

  it('has a mail gateway that followed all links, and counts it nowhere', async () => {
    const { leadId } = await client.leadByEmail('tom.visser@rhein-extrusion.example.net')
    const { items } = await client.get<{ items: { type: string; leftOut?: { type: string } }[] }>(
      `/api/leads/${leadId}/timeline`,
    )
    const clicks = items.filter(({ type }) => type === 'email.clicked')
    expect(clicks.map(({ leftOut }) => leftOut?.type)).toEqual(['machine', 'machine', 'machine', 'machine'])
  })

  it('is there once, however often it is loaded', async () => {
    const before = await everything()
    expect(await demo(client.url)).toContain('here already')
    await client.settle()
    expect(await everything()).toEqual(before)
  })
})

describe('what is deployed', () => {
  const seen: { path: string; authorization?: string | undefined; body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (text) => (body += text))
    request.on('end', () => {
      const { url: path = '', headers } = request
      seen.push({ path, authorization: headers.authorization, body })
      if (path.startsWith('/_local')) return response.end('<!doctype html>')
      response.statusCode = path.startsWith('/f/quote') ? 404 : 202
      response.end(JSON.stringify({ accepted: 1, rejected: [] }))
    })
  })
  const listening = new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
  afterAll(() => server.close())

  it('gets leads and forms with addresses that never bounce, and says what was left out', async () => {
    const said = await demo(await listening, '--key', 'k1')
    expect(said).toMatch(/Left out: this playbook has no form quote/)
    expect(said).toMatch(/Left out: confirmations, opens, clicks/)
    const reported = seen.filter(({ path }) => path === '/events')
    expect(new Set(reported.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer k1']))
    const addresses = seen.flatMap(({ body }) => body.match(/"email":"[^"]*"/g) ?? [])
    expect(new Set(addresses).size).toBe(67)
    for (const address of addresses) expect(address).toMatch(/"success\+[a-z.-]+@simulator\.amazonses\.com"/)
  })

  it('gets the forms alone without a key', async () => {
    seen.splice(0)
    const said = await demo(await listening)
    expect(said).toMatch(/Left out: the forty leads.*--key/)
    expect(seen.some(({ path }) => path === '/events')).toBe(false)
    expect(seen.filter(({ path }) => path.startsWith('/f/'))).toHaveLength(28)
  })
})
