import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useConsole } from './console.ts'

const people = [
  ['ada', 'Ada', 'Brandt', 'Nordpack'],
  ['bela', 'Béla', 'Kuhn', 'Alm Milch'],
] as const

/** More than any page has places for the focus. */
const mostTabs = 120

/** Goes on by Tab until something of this name has the focus. */
const tabTo = async (page: Page, name: string): Promise<void> => {
  for (let tabs = 0; tabs < mostTabs; tabs += 1) {
    await page.keyboard.press('Tab')
    const text = await page.evaluate<string>(
      '(document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "").trim()',
    )
    if (text.startsWith(name)) return
  }
  throw new Error(`nothing called ${name} is reached by Tab`)
}

/** By the command palette. */
const goTo = async (page: Page, name: string): Promise<void> => {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search' }).waitFor()
  await page.keyboard.type(name)
  await page.getByRole('option', { name, exact: false }).first().waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('combobox', { name: 'Search' }).waitFor({ state: 'detached' })
}

/** From a field of a dialog to its button, past Cancel. */
const submit = async (page: Page): Promise<void> => {
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

/** Opens the dialog of a button, and waits until it has the focus. */
const openBy = async (page: Page, name: string): Promise<void> => {
  await tabTo(page, name)
  await page.keyboard.press('Enter')
  await page.locator('dialog :focus').waitFor()
}

describe('a day of sales', () => {
  const used = useConsole({ role: 'sales', timezoneId: 'Europe/Berlin' }, async ({ client }) => {
    for (const [id, firstName, lastName, company] of people) {
      const fields = { firstName, lastName, company, email: `${id}@day.example.net`, terms: 'both' }
      await client.submitForm('quote', { ...fields, message: 'Two halls' }, '?lang=en')
      await client.settle()
      const subject = { email: `${id}@day.example.net` }
      await client.postEvents([
        { id: `${id}-1`, type: 'consent.granted', subject, properties: { purpose: 'consultation' } },
        { id: `${id}-2`, type: 'demo.requested', subject, properties: {} },
        { id: `${id}-3`, type: 'quote.requested', subject, properties: {} },
      ])
      await client.settle()
      await client.advance('10m')
    }
    expect(await client.handoffs('?state=requested')).toHaveLength(2)
  })

  it('goes by the keyboard alone: accepted, called, needs, proposal, deal moved, won; the other one rejected', async () => {
    const { page, complaints, close } = await used.open('/')
    await page.evaluate(
      'globalThis.pointers = 0; addEventListener("pointerdown", () => { globalThis.pointers += 1 }, true)',
    )

    await goTo(page, 'Handoffs')
    await page.getByRole('link', { name: /Ada Brandt/ }).waitFor()
    await page.keyboard.press('j')
    await page.getByRole('heading', { name: 'Ada Brandt' }).waitFor()
    await page.keyboard.press('a')
    await page.getByRole('status').filter({ hasText: 'Accepted: Ada Brandt is with ' }).waitFor()
    await used.client.settle()

    await goTo(page, 'Ada Brandt')
    const lead = page.getByRole('article')
    await lead.getByRole('button', { name: 'Log a call' }).waitFor()
    await page.keyboard.press('l')
    await page.locator('dialog :focus').waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.type('Wants it before Christmas')
    await submit(page)
    await lead.getByText('Wants it before Christmas').first().waitFor()

    await openBy(page, 'Need')
    await page.keyboard.type('Less noise')
    await page.keyboard.press('Tab')
    await submit(page)
    await lead.getByText('Less noise').first().waitFor()

    await openBy(page, 'Proposal')
    await page.keyboard.type('12480')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await lead.getByText('€12,480').first().waitFor()
    await used.client.settle()

    await goTo(page, 'Deals')
    await page.getByRole('link', { name: /Ada Brandt/ }).waitFor()
    await tabTo(page, 'Ada Brandt')
    await page.keyboard.press('Shift+ArrowRight')
    await page
      .getByRole('region', { name: /^Negotiation/ })
      .getByText('Ada Brandt')
      .waitFor()
    await used.client.settle()

    await goTo(page, 'Ada Brandt')
    await page.getByRole('heading', { name: 'Ada Brandt' }).waitFor()
    await openBy(page, 'Won')
    expect(await page.getByLabel('Amount').inputValue()).toBe('12480')
    await page.keyboard.type('11900')
    await page.keyboard.press('Enter')
    await lead.getByText('Deal won €11,900').first().waitFor()

    await goTo(page, 'Handoffs')
    await page.getByRole('link', { name: /Béla Kuhn/ }).waitFor()
    await page.keyboard.press('j')
    await page.getByRole('heading', { name: 'Béla Kuhn' }).waitFor()
    await page.keyboard.press('r')
    await page.locator('dialog :focus').waitFor()
    await page.keyboard.press('Space')
    await page.keyboard.press('Tab')
    await page.keyboard.type('In spring, perhaps')
    await submit(page)
    await page.getByRole('status').filter({ hasText: 'goes back to marketing' }).waitFor()
    await used.client.settle()

    await goTo(page, 'Overview')
    await page.getByRole('link', { name: /Ada Brandt.*Deal won/ }).waitFor()

    expect(await used.client.handoffs('?state=rejected')).toHaveLength(1)
    expect(await used.client.handoffs('?state=won')).toHaveLength(1)
    expect(await page.evaluate('globalThis.pointers')).toBe(0)
    expect(complaints).toEqual([])
    await close()
  })
})
