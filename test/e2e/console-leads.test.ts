import { describe, expect, it } from 'vitest'
import { expectAccessible, useConsole } from './console.ts'

describe('the leads', () => {
  const used = useConsole({ role: 'sales', timezoneId: 'Europe/Berlin' }, async ({ client }) => {
    await client.submitForm(
      'quote',
      {
        firstName: 'Ada',
        lastName: 'Brandt',
        company: 'Nordpack',
        email: 'ada@leads.example.net',
        phone: '+49 30 1234',
        message: 'Two halls, third shift.\nWith maintenance, please.',
        terms: 'both',
      },
      '?lang=en',
    )
    for (const [index, name] of ['Béla', 'Cem', 'Dora'].entries()) {
      const subject = { email: `${index}@leads.example.net` }
      const fields = { firstName: name, lastName: 'Muster', company: 'Alm Milch' }
      await client.postEvents([
        { id: `l-${index}-1`, type: 'profile.updated', subject, properties: { fields } },
        { id: `l-${index}-2`, type: 'newsletter.subscribed', subject, properties: {} },
      ])
    }
    await client.settle()
  })
  const { open } = used

  it('are searched by the server; the address holds search, filter and who is open', async () => {
    const { page, close } = await open('/leads')
    const list = page.getByRole('region', { name: 'Leads' })
    await list.getByRole('link', { name: /Ada Brandt/ }).waitFor()
    await page.getByLabel('Search leads').fill('alm')
    await list.getByRole('link', { name: /Ada Brandt/ }).waitFor({ state: 'detached' })
    await list.getByRole('link', { name: /Cem Muster/ }).waitFor()
    expect(await list.getByRole('listitem').count()).toBe(3)
    await page.getByLabel('Stage').selectOption('Interest')
    await list.getByRole('link', { name: /Cem Muster/ }).click()
    await page.getByRole('heading', { name: 'Cem Muster' }).waitFor()
    expect(page.url()).toMatch(/\/leads\/[\w-]+\?q=alm&stage=interest$/)
    await page.reload()
    await page.getByRole('heading', { name: 'Cem Muster' }).waitFor()
    await list.getByRole('listitem').first().waitFor()
    expect(await list.getByRole('listitem').count()).toBe(3)
    await page.keyboard.press('Escape')
    await page.getByLabel('Search leads').fill('nobody of that name')
    await page.getByRole('button', { name: 'Show all leads' }).click()
    await list.getByRole('link', { name: /Ada Brandt/ }).waitFor()
    await close()
  })

  it('say what the person wrote, why now, and what came of each step', async () => {
    const { page, complaints, others, close } = await open('/leads?q=ada')
    await page.getByRole('link', { name: /Ada Brandt/ }).click()
    const lead = page.getByRole('article')
    await lead.getByRole('heading', { name: 'What they wrote' }).waitFor()
    await lead.getByText('Two halls, third shift.').waitFor()
    expect(await lead.getByRole('link', { name: '+49 30 1234' }).getAttribute('href')).toBe('tel:+49301234')
    await lead.getByRole('heading', { name: 'Why now' }).waitFor()
    const entry = lead.getByRole('listitem').filter({ hasText: 'Stage Intent' })
    expect(await entry.first().textContent()).toContain('Asked for a quote')
    expect(complaints).toEqual([])
    expect([...others]).toEqual([])
    await close()
  })

  it('take a call, a need, a proposal and a win by forms, faults at their field, and give one back', async () => {
    const { page, close } = await open('/leads?q=ada')
    await page.getByRole('link', { name: /Ada Brandt/ }).click()
    await page.getByRole('heading', { name: 'Ada Brandt' }).waitFor()
    await page.keyboard.press('l')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('In a meeting').check()
    await dialog.getByLabel('Note').fill('Wants it before Christmas')
    await dialog.getByRole('button', { name: 'Log it' }).click()
    const timeline = page.getByRole('article')
    await timeline.getByText('Wants it before Christmas').waitFor()
    expect(await timeline.getByText('Logged by Local Sales').count()).toBeGreaterThan(0)

    await page.getByRole('button', { name: 'Undo' }).click()
    await timeline.getByText('taken back').waitFor()

    await page.getByRole('button', { name: 'Need', exact: true }).click()
    await dialog.getByLabel('Needs').fill('Less noise\nLess leaks')
    await dialog.getByRole('button', { name: 'Record it' }).click()
    await timeline.getByText('Less noise; Less leaks').waitFor()

    await page.getByRole('button', { name: 'Proposal' }).click()
    await dialog.getByLabel('Amount').fill('twelve')
    await dialog.getByRole('button', { name: 'Record it as sent' }).click()
    await dialog.getByText(/must be a decimal/).waitFor()
    expect(await dialog.getByLabel('Amount').getAttribute('aria-invalid')).toBe('true')
    await dialog.getByLabel('Amount').fill('12.480,50')
    await dialog.getByRole('button', { name: 'Record it as sent' }).click()
    await timeline.getByText('€12,480.50').first().waitFor()

    await page.getByRole('button', { name: 'Won' }).click()
    await dialog.getByLabel('Amount').fill('12480.50')
    await dialog.getByRole('button', { name: 'Record the win' }).click()
    await timeline.getByText('Deal won €12,480.50').waitFor()
    await close()
  })

  it('are exported and erased by marketing, who cannot log anything', async () => {
    const { page, close } = await open('/leads?q=dora', { role: 'marketing' })
    await page.getByRole('link', { name: /Dora Muster/ }).click()
    await page.getByRole('heading', { name: 'Dora Muster' }).waitFor()
    expect(await page.getByRole('button', { name: 'Log a call' }).count()).toBe(0)
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).click()
    expect((await saved).suggestedFilename()).toMatch(/\.json$/)

    await page.getByRole('button', { name: 'Erase' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByRole('button', { name: 'Erase' }).isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill('Dora Muster')
    await dialog.getByRole('button', { name: 'Erase' }).click()
    await page.getByRole('status').filter({ hasText: 'is being erased' }).waitFor()
    await used.client.settle()
    await page.getByLabel('Search leads').fill('dora')
    await page.getByText('Nobody fits these filters').waitFor()
    await close()
  })

  it('are narrowed by a condition, whose mistakes stand at their place, and kept under a name', async () => {
    const { page, close } = await open('/leads', { role: 'marketing' })
    const list = page.getByRole('region', { name: 'Leads' })
    await list.getByRole('link', { name: /Ada Brandt/ }).waitFor()
    await page.getByRole('button', { name: 'Condition' }).click()
    const condition = page.getByLabel('Condition', { exact: true })
    await condition.fill('lead.company == Alm')
    await condition.press('Enter')
    await page.getByText(/at character \d+/).waitFor()
    expect(await condition.getAttribute('aria-invalid')).toBe('true')
    await expectAccessible(page)
    await condition.fill('lead.company == "Alm Milch"')
    await condition.press('Enter')
    await list.getByRole('link', { name: /Cem Muster/ }).waitFor()
    await list.getByRole('link', { name: /Ada Brandt/ }).waitFor({ state: 'detached' })
    await page.getByLabel('Order').selectOption('By name, Z to A')
    await page.waitForURL(/sort=name&order=desc/)
    await page.getByRole('button', { name: 'Save view' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Alm')
    await page.getByRole('dialog').getByRole('button', { name: 'Save view' }).click()
    await page.getByRole('status').filter({ hasText: 'wherever you sign in' }).waitFor()
    await close()

    const again = await open('/leads', { role: 'marketing' })
    await again.page.getByLabel('Saved views').selectOption('Alm')
    await again.page.getByRole('link', { name: /Cem Muster/ }).waitFor()
    expect(new URL(again.page.url()).searchParams.get('where')).toBe('lead.company == "Alm Milch"')
    await again.page.getByRole('button', { name: 'Delete view' }).click()
    await again.page.getByLabel('Saved views').waitFor({ state: 'detached' })
    await again.close()
  })

  it('say how the score came about over time, and what is held is cancelled by marketing', async () => {
    await used.client.post('/api/sending/pause', {}, 'marketing')
    const subject = { email: '1@leads.example.net' }
    await used.client.postEvents([
      { id: 'h-1', type: 'consent.granted', subject, properties: { purpose: 'newsletter' } },
      { id: 'h-2', type: 'content.downloaded', subject, properties: {} },
    ])
    await used.client.settle()
    await used.client.advance('1d')
    const { page, close } = await open('/leads?q=cem', { role: 'marketing' })
    await page.getByRole('link', { name: /Cem Muster/ }).click()
    await page.getByRole('img', { name: /^The score, from/ }).waitFor()
    const held = page.getByRole('listitem').filter({ hasText: 'held' })
    await held.first().getByText('all sending is paused').waitFor()
    await held.first().getByRole('button', { name: 'Cancel email' }).click()
    await page.getByRole('status').filter({ hasText: 'will not be sent' }).waitFor()
    await close()
    await used.client.post('/api/sending/resume', {}, 'admin')
  })

  it('that are one person become one, and two again', async () => {
    const { page, close } = await open('/leads?q=cem')
    await page.getByRole('link', { name: /Cem Muster/ }).click()
    await page.getByRole('heading', { name: 'Cem Muster' }).waitFor()
    await page.getByRole('button', { name: 'Merge' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('The other one').fill('béla')
    await dialog.getByLabel(/Béla Muster/).check()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Merge' }).click()
    const merged = page.getByRole('heading', { name: 'Merged into this lead' })
    await merged.waitFor()
    await page.getByRole('article').getByRole('button', { name: 'Undo' }).click()
    await merged.waitFor({ state: 'detached' })
    await close()
  })

  it('are accessible at every width, light and dark', async () => {
    const { page, close } = await open('/leads')
    await page.getByRole('link', { name: /Ada Brandt/ }).waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: /Ada Brandt/ }).click()
    await page.getByRole('heading', { name: 'Timeline' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Proposal' }).click()
    await page.getByRole('dialog').waitFor()
    await expectAccessible(page)
    await close()
  })
})
