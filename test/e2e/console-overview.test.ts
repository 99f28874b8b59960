import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeClient } from '../story/client.ts'
import { startTrichter, type Trichter } from '../story/trichter.ts'
import { launchBrowser } from './browser.ts'
import { expectAccessible, openConsole } from './console.ts'

describe('the overview', () => {
  let trichter: Trichter
  let empty: Trichter
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
    empty = await startTrichter()
    trichter = await startTrichter(['--memory', '--demo'])
    const client = makeClient(trichter.url)
    const loaded = () => expect(trichter.output()).toContain('Sample leads loaded')
    await vi.waitFor(loaded, { timeout: 60_000, interval: 300 })
    const [first] = await client.handoffs('?state=requested')
    await client.post(`/api/handoffs/${first?.handoffId}/accept`, {})
    await client.settle()
  })
  afterAll(async () => {
    await browser.close()
    await Promise.all([trichter.stop(), empty.stop()])
  })

  const open = (role: 'sales' | 'marketing' | 'admin', path = '/', url = trichter.url) =>
    openConsole(browser, url, { role, path, timezoneId: 'Europe/Berlin' })

  it('shows sales who waits, and leads to the first of them', async () => {
    const { page, complaints, others, close } = await open('sales')
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
    const { page, complaints, close } = await open('marketing')
    const interest = page.getByRole('row', { name: /^Interest/ })
    await interest.waitFor()
    expect(await page.getByRole('button', { name: '30 days' }).getAttribute('aria-pressed')).toBe('true')
    await page.getByRole('button', { name: '90 days' }).click()
    expect(page.url()).toContain('days=90')
    await page.getByRole('button', { name: 'What “Leads” means' }).first().click()
    await page.getByText('Not counted:').first().waitFor()
    await page.keyboard.press('Escape')
    await interest.getByRole('link').click()
    await page.getByRole('region', { name: 'Leads' }).getByRole('listitem').first().waitFor()
    expect(page.url()).toMatch(/\/leads\?stage=interest$/)
    expect(complaints).toEqual([])
    await close()
  })

  it('says what to do first where nobody has come yet', async () => {
    const { page, close } = await open('admin', '/', empty.url)
    await page.getByRole('heading', { name: 'Nobody is waiting' }).waitFor()
    await page.getByRole('heading', { name: 'Nobody has come yet' }).waitFor()
    await close()
  })

  it('is accessible at every width, light and dark', async () => {
    const { page, close } = await open('admin')
    await page.getByRole('row', { name: /^Interest/ }).waitFor()
    await expectAccessible(page)
    await close()
  })
})
