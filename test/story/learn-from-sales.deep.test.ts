import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { useStory } from './use-story.ts'

const root = join(import.meta.dirname, '../..')
const half = 52
const leads = 2 * half
const address = (lead: number): string => `learn-${lead}@order.example.net`

/** What sales goes by, whatever the scoring says: plants of some size, and people who came to the webinar. */
const isLarge = (lead: number): boolean => lead % 2 === 0
const wasThere = (lead: number): boolean => lead % 3 === 0
const isTaken = (lead: number): boolean =>
  (isLarge(lead) && lead % 7 !== 3) || (wasThere(lead) && lead % 5 !== 1)

/** Everybody asks for a quote and a demo, and is handed over. */
const activitiesOf = (lead: number) => {
  const about = (type: string, properties: object = {}) => ({
    id: `learn-${lead}-${type}`,
    type,
    properties,
    subject: { email: address(lead) },
  })
  const fields = { firstName: 'Uli', language: 'en', employees: isLarge(lead) ? 300 : 40, role: 'energy' }
  return [
    about('consent.granted', { purpose: 'consultation' }),
    about('profile.updated', { fields: { ...fields, country: lead % 4 < 2 ? 'DE' : 'FR' } }),
    ...(wasThere(lead) ? [about('webinar.attended')] : []),
    ...(lead % 5 < 2 ? [about('content.downloaded')] : []),
    about('demo.requested'),
    about('quote.requested'),
  ]
}

const answerOf = (lead: number) => ({
  id: `learn-${lead}-answer`,
  type: isTaken(lead) ? 'handoff.accepted' : 'handoff.rejected',
  properties: isTaken(lead) ? {} : { reason: lead % 4 === 1 ? 'not-now' : 'wrong-fit' },
  subject: { email: address(lead) },
})

interface View {
  readonly status: string
  readonly judged: number
  readonly population: string
  readonly verdicts: Readonly<Record<string, number>>
  readonly auc: { readonly points: number; readonly today: number }
  readonly rules: readonly { readonly rule: string; readonly today: number; readonly proposed: number }[]
  readonly threshold: { readonly today: number; readonly proposed: number }
  readonly proposal: { readonly state: string; readonly reason?: string }
}

