import { describe, expect, it } from 'vitest'
import { expectAccessible, useConsole } from './console.ts'

describe('segments and broadcasts', () => {
  const used = useConsole({ role: 'marketing' }, async ({ client }) => {
    for (const [id, isConsenting] of Object.entries({ ada: true, bela: false })) {
      const subject = { email: `${id}@segments.example.net` }
      const fields = { firstName: id, lastName: 'Brandt', role: 'management', employees: 80 }
      const consent = {
        ...{ id: `${id}-2`, type: 'consent.granted', subject },
        properties: { purpose: 'newsletter' },
      }
      await client.postEvents([
        { id: `${id}-1`, type: 'profile.updated', subject, properties: { fields } },
        ...(isConsenting ? [consent] : []),
      ])
    }
    await client.settle()
  })
  const { open } = used

  it('go from who is in a segment to an email that they have got', async () => {
    const { page, complaints, others, close } = await open('/segments')
    await page.getByRole('link', { name: /Decision makers/ }).click()
    await page.getByText('Of these 2 people, 1 would be mailed.').waitFor()
    await page.getByText('1 lack consent.').waitFor()
    await page.getByRole('link', { name: 'Write to them' }).click()
    await page.getByRole('radio', { name: /energy-report/ }).check()
    const next = page.getByRole('button', { name: 'Next' })
    await next.click()
    await page.frameLocator('iframe[title^="Preview of"]').locator('a').first().waitFor()
    await next.click()
    await page.getByLabel('Name').fill('March')
    await next.click()
    await page.getByText('Of these 2 people, 1 would be mailed.').waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Send now' }).click()
    await page.getByRole('heading', { name: 'March' }).waitFor()
    await used.client.settle()
    await page.getByRole('heading', { name: 'What became of the audience of 2' }).waitFor()
    await page.getByText('Not sent: no consent').waitFor()
    expect(complaints).toEqual([])
    expect([...others]).toEqual([])
    await close()
  })

  it('are kept as a draft, and deleted', async () => {
    const { page, close } = await open(
      '/broadcasts/new?segment=decision-makers&email=energy-report&name=May&at=2030-05-04T09:00&step=5',
    )
    await page.getByRole('button', { name: 'Save as a draft' }).click()
    await page.getByRole('heading', { name: 'May' }).waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.waitForURL(/\/broadcasts$/)
    const { items } = await used.client.get<{ items: { name: string }[] }>('/api/broadcasts')
    expect(items.map(({ name }) => name)).not.toContain('May')
    await close()

    const sales = await open('/broadcasts', { role: 'sales' })
    await sales.page.getByRole('heading', { name: 'Broadcasts' }).waitFor()
    expect(await sales.page.getByRole('link', { name: 'New broadcast' }).count()).toBe(0)
    await sales.close()
  })

  it('are accessible at every width, light and dark', async () => {
    const { page, close } = await open('/segments/decision-makers')
    await page.getByText('Of these 2 people').waitFor()
    await expectAccessible(page)
    for (const [step, what] of [
      ['1', 'Who is to get it?'],
      ['2', 'Which email?'],
      ['4', 'When'],
      ['5', 'Save as a draft'],
    ] as const) {
      await page.goto(`/broadcasts/new?segment=decision-makers&email=energy-report&name=May&step=${step}`)
      await page.getByText(what).first().waitFor()
      await expectAccessible(page)
    }
    await page.goto('/broadcasts')
    await page.getByRole('link', { name: 'New broadcast' }).waitFor()
    await expectAccessible(page)
    await close()
  })
})
