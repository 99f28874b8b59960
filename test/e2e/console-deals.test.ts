import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { expectAccessible, useConsole } from './console.ts'

describe('the board of deals', () => {
  const used = useConsole({ role: 'sales' }, async ({ client }) => {
    for (const [id, name] of Object.entries({ ada: 'Ada', bela: 'Béla' })) {
      const subject = { email: `${id}@deals.example.net` }
      const fields = { firstName: name, lastName: 'Brandt', company: 'Nordpack' }
      await client.postEvents([
        { id: `${id}-1`, type: 'profile.updated', subject, properties: { fields } },
        { id: `${id}-2`, type: 'deal.opened', subject, properties: { dealId: `crm-${id}` } },
      ])
    }
    await client.settle()
  })
  const { open } = used
  const column = (page: Page, name: string) => page.getByRole('region', { name: new RegExp(`^${name}, `) })
  const deals = async () => {
    const { items } = await used.client.get<{ items: { name: string; phase: string; state: string }[] }>(
      '/api/deals',
    )
    return Object.fromEntries(items.map(({ name, phase, state }) => [name, `${phase} ${state}`]))
  }

  it('moves a card by drag, and takes it back', async () => {
    const { page, complaints, close } = await open('/deals')
    const card = column(page, 'Qualification').getByRole('listitem').filter({ hasText: 'Ada Brandt' })
    await card.waitFor()
    await card.dragTo(column(page, 'Proposal'))
    await column(page, 'Proposal').getByText('Ada Brandt').waitFor()
    await page.getByRole('status').filter({ hasText: 'Ada Brandt is in Proposal.' }).waitFor()
    await used.client.settle()
    expect((await deals())['Ada Brandt']).toBe('proposal open')

    await page.getByRole('button', { name: 'Undo' }).click()
    await column(page, 'Qualification').getByText('Ada Brandt').waitFor()
    await used.client.settle()
    expect((await deals())['Ada Brandt']).toBe('lead_qualification open')
    expect(complaints).toEqual([])
    await close()
  })

  it('moves one by keys, asks why it goes back, and what it is worth when it is won', async () => {
    const { page, close } = await open('/deals')
    const link = page.getByRole('link', { name: /Béla Brandt/ })
    await link.focus()
    await page.keyboard.press('Shift+ArrowRight')
    await column(page, 'Needs analysis').getByText('Béla Brandt').waitFor()
    await used.client.settle()
    await page.locator(':focus').filter({ hasText: 'Béla Brandt' }).waitFor()
    await page.keyboard.press('Shift+ArrowLeft')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Why').fill('Wrong contact')
    await page.keyboard.press('Enter')
    await column(page, 'Qualification').getByText('Béla Brandt').waitFor()
    await used.client.settle()
    expect((await deals())['Béla Brandt']).toBe('lead_qualification open')

    await page.getByLabel('Move Béla Brandt').selectOption('Won')
    await dialog.getByLabel('Amount').fill('12480')
    await dialog.getByRole('button', { name: 'Record the win' }).click()
    await column(page, 'Closing').getByText('€12,480').first().waitFor()
    await used.client.settle()
    expect((await deals())['Béla Brandt']).toBe('closing won')
    await close()
  })

  it('reads as a table, with the view in the address', async () => {
    const { page, close } = await open('/deals')
    await page.getByLabel('View').selectOption('Table')
    await page.getByRole('row', { name: /Béla Brandt/ }).waitFor()
    expect(page.url()).toContain('view=table')
    await page.getByRole('link', { name: 'Ada Brandt' }).click()
    await page.getByRole('heading', { name: 'Ada Brandt' }).waitFor()
    await close()
  })

  it('narrows to the phase that the overview opened, and shows all again', async () => {
    const { page, complaints, close } = await open('/')
    await page.getByRole('link', { name: /^1 ?Qualification/ }).click()
    await page.getByRole('link', { name: /Ada Brandt/ }).waitFor()
    expect(page.url()).toContain('/deals?phase=lead_qualification')
    expect(await page.getByRole('link', { name: /Béla Brandt/ }).count()).toBe(0)
    await page.getByLabel('View').selectOption('Table')
    expect(await page.getByRole('row').count()).toBe(2)
    await page.getByRole('combobox', { name: 'Phase' }).selectOption('Proposal')
    await page.getByRole('heading', { name: 'No deal is in Proposal' }).waitFor()
    await page.getByRole('combobox', { name: 'Phase' }).selectOption('All phases')
    await page.getByRole('row', { name: /Béla Brandt/ }).waitFor()
    expect(new URL(page.url()).search).toBe('?view=table')
    expect(complaints).toEqual([])
    await close()
  })

  it('lets marketing look, and move nothing', async () => {
    const { page, close } = await open('/deals', { role: 'marketing' })
    await page.getByRole('link', { name: /Ada Brandt/ }).waitFor()
    expect(await page.getByLabel(/^Move /).count()).toBe(0)
    await close()
  })

  it('is accessible at every width, light and dark', async () => {
    const { page, close } = await open('/deals')
    await page.getByRole('link', { name: /Ada Brandt/ }).waitFor()
    await expectAccessible(page)
    await page.getByLabel('View').selectOption('Table')
    await page.getByRole('row', { name: /Béla Brandt/ }).waitFor()
    await expectAccessible(page)
    await close()
  })
})
