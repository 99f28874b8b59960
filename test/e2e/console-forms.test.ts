import { describe, expect, it } from 'vitest'
import { expectAccessible, useConsole } from './console.ts'

describe('the forms', () => {
  const { open } = useConsole({ role: 'marketing' })
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
