import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { expectAccessible, useConsole } from './console.ts'

describe('the emails', () => {
  const { open } = useConsole({ role: 'marketing' }, async ({ client }) => {
    const subject = { email: 'ada@emails.example.net' }
    const fields = { firstName: 'Ada', lastName: 'Brandt', company: 'Nordpack', language: 'de' }
    await client.postEvents([{ id: 'ada-1', type: 'profile.updated', subject, properties: { fields } }])
    await client.settle()
  })
  const frame = (page: Page) => page.frameLocator('iframe[title^="Preview of"]')

  it('are found by their subject, and shown as any lead would get them', async () => {
    const { page, complaints, others, close } = await open('/emails')
    await page.getByRole('searchbox', { name: 'Search emails' }).fill('welcome')
    await page
      .getByRole('region', { name: 'Emails' })
      .getByRole('link', { name: /Welcome/ })
      .first()
      .click()
    await frame(page).getByText('Unsubscribe').waitFor()
    expect(await frame(page).getByRole('link').count()).toBe(0)
    const person = page.getByLabel('As', { exact: true })
    await person.fill('Ada Bra')
    await person.press('Enter')
    await frame(page).getByText('Abmelden').waitFor()
    expect(page.url()).toContain('lead=ada')
    await page.getByLabel('Language', { exact: true }).selectOption('en')
    await frame(page).getByText('Unsubscribe').waitFor()
    await person.fill('nobody@example.net')
    await person.press('Enter')
    await page.getByRole('alert').filter({ hasText: 'Nobody is known by this name' }).waitFor()
    expect(complaints.filter((text) => !text.includes('422'))).toEqual([])
    expect([...others]).toEqual([])
    await close()
  })

  it('look as they do on a phone, in the dark and as text, each at an address of its own', async () => {
    const { page, complaints, close } = await open('/emails/welcome')
    await frame(page).getByText('Unsubscribe').waitFor()
    const inside = (expression: string) => () =>
      page.evaluate(
        `((root) => ${expression})(document.querySelector('iframe').contentDocument.documentElement)`,
      )
    await page.getByRole('button', { name: 'Phone' }).click()
    await expect.poll(inside('root.clientWidth')).toBeLessThanOrEqual(375)
    await page.getByRole('button', { name: 'Dark' }).click()
    await expect.poll(inside('getComputedStyle(root).colorScheme')).toBe('dark')
    expect(await inside('root.clientWidth')()).toBeLessThanOrEqual(375)
    expect(page.url()).toContain('view=phone&dark=true')
    await page.getByRole('button', { name: 'Text', exact: true }).click()
    await page.getByText('https://preview.invalid/unsubscribe').waitFor()
    expect(page.url()).toContain('view=text')
    expect(complaints).toEqual([])
    await close()
  })

  it('can be tried on oneself, and nobody else', async () => {
    const { page, close } = await open('/emails/welcome')
    await page.getByRole('button', { name: 'Send a test' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('To').fill('somebody@example.org')
    await dialog.getByRole('button', { name: 'Send' }).click()
    await dialog.getByText('must be your own address').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await close()

    const sales = await open('/emails/welcome', { role: 'sales' })
    await frame(sales.page).locator('body').waitFor()
    expect(await sales.page.getByRole('button', { name: 'Send a test' }).count()).toBe(0)
    await sales.close()
  })

  it('are accessible at every width, light and dark', async () => {
    const { page, close } = await open('/emails')
    await page.getByRole('region', { name: 'Emails' }).getByRole('listitem').first().waitFor()
    await expectAccessible(page)
    await page.goto('/emails/welcome')
    await frame(page).locator('body').waitFor()
    await expectAccessible(page)
    await close()
  })
})
