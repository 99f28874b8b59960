import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { linkIn } from '../story/client.ts'
import { expectAccessible, useConsole } from './console.ts'

const person = (id: string) => ({ email: `${id}@figures.example.net` })
const names: Readonly<Record<string, string>> = {
  ada: 'Ada Brandt',
  bela: 'Bela Brandt',
  cora: 'Cora Brandt',
}

describe('a figure opens the people behind it,', () => {
  const { open } = useConsole({ role: 'marketing' }, async ({ client }) => {
    for (const [id, name] of Object.entries(names)) {
      const [firstName, lastName] = name.split(' ')
      const did = (type: string, properties: object = {}) => ({
        ...{ id: `${id}-${type}`, type, subject: person(id), properties },
      })
      await client.postEvents([
        did('profile.updated', { fields: { firstName, lastName, language: 'en', role: 'energy' } }),
        did('consent.granted', { purpose: 'newsletter' }),
        // Without it, links are not followed up.
        { ...did('consent.granted', { purpose: 'tracking' }), id: `${id}-tracking` },
        did('newsletter.subscribed'),
        ...(id === 'ada' ? [did('order.completed', { orderId: '1', amount: '120', currency: 'EUR' })] : []),
      ])
    }
    await client.settle()
    // Nobody follows a link within seconds of getting it.
    await client.advance('1m')
    const [mail] = await client.inbox(person('bela').email)
    if (!mail) throw new Error('Bela got nothing')
    const { pathname } = new URL(linkIn(mail, '/c/'))
    await client.raw(pathname, { headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' } })
    await client.settle()
    await client.advance('1m')
  })

  const peopleIn = (page: Page, title: string) => page.getByRole('dialog', { name: title })

  it('on the overview, at an address of its own, with both sides of a rate', async () => {
    const { page, complaints, close } = await open('/')
    const funnel = page.getByRole('region', { name: 'The funnel' })
    await page.getByRole('definition').getByRole('link', { name: '3', exact: true }).click()
    const leads = peopleIn(page, 'Leads')
    await leads.getByText('3 people').waitFor()
    for (const name of Object.values(names)) await leads.getByText(name).waitFor()
    await page.reload()
    await leads.getByText('3 people').waitFor()
    await expectAccessible(page)
    await leads.getByRole('button', { name: 'Close' }).click()
    expect(page.url()).not.toContain('people')

    await page.getByRole('link', { name: '€120', exact: false }).first().click()
    await page.getByRole('dialog').getByText('Ada Brandt').waitFor()
    await page.getByRole('dialog').getByText('€120').waitFor()
    await page.keyboard.press('Escape')

    await funnel
      .getByRole('row', { name: /^Purchase/ })
      .getByRole('link', { name: '%' })
      .last()
      .click()
    const rate = peopleIn(page, 'Came here from the start: Purchase')
    await rate.getByText('One person').waitFor()
    await rate.getByRole('button', { name: /^People and browsers/ }).click()
    await rate.getByText('3 people').waitFor()
    await rate.getByRole('link', { name: /Cora/ }).click()
    await page.getByRole('heading', { name: 'Cora Brandt' }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  it('of an email and of each of its links', async () => {
    const { page, complaints, close } = await open('/emails/welcome')
    const figures = page.getByRole('region', { name: 'What became of it' })
    await figures.getByRole('cell', { name: /^1 / }).getByRole('link').last().click()
    await peopleIn(page, 'Clicked: welcome').getByText('Bela Brandt').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('region', { name: 'Links that people followed' }).getByRole('link').first().click()
    await page.getByRole('dialog').getByText('Bela Brandt').waitFor()
    expect(await page.getByRole('dialog').getByRole('listitem').count()).toBe(1)
    expect(complaints).toEqual([])
    await close()
  })

  it('and a lead’s page tells in German what a grade, a role and the source of a consent mean', async () => {
    const { page, complaints, close } = await open('/leads')
    await page.evaluate("localStorage.setItem('trichter.language', 'de')")
    await page.reload()
    await page.getByRole('link', { name: /Ada Brandt/ }).click()
    await page.getByText('Energiemanagement').waitFor()
    await page.getByText('aus einem anderen Programm').first().waitFor()
    await page.getByRole('button', { name: /^Was [A-D][1-4] bedeutet$/ }).click()
    await page.getByText('cold ab 0, warm ab 30, hot ab 60', { exact: false }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })
})
