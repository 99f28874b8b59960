import { afterAll, describe, expect, it, vi } from 'vitest'
import { startTrichter, type Trichter } from '../story/trichter.ts'
import { expectAccessible, openConsole, useConsole } from './console.ts'

describe('the overview', () => {
  let empty: Trichter
  const used = useConsole(
    { role: 'marketing', timezoneId: 'Europe/Berlin' },
    async ({ trichter, client }) => {
      empty = await startTrichter()
      const loaded = () => expect(trichter.output()).toContain('Sample leads loaded')
      await vi.waitFor(loaded, { timeout: 180_000, interval: 300 })
      const [first] = await client.handoffs('?state=requested')
      await client.post(`/api/handoffs/${first?.handoffId}/accept`, {})
      await client.settle()
    },
    ['--memory', '--demo'],
  )
  afterAll(() => empty.stop())

  it('shows sales who waits, and leads to the first of them', async () => {
    const { page, complaints, others, close } = await used.open('/', { role: 'sales' })
    await page.getByRole('heading', { name: '11 leads are waiting' }).waitFor()
    await page.getByRole('heading', { name: 'One open deal' }).waitFor()
    await page.getByRole('heading', { name: 'What happened to leads that sales has' }).waitFor()
    expect(await page.getByRole('heading', { name: 'The funnel' }).count()).toBe(0)
    await page.getByRole('link', { name: 'Begin with the first' }).click()
    await page.getByRole('button', { name: 'Accept' }).waitFor()
    expect(complaints).toEqual([])
    expect([...others]).toEqual([])
    await close()
  })

  it('shows marketing the funnel beside the period before, with the people behind a number and what it means', async () => {
    const { page, complaints, close } = await used.open('/')
    const interest = page.getByRole('row', { name: /^Interest/ })
    await interest.waitFor()
    await page
      .getByText(/in the period before$/i)
      .first()
      .waitFor()
    expect(await page.getByRole('button', { name: '30 days' }).getAttribute('aria-pressed')).toBe('true')
    await page.getByRole('button', { name: '90 days' }).click()
    expect(page.url()).toContain('days=90')
    await page.getByRole('button', { name: 'What “Leads” means' }).first().click()
    await page.getByText('Not counted:').first().waitFor()
    await page.keyboard.press('Escape')
    // Those who came there, two rates, and those who are there now.
    await interest.getByRole('link').last().click()
    await page.getByRole('region', { name: 'Leads' }).getByRole('listitem').first().waitFor()
    expect(page.url()).toMatch(/\/leads\?stage=interest$/)
    expect(complaints).toEqual([])
    await close()
  })

  it('has forms that people filled in and confirmed, and an email with the links that they followed', async () => {
    const { page, complaints, close } = await used.open('/forms/newsletter')
    await page.getByRole('definition').getByRole('link', { name: '18', exact: true }).waitFor()
    await page.getByRole('definition').getByRole('link', { name: '15', exact: true }).waitFor()
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Emails' }).click()
    await page.getByRole('link', { name: /Welcome/ }).click()
    await page.getByRole('heading', { name: 'Links that people followed' }).waitFor()
    const links = page.getByRole('row', { name: /www\.example\.com/ })
    expect(Number(await links.first().getByRole('link').textContent())).toBeGreaterThan(1)
    expect(complaints).toEqual([])
    await close()
  })

  it('says what to do first where nobody has come yet', async () => {
    const { page, close } = await openConsole(used.browser, empty.url, { role: 'admin' })
    await page.getByRole('heading', { name: 'Nobody is waiting' }).waitFor()
    await page.getByRole('heading', { name: 'Nobody has come yet' }).waitFor()
    await close()
  })

  it('names each page in the browser’s tab, and says where there is none', async () => {
    const { page, close } = await used.open('/deals/none/such')
    await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Go to the start' }).click()
    await page.getByRole('heading', { name: 'The funnel' }).waitFor()
    expect(await page.title()).toMatch(/^Overview · ./)
    await page.getByRole('navigation').getByRole('link', { name: 'Leads' }).click()
    await page.getByRole('region', { name: 'Leads' }).waitFor()
    expect(await page.title()).toMatch(/^Leads · ./)
    await close()
  })

  it('is accessible at every width, light and dark', async () => {
    const { page, close } = await used.open('/', { role: 'admin' })
    await page.getByRole('row', { name: /^Interest/ }).waitFor()
    await expectAccessible(page)
    await close()
  })
})
