import { describe, expect, it } from 'vitest'
import { expectAccessible, useConsole } from './console.ts'

/** Three people who have asked for a quote, each with a name and words of their own. */
const people = [
  ['ada', 'Ada', 'Brandt', 'Nordpack'],
  ['bela', 'Béla', 'Kuhn', 'Alm Milch'],
  ['cem', 'Cem', 'Vogel', 'Delta Glas'],
] as const

describe('sales at the handoffs', () => {
  const used = useConsole({ role: 'sales', timezoneId: 'Europe/Berlin' }, async ({ client }) => {
    for (const [id, firstName, lastName, company] of people) {
      const fields = { firstName, lastName, company, email: `${id}@console.example.net`, terms: 'both' }
      const message = `Two halls, third shift.\n${firstName}`
      await client.submitForm('quote', { ...fields, message, compressorPower: '132' }, '?lang=en')
    }
    await client.settle()
    for (const [id] of people) {
      const subject = { email: `${id}@console.example.net` }
      await client.postEvents([
        { id: `${id}-1`, type: 'consent.granted', subject, properties: { purpose: 'consultation' } },
        { id: `${id}-2`, type: 'demo.requested', subject, properties: {} },
        { id: `${id}-3`, type: 'quote.requested', subject, properties: {} },
      ])
      await client.settle()
      await client.advance('10m')
    }
    expect(await client.handoffs('?state=requested')).toHaveLength(3)
  })
  const { open } = used

  it('asks who one is, and is where one wanted to go; nothing is refused by the policy or comes from elsewhere', async () => {
    const { page, complaints, others, close } = await open('/handoffs?state=requested')
    expect(new URL(page.url()).pathname).toBe('/handoffs')
    await page.getByRole('link', { name: /Ada Brandt/ }).waitFor()
    await page.reload()
    await page.getByRole('link', { name: /Ada Brandt/ }).waitFor()
    expect(complaints).toEqual([])
    expect([...others]).toEqual([])
    await close()
  })

  it('lists them by deadline with the reason, and accepts one in two clicks', async () => {
    const { page, close } = await open('/handoffs')
    const rows = page.getByRole('region', { name: 'Handoffs' }).getByRole('listitem')
    await rows.first().waitFor()
    const texts = await rows.allTextContents()
    expect(texts.map((text) => people.findIndex(([, first]) => text.includes(first)))).toEqual([0, 1, 2])
    for (const text of texts) expect(text).toMatch(/Asked for a demo; score \d+, Intent\./)

    await rows.first().click()
    await page.getByRole('button', { name: 'Accept' }).click()
    // It stays with the salesperson it was routed to, whoever accepts it.
    await page.getByRole('status').filter({ hasText: 'Accepted: Ada Brandt is with ' }).waitFor()
    await page.getByRole('button', { name: 'Accept' }).waitFor({ state: 'detached' })
    await rows.first().getByText('Done', { exact: true }).waitFor()
    expect(await rows.first().textContent()).not.toContain('Answer ')
    expect(await page.getByText('No emails so far.').count()).toBe(1)
    await page.getByRole('link', { name: 'Go on with the lead' }).click()
    await page.getByRole('button', { name: 'Log a call' }).waitFor()
    expect((await used.client.handoffs('?state=accepted')).map(({ state }) => state)).toEqual(['accepted'])
    await close()
  })

  it('shows what the person wrote, and goes on by J in the order that stood', async () => {
    const { page, close } = await open('/handoffs')
    await page.getByRole('link', { name: /Béla Kuhn/ }).click()
    const detail = page.getByRole('region', { name: 'Details' })
    await detail.getByRole('heading', { name: 'Béla Kuhn' }).waitFor()
    expect(await detail.getByText('Two halls, third shift.').count()).toBe(1)
    // Nobody has confirmed the address: whoever calls is to know.
    expect(await detail.getByText('The address is not confirmed').count()).toBe(1)
    await page.keyboard.press('j')
    await detail.getByRole('heading', { name: 'Cem Vogel' }).waitFor()
    await page.keyboard.press('k')
    await detail.getByRole('heading', { name: 'Béla Kuhn' }).waitFor()
    await page.keyboard.press('Escape')
    await detail.waitFor({ state: 'detached' })
    await close()
  })

  it('rejects with a reason by keyboard alone, and says what follows', async () => {
    const { page, close } = await open('/handoffs')
    await page.getByRole('link', { name: /Béla Kuhn/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Béla Kuhn' }).waitFor()
    await page.keyboard.press('r')
    const dialog = page.getByRole('dialog')
    await dialog
      .getByText(/^Goes back to Interest\. Not handed over again for \d+ days\.$/)
      .first()
      .waitFor()
    await page.keyboard.press('Space')
    await page.keyboard.press('Tab')
    await page.keyboard.type('In spring, perhaps')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('status').filter({ hasText: 'goes back to marketing' }).waitFor()
    await dialog.waitFor({ state: 'detached' })
    await used.client.settle()
    expect(await used.client.handoffs('?state=rejected')).toHaveLength(1)
    await close()
  })

  it('gives one to a colleague, who is told why', async () => {
    const { page, close } = await open('/handoffs')
    await page.getByRole('link', { name: /Cem Vogel/ }).click()
    await page.getByRole('button', { name: 'Reassign' }).click()
    const dialog = page.getByRole('dialog')
    const other = dialog.getByRole('radio').first()
    await other.check()
    await dialog.getByLabel('Why').fill('Knows the plant')
    await dialog.getByRole('button', { name: 'Reassign' }).click()
    await page.getByRole('status').filter({ hasText: 'has it now' }).waitFor()
    await page.getByText('Knows the plant').waitFor()
    await close()
  })

  it('notices within five seconds what somebody else did, with answers that take a line while nothing changes', async () => {
    const { page, close } = await open('/handoffs')
    await page.getByRole('link', { name: /Cem Vogel/ }).waitFor()
    const same = page.waitForResponse(
      (response) => response.status() === 304 && /handoffs/.test(response.url()),
    )
    await same
    const [{ handoffId } = { handoffId: '' }] = await used.client.handoffs('?state=requested')
    await used.client.post(`/api/handoffs/${handoffId}/accept`, {})
    await page.getByText('Nobody is waiting for sales').waitFor({ timeout: 5_000 })
    await close()
  })

  it('says why one is over that nobody has to answer any more', async () => {
    const { client } = used
    const ids: string[] = []
    for (const id of ['dora', 'emil']) {
      const subject = { email: `${id}@console.example.net` }
      const properties = { purpose: 'newsletter' }
      await client.postEvents([
        { id: `${id}-1`, type: 'consent.granted', subject, properties },
        ...['demo.requested', 'quote.requested'].map((type) => ({ id: `${id}-${type}`, type, subject })),
      ])
      await client.settle()
      ids.push((await client.leadByEmail(subject.email)).leadId)
    }
    const [dora = '', emil = ''] = ids
    await client.post(`/api/leads/${dora}/merge`, { leadId: emil }, 'admin')
    await client.settle()
    const { page, close } = await open(`/handoffs/${emil}.1`)
    await page.getByText('Merged with another lead that is with sales').waitFor()
    expect(await page.getByRole('button', { name: 'Accept' }).count()).toBe(0)
    await close()
  })

  it('lets marketing look, and answer nothing', async () => {
    const { page, close } = await open('/handoffs?state=accepted', { role: 'marketing' })
    await page.getByRole('link', { name: /Ada Brandt/ }).click()
    await page.getByRole('heading', { name: 'Ada Brandt' }).waitFor()
    expect(await page.getByRole('button', { name: /Accept|Reject|Reassign/ }).count()).toBe(0)
    await close()
  })

  it('keeps what is on the page while nothing answers, and says so', async () => {
    const { page, close } = await open('/handoffs?state=accepted')
    await page.getByRole('link', { name: /Ada Brandt/ }).waitFor()
    await page.context().setOffline(true)
    await page.getByText('The server does not answer').first().waitFor()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('The server does not answer').first().waitFor()
    expect(await page.getByRole('link', { name: /Ada Brandt/ }).count()).toBe(1)
    // Once the browser is online again, the page asks again by itself.
    await page.context().setOffline(false)
    await page.getByText('The server does not answer').waitFor({ state: 'detached' })
    await close()
  })

  it('finds a person from anywhere', async () => {
    const { page, close } = await open('/handoffs')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search' }).fill('kuhn')
    await page.getByRole('option', { name: /Béla Kuhn/ }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('combobox', { name: 'Search' }).waitFor({ state: 'detached' })
    await close()
  })

  it('speaks German where the browser does', async () => {
    const { page, close } = await open('/handoffs?state=accepted', { role: 'marketing' })
    await page.evaluate("localStorage.setItem('trichter.language', 'de')")
    await page.reload()
    await page.getByRole('heading', { name: 'Übergaben' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    await close()
  })

  it('is accessible at every width, light and dark', async () => {
    const { page, close } = await open('/handoffs?state=accepted')
    await page.getByRole('link', { name: /Ada Brandt/ }).waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: /Ada Brandt/ }).click()
    await page.getByRole('heading', { name: 'Ada Brandt' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Reassign' }).click()
    await page.getByRole('dialog').getByRole('radio').first().waitFor()
    await expectAccessible(page)
    await close()
  })
})
