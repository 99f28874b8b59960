import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { changedPlaybook } from '../story/playbook-folder.ts'
import { expectAccessible, useConsole } from './console.ts'

/** The shipped one, with an email that has a second subject to try. */
const withVariant = (): Promise<string> =>
  changedPlaybook(async (folder) => {
    for (const [language, subject] of Object.entries({
      de: 'Wie viel Druckluft verlieren Sie?',
      en: 'How much air do you lose?',
    })) {
      const file = join(folder, `emails/energy-report.${language}.mjml`)
      const text = await readFile(file, 'utf8')
      await writeFile(
        file,
        text.replace(/^kind:/m, `variants: { question: { subject: '${subject}' } }\nkind:`),
      )
    }
  })

const playbook = await withVariant()
afterAll(() => rm(playbook, { recursive: true }))

describe('segments and broadcasts', () => {
  const used = useConsole(
    { role: 'marketing' },
    async ({ client }) => {
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
    },
    ['--memory', '--playbook', playbook],
  )
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

  it('try variants on some, and say what the others get', async () => {
    const { page, complaints, others, close } = await open(
      '/broadcasts/new?segment=decision-makers&email=energy-report&step=2',
    )
    await page.getByRole('checkbox', { name: /Try its 2 variants/ }).check()
    await page.getByLabel('Share of main in percent').fill('30')
    await page.getByLabel('Share of question in percent').fill('30')
    await page.getByLabel('Share of question in percent').blur()
    await page.getByText('40%').waitFor()
    await page.getByLabel('The rest wait at most').selectOption('1h')
    const next = page.getByRole('button', { name: 'Next' })
    await next.click()
    expect(await page.locator('iframe[title^="Preview of"]').count()).toBe(2)
    await page.getByText('How much air do you lose?').waitFor()
    await next.click()
    await page.getByLabel('Name').fill('Trial')
    expect(await page.getByRole('checkbox', { name: /own clock/ }).count()).toBe(0)
    await next.click()
    await page
      .getByText('main 30%, question 30%, the rest get the winner (clicks, 1 hour later at most)')
      .waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Send now' }).click()
    await page.getByRole('heading', { name: 'Trial' }).waitFor()
    await used.client.advance('2h')
    await page.getByText(/No difference showed in time: the rest get main/).waitFor()
    await expectAccessible(page)
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
