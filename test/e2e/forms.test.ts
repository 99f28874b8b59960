import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Client, makeClient } from '../story/client.ts'
import { changedPlaybook } from '../story/playbook-folder.ts'
import { startTrichter, type Trichter } from '../story/trichter.ts'
import { launchBrowser } from './browser.ts'

const found = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }))

/** What axe finds wrong on a page, or in a part of it. */
const faultsOn = async (page: Page, part = 'body'): Promise<readonly string[]> => {
  // Not as a script of the page, which its policy would refuse.
  await page.evaluate(axe.source)
  const violations = await page.evaluate(`axe.run(${JSON.stringify(part)}).then((found) => found.violations)`)
  return found.parse(violations).flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

const site = 'https://www.example.com'

/** A form with every kind of field. */
const fair = `id: fair
languages: [de, en]
title: { de: Treffen wir uns, en: Let us meet }
intro: { de: 'Auf der Messe, an unserem Stand.', en: 'At the fair, at our stand.' }
consent: single-opt-in
purpose: consultation
wording: { de: Mit dem Absenden bitte ich um Beratung., en: By sending this I ask for advice. }
activity: contact.requested
columns: 2
page: { de: '${site}/messe', en: '${site}/fair' }
origins: ['${site}']
thanks:
  title: { de: Bis bald, en: See you soon }
  text: { de: Wir bestätigen den Termin., en: We will confirm the date. }
  link: { label: { de: Anfahrt, en: How to get there }, address: ${site}/map }
fields:
  - { name: email, type: email, required: true, label: { de: E-Mail, en: Email } }
  - { name: company, type: text, ask: whenUnknown, label: { de: Unternehmen, en: Company }, placeholder: { de: Beispiel GmbH, en: Example Ltd } }
  - name: phone
    type: tel
    ask: whenUnknown
    label: { de: Telefon, en: Phone }
    help: { de: Nur für Rückfragen., en: For questions only. }
  - { name: employees, type: number, min: 1, label: { de: Mitarbeitende, en: Employees } }
  - { name: visitOn, type: date, min: today, label: { de: Tag, en: Day } }
  - name: country
    type: select
    label: { de: Land, en: Country }
    options: [ { value: DE, label: { de: Deutschland, en: Germany } }, { value: AT, label: { de: Österreich, en: Austria } } ]
  - name: time
    type: radio
    required: true
    label: { de: Wann passt es, en: When does it suit you }
    help: { de: Wir melden uns mit der genauen Zeit., en: We will tell you the exact time. }
    options: [ { value: am, label: { de: Vormittags, en: In the morning } }, { value: pm, label: { de: Nachmittags, en: In the afternoon } } ]
  - name: topics
    type: multiselect
    label: { de: Worum geht es, en: What is it about }
    options: [ { value: leaks, label: { de: Lecks, en: Leaks } }, { value: costs, label: { de: Kosten, en: Costs } } ]
  - { name: message, type: textarea, label: { de: Nachricht, en: Message } }
`

const email = `---
subject: 'Meet us'
preheader: 'At the fair'
kind: transactional
---
<mj-text>Hello</mj-text>
<mj-button href="{{ links.forms.fair }}">Meet us</mj-button>
`

describe('a form with every kind of field', () => {
  let folder: string
  let trichter: Trichter
  let client: Client
  let browser: Browser
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    folder = await changedPlaybook(async (copy) => {
      await writeFile(join(copy, 'forms/fair.yaml'), fair)
      for (const language of ['de', 'en'])
        await writeFile(join(copy, `emails/meet-us.${language}.mjml`), email)
      await writeFile(
        join(copy, 'sequences/fair.yaml'),
        'id: fair\nenter: { activity: fair.announced }\nreenter: always\nsteps:\n  - email: meet-us\n',
      )
    })
    ;[trichter, browser] = await Promise.all([
      startTrichter(['--memory', '--playbook', folder]),
      launchBrowser(),
    ])
    client = makeClient(trichter.url)
  })
  afterAll(async () => {
    await browser.close()
    await trichter.stop()
    await rm(folder, { recursive: true })
  })
  afterEach(() => context.close())

  const open = async (options: Parameters<Browser['newContext']>[0] = {}) => {
    context = await browser.newContext({ baseURL: trichter.url, locale: 'en-GB', ...options })
    page = await context.newPage()
    await page.route(`${site}/**`, (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<!doctype html><html lang="en"><title>Site</title><meta name="viewport" content="width=device-width"><main style="max-width:60rem;margin:auto;padding:1rem;font-family:Georgia"><h1>Our stand</h1><script src="${trichter.url}/f/fair.js" async></script></main></html>`,
      }),
    )
  }
  it.each([
    ['page', '/f/fair?lang=en', 1280, 'light'],
    ['page', '/f/fair?lang=en', 390, 'dark'],
    ['embedded', `${site}/fair`, 1280, 'light'],
    ['embedded', `${site}/fair`, 390, 'light'],
  ] as const)(
    'is accessible as %s %s at %i, %s, and nothing is wider',
    async (kind, address, width, colorScheme) => {
      await open({ viewport: { width, height: 800 }, colorScheme })
      await page.goto(address)
      await page.getByLabel('Email').waitFor()
      expect(await faultsOn(page, kind === 'page' ? 'body' : '.trichter-form')).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
      const tops = await Promise.all(
        ['Email', 'Company'].map(async (label) => (await page.getByLabel(label).boundingBox())?.y),
      )
      expect(tops[0] === tops[1]).toBe(width === 1280)
    },
  )

  it('is filled in on a site, in the other language, and says its own thanks', async () => {
    await open()
    await page.goto(`${site}/fair`)
    await page.getByLabel('Email').fill('fair@browser.example.net')
    await page.getByLabel('In the afternoon').check()
    await page.getByLabel('Costs').check()
    await page.getByRole('link', { name: 'Deutsch' }).click()
    await page.getByRole('heading', { name: 'Treffen wir uns' }).waitFor()
    expect(await page.locator('.trichter-form').count()).toBe(1)
    // What was typed came along.
    expect(await page.getByLabel('E-Mail').inputValue()).toBe('fair@browser.example.net')
    expect(await page.getByLabel('Nachmittags').isChecked()).toBe(true)
    await client.advance('3s')
    await page.getByRole('button', { name: 'Absenden' }).click()
    await page.getByRole('heading', { name: 'Bis bald' }).waitFor()
    expect(await page.getByRole('link', { name: 'Anfahrt' }).getAttribute('href')).toBe(`${site}/map`)
    await client.settle()
    const lead = await client.leadByEmail('fair@browser.example.net')
    expect(lead).toMatchObject({ attributes: { time: 'pm', topics: ['costs'] } })
  })

  it('tells at the choice that one is missing', async () => {
    await open()
    await page.goto(`${site}/fair`)
    await page.getByLabel('Email').fill('fair@browser.example.net')
    await client.advance('3s')
    await page.getByRole('button').click()
    const fault = page.locator('fieldset', { hasText: 'When does it suit you' }).locator('.error')
    await fault.waitFor()
    expect(await fault.textContent()).toBe('Please choose an answer.')
    expect(await faultsOn(page, '.trichter-form')).toEqual([])
  })

  it('asks whom an email brought to the site for what is missing alone', async () => {
    const subject = { email: 'known@browser.example.net' }
    await client.postEvents([
      {
        id: 'known-1',
        type: 'profile.updated',
        subject,
        properties: { fields: { company: 'Werk', language: 'en' } },
      },
      { id: 'known-2', type: 'fair.announced', subject, properties: {} },
    ])
    await client.settle()
    const [mail] = await client.inbox(subject.email)
    const link = /https:\/\/www\.example\.com\/fair\?trichter=[^"<\s]+/.exec(mail?.html ?? '')?.[0]
    expect(link).toBeDefined()
    await open()
    await page.goto(link ?? '')
    await page.getByLabel('Phone').waitFor()
    expect(await page.getByLabel('Company').count()).toBe(0)
    await page.getByRole('link', { name: 'Deutsch' }).click()
    await page.getByLabel('Telefon').waitFor()
    expect(await page.getByLabel('Unternehmen').count()).toBe(0)
    // Whoever comes without the link is asked for all.
    await page.goto(`${site}/fair?trichter=forged`)
    await page.getByLabel('Company').waitFor()
  })
})
