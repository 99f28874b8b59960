import { describe, expect, it } from 'vitest'
import { linkIn } from '../story/client.ts'
import { expectAccessible, useConsole } from './console.ts'

describe('the forms', () => {
  const { open } = useConsole({ role: 'marketing' }, async ({ client }) => {
    for (const firstName of ['Ada', 'Bela']) {
      const email = `${firstName.toLowerCase()}@forms.example.net`
      await client.submitForm('newsletter', { email, firstName }, '?lang=en')
    }
    await client.settle()
    const [mail] = await client.inbox('bela@forms.example.net')
    if (!mail) throw new Error('Bela got nothing')
    await client.raw(new URL(linkIn(mail, '/confirm/')).pathname, { method: 'POST' })
    await client.settle()
    // The rows of the figures follow within the minute.
    await client.advance('1m')
  })

  it('tell how often they were filled in and confirmed, and by whom', async () => {
    const { page, complaints, close } = await open('/forms/newsletter')
    const peopleOf = async (figure: RegExp | string, names: readonly string[]): Promise<void> => {
      await page
        .getByRole('definition')
        .getByRole('link', { name: String(names.length), exact: true })
        .click()
      const people = page.getByRole('dialog', { name: figure })
      await people.getByRole('listitem').first().waitFor()
      expect((await people.getByRole('listitem').allTextContents()).map((text) => text.slice(0, 3))).toEqual(
        expect.arrayContaining([...names]),
      )
      expect(await people.getByRole('listitem').count()).toBe(names.length)
      await page.keyboard.press('Escape')
    }
    await peopleOf('Filled in: newsletter', ['Ada', 'Bel'])
    await peopleOf('Confirmed: newsletter', ['Bel'])
    expect(complaints).toEqual([])
    await close()
  })

  it('are shown as visitors see them, with the code that puts them on a site', async () => {
    const { page, complaints, others, close } = await open('/forms', {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await page.getByRole('link', { name: /Letters from the quiet factory/ }).click()
    const frame = page.frameLocator('iframe[title^="Preview of"]')
    await frame.getByText('Letters from the quiet factory').first().waitFor()
    await page.getByRole('combobox', { name: 'Language', exact: true }).selectOption('de')
    await frame.getByText('Post aus der leisen Fabrik').first().waitFor()
    expect(page.url()).toContain('lang=de')
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('status').filter({ hasText: 'Copied.' }).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(
      /^<script src=.*\/f\/newsletter\.js/,
    )
    expect(complaints).toEqual([])
    expect([...others]).toEqual([])
    await close()
  })

  it('are accessible at every width, light and dark', async () => {
    const { page, close } = await open('/forms')
    await page.getByRole('link', { name: /Letters from the quiet factory/ }).waitFor()
    await expectAccessible(page)
    await page.goto('/forms/newsletter')
    await page.frameLocator('iframe[title^="Preview of"]').getByText('Letters').first().waitFor()
    await expectAccessible(page)
    await close()
  })
})
