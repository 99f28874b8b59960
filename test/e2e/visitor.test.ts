import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Client, linkIn, makeClient } from '../story/client.ts'
import { startTrichter, type Trichter } from '../story/trichter.ts'
import { launchBrowser } from './browser.ts'
import { contrastsOn } from './contrast.ts'

describe('a visitor in a browser', () => {
  let trichter: Trichter
  let client: Client
  let browser: Browser
  beforeAll(async () => {
    ;[trichter, browser] = await Promise.all([startTrichter(), launchBrowser()])
    client = makeClient(trichter.url)
  })
  afterAll(async () => {
    await browser.close()
    await trichter.stop()
  })

  let context: BrowserContext
  let page: Page
  const open = async (options: Parameters<Browser['newContext']>[0] = {}) => {
    context = await browser.newContext({ baseURL: trichter.url, locale: 'de-DE', ...options })
    page = await context.newPage()
  }
  beforeEach(() => open())
  afterEach(() => context.close())

  const complaints = (of: Page): string[] => {
    const heard: string[] = []
    of.on('console', (message) => message.type() === 'error' && heard.push(message.text()))
    of.on('pageerror', (error) => heard.push(error.message))
    return heard
  }

  it('signs up without JavaScript, by keyboard alone, and confirms', async () => {
    await context.close()
    await open({ javaScriptEnabled: false })
    await page.goto('/f/newsletter')
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    await page.getByLabel('E-Mail').focus()
    await page.keyboard.type('hanna@browser.example.net')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Hanna')
    // A test types faster than people do.
    await client.advance('3s')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Fast geschafft')

    await client.settle()
    const [mail] = await client.inbox('hanna@browser.example.net')
    if (!mail) throw new Error('no confirmation')
    await page.goto(linkIn(mail, '/confirm/'))
    await page.getByRole('button').click()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Anmeldung bestätigt')
    await client.settle()
    expect((await client.leadByEmail('hanna@browser.example.net')).stage).toBe('interest')
  })

  it('is told at the field what is wrong, and keeps what was typed', async () => {
    const heard = complaints(page)
    await page.goto('/f/demo?lang=en')
    await page.locator('form').evaluate((form) => form.setAttribute('novalidate', ''))
    await page.getByLabel('Work email').fill('not an address')
    await page.getByLabel('Company').fill('Müller & Söhne <GmbH>')
    await page.getByRole('button').click()
    const field = page.getByLabel('Work email')
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    const described = await field.getAttribute('aria-describedby')
    expect(await page.locator(`[id="${described?.split(' ').at(0)}"]`).textContent()).not.toBe('')
    expect(await page.getByLabel('Company').inputValue()).toBe('Müller & Söhne <GmbH>')
    // The browser reports the 422 itself; nothing else may be wrong.
    expect(heard.filter((text) => !text.includes('422'))).toEqual([])
  })

  it('is led to the faults by the keyboard, without JavaScript', async () => {
    await context.close()
    await open({ javaScriptEnabled: false })
    await page.goto('/f/newsletter?lang=en')
    await page.getByLabel('Work email').fill('not an address')
    await page.keyboard.press('Enter')
    const summary = page.getByRole('alert')
    await summary.waitFor()
    expect(await summary.evaluate((element) => element.matches(':focus'))).toBe(true)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.type('later')
    // A link to a field moves there; what is typed next lands in it.
    expect(await page.getByLabel('Work email').inputValue()).toContain('later')
  })

  it('finds the forms of another site, twice the same, and is told at the right one what is wrong', async () => {
    const site = 'https://www.example.com'
    await page.route(`${site}/**`, (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<!doctype html><html lang="en"><title>Site</title><h1>Site</h1><div id="a"><script src="${trichter.url}/f/newsletter.js?lang=en"></script></div><div id="b"><script src="${trichter.url}/f/newsletter.js?lang=en"></script></div></html>`,
      }),
    )
    await page.goto(`${site}/?utm_source=fair`)
    const second = page.locator('#b')
    const ids = await page.locator('[id^=field-]').evaluateAll((all) => all.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    await second.getByLabel('Work email').fill('no address')
    await second.getByRole('button').click()
    await second.locator('.error').waitFor()
    expect(await page.locator('#a .error').count()).toBe(0)
    expect(await second.getByLabel('Work email').getAttribute('aria-invalid')).toBe('true')
    await second.getByLabel('Work email').fill('embedded@browser.example.net')
    await client.advance('3s')
    await second.getByRole('button').click()
    await second.getByRole('status').filter({ hasText: 'click the link' }).waitFor()
    expect(await page.locator('#a form').count()).toBe(1)
  })

  it.each(['light', 'dark'] as const)(
    'reads every text of a form in %s with enough contrast',
    async (colorScheme) => {
      await context.close()
      await open({ colorScheme })
      await page.goto('/f/newsletter?lang=en')
      const ratios = await contrastsOn(page)
      expect(ratios.length).toBeGreaterThan(6)
      for (const { text, ratio } of ratios) expect([text, ratio >= 4.5]).toEqual([text, true])
    },
  )

  it.each(['newsletter', 'demo', 'quote'])(
    'finds a label for every field of %s and nothing wider than a phone',
    async (form) => {
      await page.setViewportSize({ width: 360, height: 740 })
      await page.goto(`/f/${form}`)
      const fields = page.locator('input:not([type=hidden]), select, textarea')
      expect(await fields.count()).toBeGreaterThan(1)
      for (const field of await fields.all())
        expect(await field.evaluate((element) => Reflect.get(element, 'labels').length)).toBe(1)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    },
  )

  it('lets a salesperson answer from the email, and changes nothing by opening the link', async () => {
    const subject = { email: 'deal@browser.example.net' }
    await client.postEvents([
      { id: 'e2e-1', type: 'consent.granted', subject, properties: { purpose: 'consultation' } },
      { id: 'e2e-2', type: 'demo.requested', subject, properties: {} },
      { id: 'e2e-3', type: 'quote.requested', subject, properties: {} },
    ])
    await client.settle()
    const mail = (await client.inbox()).find(
      ({ html }) => html.includes(subject.email) && html.includes('/h/'),
    )
    if (!mail) throw new Error('no handoff email')
    await page.goto(linkIn(mail, '/h/'))
    expect((await client.leadByEmail(subject.email)).handoffs[0]?.state).toBe('requested')
    await page.getByRole('button', { name: 'Annehmen' }).click()
    await page.getByRole('heading', { name: 'Angenommen' }).waitFor()
    expect((await client.leadByEmail(subject.email)).handoffs[0]?.state).toBe('accepted')
  })
})
