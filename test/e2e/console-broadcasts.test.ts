import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { linkIn } from '../story/client.ts'
import { changedPlaybook } from '../story/playbook-folder.ts'
import { expectAccessible, useConsole } from './console.ts'

/** The shipped one, with an email that has a second subject to try, and a logo that somebody else keeps. */
const withVariant = (): Promise<string> =>
  changedPlaybook(async (folder) => {
    const settings = join(folder, 'settings.yaml')
    const text = await readFile(settings, 'utf8')
    await writeFile(
      settings,
      text.replace(/^brand:.*\n/m, '$&  logo: https://pictures.example.org/logo.png\n'),
    )
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
        const consents = ['newsletter', 'tracking'].map((purpose) => ({
          ...{ id: `${id}-${purpose}`, type: 'consent.granted', subject },
          properties: { purpose },
        }))
        await client.postEvents([
          { id: `${id}-1`, type: 'profile.updated', subject, properties: { fields } },
          ...(isConsenting ? consents : []),
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
    await page.getByRole('link', { name: '1 lack consent.' }).click()
    const lacking = page.getByRole('dialog', { name: 'Lack consent' })
    await lacking.getByRole('link', { name: /bela Brandt/ }).waitFor()
    expect(await lacking.getByRole('link').count()).toBe(1)
    await lacking.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('link', { name: 'Write to them' }).click()
    await page.getByRole('radio', { name: /energy-report/ }).check()
    const next = page.getByRole('button', { name: 'Next' })
    await next.click()
    const mail = page.frameLocator('iframe[title^="Preview of"]')
    // Somebody made up speaks the language of whoever looks.
    await mail.getByText('Hello Erika').waitFor()
    await mail.getByRole('img', { name: /picture from pictures.example.org, not loaded here/ }).waitFor()
    await page.getByLabel('Read as').selectOption({ label: 'ada Brandt' })
    await mail
      .getByText(/\bada\b/)
      .first()
      .waitFor()
    await next.click()
    await page.getByLabel('Name').fill('March')
    await next.click()
    await page.getByText('Of these 2 people, 1 would be mailed.').waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Send now' }).click()
    await page.getByRole('heading', { name: 'March' }).waitFor()
    await used.client.settle()
    await page.getByRole('heading', { name: 'What became of the audience of 2' }).waitFor()
    await page.getByText('Not sent: no consent').locator('..').getByRole('link', { name: '1' }).click()
    const people = page.getByRole('dialog', { name: 'Not sent: no consent' })
    await people.getByRole('link', { name: /bela Brandt/ }).waitFor()
    expect(await people.getByRole('listitem').count()).toBe(1)
    await expectAccessible(page)
    await page.reload()
    await people.getByRole('button', { name: 'Close' }).last().click()
    expect(page.url()).not.toContain('outcome')

    await used.client.advance('1h')
    const [sent] = await used.client.inbox('ada@segments.example.net')
    if (!sent) throw new Error('no email')
    // Nobody who reads an email says that they are a script.
    const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
    await fetch(linkIn(sent, '/c/'), { headers, redirect: 'manual' })
    await used.client.advance('10m')
    await page.getByRole('heading', { name: 'Links that people followed' }).waitFor()
    await page.getByRole('row', { name: /www\.example\.com.* 1 100%/ }).waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Show them in the email' }).click()
    // Each language has links of its own; theirs is the first.
    await page.getByLabel('Language', { exact: true }).selectOption('de')
    await mail.getByText('100%').waitFor()
    await page.getByRole('button', { name: 'Click map', pressed: true }).click()
    await expect.poll(() => mail.getByText('100%').count()).toBe(0)
    expect(complaints).toEqual([])
    expect([...others]).toEqual([])
    await close()
  })

  it('begin with a condition of one’s own, whose mistakes are told at their place', async () => {
    const { page, complaints, close } = await open('/segments')
    await page.getByRole('link', { name: 'Try a condition' }).click()
    const condition = page.getByLabel('Condition')
    await condition.fill('lead.employees > 10 && bnad == "hot"')
    await page.getByRole('button', { name: 'Count', exact: true }).click()
    await page
      .getByRole('alert')
      .getByText(/did you mean "?band/)
      .waitFor()
    expect(await page.getByRole('alert').locator('mark').textContent()).toBe('bnad')
    await expectAccessible(page)
    await condition.fill('lead.role == "management"')
    await page.getByRole('button', { name: 'Count', exact: true }).click()
    await page.getByText('Of these 2 people, 1 would be mailed.').waitFor()
    await page.getByText('1 lack consent.').waitFor()
    await page.getByText('ada Brandt').waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Write to them' }).click()
    await page.getByRole('radio', { name: /energy-report/ }).check()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.frameLocator('iframe[title^="Preview of"]').locator('a').first().waitFor()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByLabel('Name').fill('Own')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('lead.role == "management"').waitFor()
    await page.getByText('Of these 2 people, 1 would be mailed.').waitFor()
    await page.getByRole('button', { name: 'Save as a draft' }).click()
    await page.getByRole('heading', { name: 'Own' }).waitFor()
    expect(complaints.filter((text) => !text.includes('422'))).toEqual([])
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
    await page.locator('iframe[title^="Preview of"]').nth(1).waitFor()
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