describe('scoring learns from sales', () => {
  const client = useStory()
  const route = '/api/scoring/calibration'
  const view = () => client.get<View>(route, 'sales')
  const ask = async (body: object = {}): Promise<View> => {
    expect((await client.post(route, body, 'marketing')).status).toBe(202)
    await client.settle()
    return view()
  }
  const files = async () =>
    client.get<{ files: Record<string, string>; draft?: { files: Record<string, string> } }>(
      '/api/playbook',
      'marketing',
    )

  beforeAll(async () => {
    for (let from = 0; from < leads; from += half) {
      const some = Array.from({ length: half }, (_, index) => from + index)
      await client.postEvents(some.flatMap(activitiesOf))
      await client.settle()
      // As a CRM tells it.
      await client.postEvents(some.map(answerOf))
      await client.settle()
      if (from === 0) await client.advance('7d')
    }
  })

  it('says what sales said, of those alone whom it was given', async () => {
    // In the week that passed it was asked by itself.
    expect(await view()).toMatchObject({
      status: 'not-enough-data',
      judged: half,
      proposal: { state: 'none' },
    })
    const { verdicts, ...asked } = await ask()
    const taken = Array.from({ length: leads }, (_, lead) => lead).filter(isTaken).length
    expect(asked).toMatchObject({ status: 'ok', judged: leads, population: 'handed-off' })
    expect(verdicts).toMatchObject({ accepted: taken, won: 0, lost: 0 })
    expect((verdicts['wrong-fit'] ?? 0) + (verdicts['not-now'] ?? 0)).toBe(leads - taken)
    expect(asked.auc.points).toBeGreaterThan(asked.auc.today)
    const points = new Map(asked.rules.map(({ rule, proposed }) => [rule, proposed]))
    expect(points.get('plant-size')).toBeGreaterThan(10)
    expect(points.get('plant-size')).toBeGreaterThan(points.get('dach') ?? 0)
    expect(asked.proposal.state).toBe('open')
  })

  it('remembers with what reason a proposal was declined, and does not make it again', async () => {
    expect((await client.post(`${route}/decline`, {}, 'marketing')).status).toBe(422)
    expect((await client.post(`${route}/decline`, { reason: 'no' }, 'sales')).status).toBe(403)
    expect((await client.post(`${route}/decline`, { reason: 'After the fair' }, 'marketing')).status).toBe(
      200,
    )
    expect((await ask()).proposal).toMatchObject({ state: 'declined', reason: 'After the fair' })
    expect((await client.post(`${route}/draft`, {}, 'marketing')).status).toBe(409)
    expect((await files()).draft).toBeUndefined()
  })

  it('makes another proposal a draft, which is tried on all leads and published', async () => {
    const asked = await ask({ handoffsPerWeek: 20 })
    expect(asked.proposal.state).toBe('open')
    const drafted = await client.post(`${route}/draft`, {}, 'marketing')
    expect(await drafted.json()).toMatchObject({ ok: true, leftOut: [] })
    const { files: live, draft } = await files()
    const proposed = asked.rules.find(({ rule }) => rule === 'plant-size')?.proposed
    expect(Object.keys(live).filter((file) => live[file] !== draft?.files[file])).toEqual([
      'handoff.yaml',
      'scoring.yaml',
    ])
    expect(draft?.files['scoring.yaml']).toContain(`'lead.employees >= 100', points: ${proposed},`)
    expect(draft?.files['scoring.yaml']).toContain('# too little compressed air for a payback')
    expect(draft?.files['handoff.yaml']).toContain(`score >= ${asked.threshold.proposed} `)

    const backtest = await client.post('/api/playbook/backtest', {}, 'marketing')
    const { summary } = (await backtest.json()) as {
      summary: { leads: number; draft: { right: number; wrong: number; missed: number } }
    }
    expect(summary.leads).toBe(leads)
    const { right, wrong } = summary.draft
    expect(right / (right + wrong)).toBeGreaterThan(
      asked.verdicts.accepted ? asked.verdicts.accepted / leads : 1,
    )

    expect((await client.post('/api/playbook/publish', undefined, 'marketing')).status).toBe(200)
    await client.settle()
    expect((await view()).proposal.state).toBe('outdated')
    const after = await ask({ handoffsPerWeek: 20 })
    expect(after.threshold.today).toBe(asked.threshold.proposed)
    expect(after.rules.find(({ rule }) => rule === 'plant-size')?.today).toBe(proposed)
    expect(after.auc.today).toBeGreaterThan(asked.auc.today)
  })

  it('is in the log of who did what, and on the command line', async () => {
    const { items } = await client.get<{ items: { action: string }[] }>('/api/audit?target=scoring')
    expect(new Set(items.map(({ action }) => action))).toEqual(
      new Set(['calibration.begun', 'calibration.declined', 'calibration.drafted']),
    )
    const print = (...args: string[]) =>
      promisify(execFile)(process.execPath, [join(root, 'bin/calibrate.ts'), '--url', client.url, ...args])
    const { stdout } = await print()
    expect(stdout).toContain(`${leads} handoffs are judged by sales`)
    expect(stdout).toMatch(/plant-size +\d+ +\d/)
    expect(JSON.parse((await print('--json')).stdout)).toMatchObject({ status: 'ok', judged: leads })
    await expect(print('--token', 'nobody')).rejects.toMatchObject({ code: 1 })
  })

  it('asks by itself when a week begins', async () => {
    const { asOf } = await client.get<{ asOf: string }>(route)
    await client.advance('8d')
    expect((await client.get<{ asOf: string }>(route)).asOf > asOf).toBe(true)
  })
})
