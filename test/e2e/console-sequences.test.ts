import { describe, expect, it } from 'vitest'
import { expectAccessible, useConsole } from './console.ts'

describe('the sequences', () => {
  const used = useConsole({ role: 'marketing' }, async ({ client }) => {
    const subject = { email: 'ada@sequences.example.net' }
    const fields = { firstName: 'Ada', lastName: 'Brandt', company: 'Nordpack' }
    await client.postEvents([
      { id: 'ada-1', type: 'profile.updated', subject, properties: { fields } },
      { id: 'ada-2', type: 'consent.granted', subject, properties: { purpose: 'newsletter' } },
      { id: 'ada-3', type: 'onboarding.completed', subject, properties: {} },
    ])
    await client.settle()
  })
  const { open } = used

  it('are drawn step by step, and a count opens the people behind it', async () => {
    const { page, complaints, others, close } = await open('/sequences')
    await page
      .getByRole('region', { name: 'Sequences' })
      .getByRole('link', { name: /satisfaction/ })
      .click()
    const steps = page.getByRole('region', { name: 'Steps' })
    await steps.getByRole('link', { name: '1 here' }).click()
    await page
      .getByRole('dialog', { name: 'Who is here' })
      .getByRole('link', { name: /Ada Brandt/ })
      .waitFor()
    expect(page.url()).toMatch(/\/sequences\/satisfaction\?at=\d+$/)
    await page.getByRole('dialog').getByRole('link', { name: 'Show in the list of leads' }).click()
    await page.waitForURL(/\/leads\?sequence=satisfaction&step=\d+$/)
    await page
      .getByRole('link', { name: /Ada Brandt/ })
      .first()
      .waitFor()
    await page.goBack()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.goto('/sequences/interest')
    await steps.getByText('yes', { exact: true }).waitFor()
    await steps.getByRole('link', { name: 'savings-guide' }).click()
    await page.waitForURL(/\/emails\/savings-guide$/)
    expect(complaints).toEqual([])
    expect([...others]).toEqual([])
    await close()
  })

  it('are paused and go on', async () => {
    const { page, close } = await open('/sequences/interest')
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Resume' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Is left out').check()
    await dialog.getByRole('button', { name: 'Resume' }).click()
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    const { items } = await used.client.get<{
      items: { sequence: string; resumed: { due: string } | null }[]
    }>('/api/sequences')
    expect(items.find(({ sequence }) => sequence === 'interest')?.resumed?.due).toBe('skip')
    await close()

    const sales = await open('/sequences/interest', { role: 'sales' })
    await sales.page.getByRole('region', { name: 'Steps' }).waitFor()
    expect(await sales.page.getByRole('button', { name: 'Pause' }).count()).toBe(0)
    await sales.close()
  })

  it('are edited beside the flow, which follows as one types, and rehearsed as they stand there', async () => {
    const { page, complaints, others, close } = await open('/sequences/interest')
    await page.getByRole('button', { name: 'Edit the draft' }).click()
    const source = page.getByRole('textbox', { name: 'Text of sequences/interest.yaml' })
    const steps = page.getByRole('region', { name: 'Steps' })
    await source.locator('.cm-line').filter({ hasText: '- wait: 3d' }).click()
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.keyboard.type('- notify: { team: dach, message: call }')
    await steps.getByText('Tell dach').waitFor()
    await page.keyboard.press('End')
    await page.keyboard.type('x')
    await page.getByRole('list', { name: 'Faults' }).getByText(/^10:/).waitFor()
    // What could be drawn last stays while something is wrong.
    expect(await steps.getByText('Tell dach').count()).toBe(1)
    await page.keyboard.press('Backspace')
    const play = page.getByRole('button', { name: 'Rehearse' })
    await page.getByLabel('They').selectOption('open and click every email')
    await play.click()
    const result = page.getByRole('status', { name: 'What would happen' })
    await result.getByText('Begins interest').waitFor()
    await result.getByText(/^Clicks in welcome/).waitFor()
    await result.locator('summary').first().click()
    await result.frameLocator('iframe[title^="Preview of"]').first().getByText('Unsubscribe').waitFor()
    await expectAccessible(page)
    await page.getByLabel('As', { exact: true }).fill('nobody@example.net')
    await play.click()
    await page.getByRole('alert').filter({ hasText: 'is not a known lead' }).waitFor()
    await page.getByLabel('As', { exact: true }).fill('ada@sequences.example.net')
    await play.click()
    await result.getByText('Begins interest').waitFor()
    await page.getByRole('button', { name: 'Discard' }).click()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Edit the draft' }).waitFor()
    expect(complaints.filter((text) => !text.includes('422'))).toEqual([])
    expect([...others]).toEqual([])
    await close()
  })

  it('are accessible at every width, light and dark', async () => {
    const { page, close } = await open('/sequences')
    await page.getByRole('link', { name: /interest/ }).waitFor()
    await expectAccessible(page)
    await page.goto('/sequences/interest')
    await page.getByRole('region', { name: 'Steps' }).waitFor()
    await expectAccessible(page)
    await close()
  })
})
