import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Client, makeClient } from '../story/client.ts'
import { startTrichter, type Trichter } from '../story/trichter.ts'
import { launchBrowser } from './browser.ts'

describe('a site with the tracking snippet', () => {
  let trichter: Trichter
  let client: Client
  let browser: Browser
  let server: Server
  let site: string
  beforeAll(async () => {
    ;[trichter, browser] = await Promise.all([startTrichter(), launchBrowser()])
    client = makeClient(trichter.url)
    server = createServer((request, response) => {
      const consent = request.url?.startsWith('/free') ? 'data-consent="given"' : ''
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(`<!doctype html><title>A site</title><script src="${trichter.url}/t.js" ${consent}></script>
<button onclick="trichter.consent(true)">Yes</button> <button onclick="trichter.consent(false)">No</button>
<form method="post" action="${trichter.url}/f/demo?lang=en">
<input name="email" aria-label="Email"><input type="hidden" name="utm_source">
<label><input type="checkbox" name="optIn" value="true"> The newsletter</label><button>Send</button></form>`)
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port }: Partial<AddressInfo> = Object(server.address())
    site = `http://localhost:${port}`
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await browser.close()
    await trichter.stop()
  })

  let context: BrowserContext
  let page: Page
  let beacons: { readonly type: string; readonly properties: Readonly<Record<string, unknown>> }[]
  beforeEach(async () => {
    context = await browser.newContext()
    page = await context.newPage()
    beacons = []
    page.on('request', (request) => {
      if (request.url() === `${trichter.url}/t`) beacons.push(...JSON.parse(request.postData() ?? '').events)
    })
  })
  afterEach(() => context.close())

  const sent = () => beacons.map(({ type, properties }) => [type, properties.path])

  it('sends and keeps nothing before consent, and from then on what is looked at', async () => {
    await page.goto(`${site}/a?utm_source=ad`)
    await page.evaluate("history.pushState({}, '', '/b')")
    await page.goto(`${site}/c?utm_source=ad`)
    expect(sent()).toEqual([])
    expect(await context.cookies()).toEqual([])
    expect(await page.evaluate('sessionStorage.length')).toBe(0)

    const told = page.waitForRequest(`${trichter.url}/t`)
    await page.getByRole('button', { name: 'Yes' }).click()
    await told
    await page.evaluate("history.pushState({}, '', '/d')")
    await page.goto(`${site}/e`)
    const views = beacons.filter(({ type }) => type === 'page.viewed')
    expect(views.map(({ properties }) => [properties.path, properties.source])).toEqual([
      ['/c', 'ad'],
      ['/d', 'ad'],
      ['/e', 'ad'],
    ])
    const [cookie] = await context.cookies()
    expect(cookie).toMatchObject({ name: 'trichter_visitor', domain: 'localhost', sameSite: 'Lax' })

    await page.getByRole('button', { name: 'No' }).click()
    expect(await context.cookies()).toEqual([])
    const before = beacons.length
    await page.goto(`${site}/f`)
    expect(beacons).toHaveLength(before)
  })

  it('brings what was looked at to the lead who fills in a form, once they have shown that it was they', async () => {
    await page.goto(`${site}/free/preise`)
    await page.goto(`${site}/free/b`)
    await page.getByLabel('Email').fill('snippet@browser.example.net')
    await page.getByLabel('The newsletter').check()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await client.settle()
    const rulesOf = async () => {
      const { leadId } = await client.leadByEmail('snippet@browser.example.net')
      return (await client.explanation(leadId)).rules.map(({ rule }) => rule)
    }
    expect(await rulesOf()).not.toContain('page-view')
    const [asked] = await client.inbox('snippet@browser.example.net')
    const link = /http\S+\/confirm\/[\w.-]+/.exec(asked?.text ?? '')?.[0] ?? ''
    expect((await fetch(link, { method: 'POST' })).status).toBe(200)
    await client.settle()
    const rules = await rulesOf()
    expect(rules.filter((rule) => rule === 'page-view')).toHaveLength(2)
    expect(rules).toContain('demo-request')
  })
})
