import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { expectAccessible, useConsole } from './console.ts'

interface Standing {
  readonly version: string
  readonly edition: string
  readonly files: Readonly<Record<string, string>>
  readonly draft?: { readonly edition: string; readonly files: Readonly<Record<string, string>> }
}

const interest = 'sequences/interest.yaml'
const subject = { email: 'ada@playbook.example.net' }

describe('the playbook', () => {
  const used = useConsole({ role: 'marketing' }, async ({ client }) => {
    await client.postEvents([
      { id: 'ada-1', type: 'consent.granted', subject, properties: { purpose: 'newsletter' } },
      { id: 'ada-2', type: 'newsletter.subscribed', subject, properties: {} },
    ])
    await client.settle()
  })
  const { open } = used
  const standing = () => used.client.get<Standing>('/api/playbook')
  const liveText = async (path: string) => (await standing()).files[path] ?? ''
  const editor = (page: Page, path: string) => page.getByRole('textbox', { name: `Text of ${path}` })

  /** Puts the cursor behind the first line that begins so. */
  const behind = async (page: Page, path: string, line: string) => {
    await editor(page, path).locator('.cm-line').filter({ hasText: line }).first().click()
    await page.keyboard.press('End')
  }

  it('is written with what may stand there offered, and every fault named as one types', async () => {
    const { page, complaints, others, close } = await open('/playbook')
    const tree = page.getByRole('navigation', { name: 'Files of the playbook' })
    await tree.getByRole('searchbox', { name: 'Search files' }).fill('savings-guide')
    await tree.getByRole('button', { name: '10: - email: savings-guide' }).click()
    await page.getByText('No faults').waitFor()
    await behind(page, interest, '- email: demo-invite')
    await page.keyboard.press('Enter')
    await page.keyboard.type('- email: wel')
    await page.getByRole('option', { name: 'welcome' }).click()
    const line = editor(page, interest).locator('.cm-line').filter({ hasText: '- email: welcome' })
    await line.nth(1).waitFor()
    await page.keyboard.press('End')
    await page.keyboard.type('x')
    const fault = page.getByRole('button', {
      name: /interest.yaml:\s*19:12\s*unknown email/,
    })
    await fault.waitFor()
    await page.getByRole('status').filter({ hasText: 'one fault' }).waitFor()
    expect(await page.getByRole('button', { name: 'Publish' }).isDisabled()).toBe(true)
    await tree.getByRole('searchbox').fill('')
    await tree.getByRole('link', { name: 'scoring.yaml' }).click()
    await editor(page, 'scoring.yaml').waitFor()
    await fault.click()
    await editor(page, interest).waitFor()
    await page.locator('.cm-activeLine').filter({ hasText: 'welcomex' }).waitFor()
    // What is typed outlives a reload.
    page.on('dialog', (dialog) => dialog.accept())
    await page.reload()
    await fault.waitFor()
    await page.getByRole('button', { name: 'Discard' }).click()
    await page.getByText('No faults').waitFor()
    expect(complaints).toEqual([])
    expect([...others]).toEqual([])
    await close()
  })

  it('is left by the keyboard, and does not take the keys of the page', async () => {
    const { page, close } = await open(`/playbook?file=${interest}`)
    await behind(page, interest, 'reenter: never')
    await page.keyboard.type('/')
    await editor(page, interest).getByText('reenter: never/').waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    // The first one puts away what may be offered.
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    await page
      .getByRole('button', { name: /interest.yaml:\s*4:10\s*expected never/ })
      .first()
      .waitFor()
    expect(await editor(page, interest).evaluate((element) => element.matches(':focus'))).toBe(false)
    await page.getByRole('button', { name: 'Discard' }).click()
    await close()
  })

  it('is saved, compared in words and lines, published with the people in it, and taken back', async () => {
    const before = await standing()
    const { page, complaints, close } = await open(`/playbook?file=${interest}`)
    await behind(page, interest, '- wait: 3d')
    await page.keyboard.press('Backspace')
    await page.keyboard.press('Backspace')
    await page.keyboard.type('5d')
    await page.keyboard.press('Control+s')
    await page.getByRole('status').filter({ hasText: 'The draft is saved.' }).waitFor()
    expect((await standing()).draft?.files[interest]).toContain('wait: 5d')
    expect(await liveText(interest)).toContain('wait: 3d')

    await page.getByRole('link', { name: 'Changes' }).click()
    await page.getByText('Wait 3 days becomes: Wait 5 days').waitFor()
    const lines = page.getByRole('region', { name: `Lines of ${interest}` })
    await lines.locator('del').filter({ hasText: '- wait: 3d' }).waitFor()
    await lines.locator('ins').filter({ hasText: '- wait: 5d' }).waitFor()
    await expectAccessible(page)

    await page.getByRole('button', { name: 'Publish' }).click()
    const dialog = page.getByRole('dialog', { name: 'Publish the draft?' })
    await dialog.getByText('One person is in it.').waitFor()
    await dialog.getByLabel('Moves to the new version: 1').check()
    await dialog.getByRole('button', { name: 'Publish' }).click()
    await page.getByRole('status').filter({ hasText: 'It is live.' }).waitFor()
    await used.client.settle()
    const published = await standing()
    expect(published.files[interest]).toContain('wait: 5d')
    expect(published.draft).toBeUndefined()
    const versionOf = async () => {
      const { items } = await used.client.get<{ items: { leadId: string }[] }>(
        `/api/leads?email=${subject.email}`,
      )
      const { sequences } = await used.client.get<{ sequences: { sequence: string; version: string }[] }>(
        `/api/leads/${items[0]?.leadId}`,
      )
      return sequences.find(({ sequence }) => sequence === 'interest')?.version
    }
    expect(await versionOf()).toBe(published.version)

    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('status').filter({ hasText: 'What was live before is live again.' }).waitFor()
    await used.client.settle()
    expect((await standing()).version).toBe(before.version)
    expect(await versionOf()).toBe(before.version)

    await page.getByRole('link', { name: 'History' }).click()
    const versions = page.getByRole('article').getByRole('listitem')
    await versions.nth(2).waitFor()
    await versions.nth(1).getByRole('button', { name: 'Compare' }).click()
    await page
      .getByRole('region', { name: `Lines of ${interest}` })
      .getByText('- wait: 5d')
      .waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Put into the editor' }).click()
    await page.getByText('One file is not saved').waitFor()
    await page.getByRole('button', { name: 'Discard' }).click()
    expect(complaints).toEqual([])
    await close()
  })

  it('is edited by two: the second one sees both, and nothing is overwritten', async () => {
    const { page, close } = await open(`/playbook?file=${interest}`)
    await behind(page, interest, '- wait: 7d')
    await page.keyboard.type(' # mine')
    // Somebody else saves the same file, and another one.
    const { files, edition } = await standing()
    const theirs = (files[interest] ?? '').replace('- wait: 4d', '- wait: 6d')
    const draft = { [interest]: theirs, 'scoring.yaml': `${files['scoring.yaml']}# theirs\n` }
    const { status } = await fetch(`${used.trichter.url}/api/playbook`, {
      method: 'PUT',
      headers: { authorization: 'Bearer local-admin', 'content-type': 'application/json' },
      body: JSON.stringify({ changes: draft, replaces: edition }),
    })
    expect(status).toBe(200)
    await page.keyboard.press('Control+s')
    await page.getByRole('alert').filter({ hasText: 'has changed this file meanwhile.' }).waitFor()
    expect((await standing()).draft?.files[interest]).toBe(theirs)
    await expectAccessible(page)
    await page.getByRole('textbox', { name: 'As you have it' }).getByText('# mine').waitFor()
    // Their place is taken over into mine.
    await page.getByRole('button', { name: 'Take this over' }).first().click()
    await page.getByRole('button', { name: 'Keep what is on the right' }).click()
    await editor(page, interest).waitFor()
    await page.getByRole('button', { name: 'Save draft' }).click()
    await page.getByRole('status').filter({ hasText: 'The draft is saved.' }).waitFor()
    const saved = (await standing()).draft?.files
    expect(saved?.[interest]).toContain('- wait: 6d')
    expect(saved?.[interest]).toContain('# mine')
    expect(saved?.['scoring.yaml']).toContain('# theirs')
    await close()
  })

  it('is not for sales, and speaks German', async () => {
    const sales = await open('/playbook', { role: 'sales' })
    expect(await sales.page.getByRole('link', { name: 'Playbook' }).count()).toBe(0)
    await sales.close()
    const { page, close } = await open(`/playbook?file=${interest}`)
    await page.evaluate("localStorage.setItem('trichter.language', 'de')")
    await page.reload()
    const text = page.getByRole('textbox', { name: `Text von ${interest}` })
    await text.waitFor()
    await page.getByRole('link', { name: 'Verlauf' }).click()
    await page.getByRole('heading', { name: 'Was live war' }).waitFor()
    await page.goBack()
    await text.locator('.cm-line').filter({ hasText: 'reenter: never' }).first().click()
    await page.keyboard.press('End')
    await page.keyboard.type('mind')
    await page.getByRole('button', { name: 'Möglich sind never, always oder eine Dauer (90d)' }).waitFor()
    await page.goto('/segments/new?where=scor%20%3E%2040')
    await page.getByText('Der Name „scor“ ist unbekannt; meinten Sie „score“?').waitFor()
    await close()
  })

  it('is accessible at every width, light and dark', async () => {
    const { page, close } = await open('/playbook')
    await page.getByRole('link', { name: 'scoring.yaml' }).waitFor()
    await expectAccessible(page)
    await page.goto(`/playbook?file=${interest}`)
    await editor(page, interest).waitFor()
    await behind(page, interest, 'reenter: never')
    await page.keyboard.type('x')
    await page.getByRole('region', { name: 'Faults' }).waitFor()
    await expectAccessible(page)
    await close()
  })
})
