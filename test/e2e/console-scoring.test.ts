import { describe, expect, it } from 'vitest'
import { expectAccessible, useConsole } from './console.ts'

/** As the API answers it with some hundred judged handoffs, in short. */
const quality = { precision: 0.5, recall: 0.9, handoffsPerWeek: 12 }
const learned = {
  ...{ status: 'ok', judged: 420, rarer: 160, asOf: '2026-03-02T03:00:00.000Z' },
  auc: { inTime: 0.8, folds: 0.79, points: 0.81, today: 0.7 },
  rules: [
    {
      ...{ rule: 'demo-requested', leads: 120, lift: 1.8, low: 1.5, high: 2.1, today: 20, proposed: 35 },
      halfLife: { today: '30d', proposed: '60d' },
    },
    { rule: 'free-mail', leads: 8, lift: null, low: null, high: null, today: -10, proposed: -10 },
  ],
  threshold: { ...quality, today: 50, proposed: 60, wanted: 10, now: quality },
  proposal: { state: 'open', changes: {} },
}

describe('the scoring', () => {
  const used = useConsole({ role: 'marketing' })
  const { open } = used

  it('says that it is too early, shows the rules, and calculates anew when asked', async () => {
    const { page, complaints, others, close } = await open('/scoring')
    await page.getByText('0 of 100 judged handoffs').waitFor()
    await page.getByRole('region', { name: 'The rules as they are written' }).getByText('bands:').waitFor()
    await page.getByRole('button', { name: 'Recalculate' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Handoffs a week').fill('12')
    await dialog.getByRole('button', { name: 'Recalculate' }).click()
    await page.getByRole('status').filter({ hasText: 'It is being calculated' }).waitFor()
    await expectAccessible(page)
    expect(complaints).toEqual([])
    expect([...others]).toEqual([])
    await page.getByRole('link', { name: 'Change points' }).click()
    await page.getByRole('textbox', { name: 'Text of scoring.yaml' }).waitFor()
    await close()

    const sales = await open('/scoring', { role: 'sales' })
    await sales.page.getByText('0 of 100 judged handoffs').waitFor()
    expect(await sales.page.getByRole('button', { name: 'Recalculate' }).count()).toBe(0)
    await sales.close()
  })

  it('sets what is proposed beside what is, with what the answers say of each rule, and asks why it is declined', async () => {
    const { page, close } = await open('/scoring')
    await page.route('**/api/scoring/calibration', (route) => route.fulfill({ json: learned }))
    let reason: unknown
    await page.route('**/api/scoring/calibration/decline', (route) => {
      reason = route.request().postDataJSON()
      return route.fulfill({ json: learned })
    })
    await page.reload()
    await page.getByRole('row', { name: /demo-requested.*×1.8.*20 → 35.*30d → 60d/ }).waitFor()
    await page.getByRole('row', { name: /free-mail.*–.*-10/ }).waitFor()
    await page.getByText('Today 50:').waitFor()
    await page.getByRole('button', { name: 'Put into the draft' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Decline' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Why').fill('We hire first')
    await dialog.getByRole('button', { name: 'Decline' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(reason).toEqual({ reason: 'We hire first' })
    await close()
  })

  it('replays all leads under the saved draft, and says who would be hot and how sales judged them', async () => {
    const { client } = used
    const subject = { email: 'ada@scoring.example.net' }
    await client.postEvents([
      { id: 'ada-1', type: 'demo.requested', subject, properties: {} },
      { id: 'ben-1', type: 'page.viewed', subject: { email: 'ben@scoring.example.net' }, properties: {} },
    ])
    await client.settle()
    const { edition, files } = await client.get<{ edition: string; files: Record<string, string> }>(
      '/api/playbook',
    )
    const { page, close } = await open('/scoring')
    const trial = page.getByRole('region', { name: 'The draft on trial', exact: true })
    await trial.getByText('There is no draft.').waitFor()
    const scoring = files['scoring.yaml'] ?? ''
    const eager = scoring.replace('hot: 60', 'hot: 1').replace('warm: 30', 'warm: 0.5')
    expect(eager).not.toBe(scoring)
    await client.raw('/api/playbook', {
      method: 'PUT',
      headers: { authorization: 'Bearer local-marketing', 'content-type': 'application/json' },
      body: JSON.stringify({ files: { ...files, 'scoring.yaml': eager }, replaces: edition }),
    })
    await page.reload()
    await trial.getByRole('button', { name: 'Replay all leads' }).click()
    await trial.getByRole('status').filter({ hasText: '2 leads replayed; sales has judged 0' }).waitFor()
    await trial.getByRole('row', { name: /^Handed over/ }).waitFor()
    const standing = trial.getByRole('region', { name: 'All leads, as they stand now' })
    await standing.getByRole('row', { name: 'hot 0 1' }).waitFor()
    await expectAccessible(page)
    await close()
  })
})
