import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OldData, readOldData } from '../old-data/old-data.ts'
import { type Client, makeClient } from './client.ts'
import { putTableItems, tableItems } from './table-items.ts'
import { startTrichter, type Trichter } from './trichter.ts'

/** A data folder and a playbook as they were when the earlier release stopped; the table follows. */
const folderOf = async ({ now, files, playbook }: OldData): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'trichter-upgrade-'))
  const texts = {
    ...Object.fromEntries(Object.entries(playbook).map(([name, text]) => [join('playbook', name), text])),
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [join('data', name), text])),
    'data/clock.json': JSON.stringify({ offsetMs: Date.parse(now) - Date.now() }),
  }
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

/** What a score consists of, in whole points: how much of it has faded follows from the clock. */
const awarded = (rules: OldData['leads'][number]['explanation']['rules']) =>
  rules.map(({ rule, points, activityId }) => `${rule} ${Math.round(points)} ${activityId}`).toSorted()

describe.each(['9228d05', '6ef6c9a'])('what release %s left in the table', (commit) => {
  const old = readOldData(commit)
  let folder: string
  let running: Trichter
  let client: Client
  beforeAll(async () => {
    folder = await folderOf(old)
    running = await startTrichter(['--data', join(folder, 'data'), '--playbook', join(folder, 'playbook')])
    client = makeClient(running.url)
    await putTableItems(client, old.items)
  })
  afterAll(async () => {
    const code = await running?.stop()
    await rm(folder, { recursive: true })
    expect(code).toBe(0)
  })

  test('is shown as it was', async () => {
    for (const { lead, explanation } of old.leads) {
      const now = await client.leadByEmail(lead.email)
      expect(now).toMatchObject({ leadId: lead.leadId, stage: lead.stage, consent: lead.consent })
      expect(now.handoffs.map(({ state, owner }) => [state, owner.email])).toEqual(
        lead.handoffs.map(({ state, owner }) => [state, owner.email]),
      )
      expect(now.score, lead.email).toBeCloseTo(lead.score, 0)
      expect(awarded((await client.explanation(lead.leadId)).rules)).toEqual(awarded(explanation.rules))
    }
  })

  test('folds to the same when an activity from before arrives late', async () => {
    const occurredAt = new Date(Date.parse(old.now) - 20 * 86_400_000).toISOString()
    await client.postEvents(
      old.leads.map(({ lead }) => ({
        id: `late-${lead.leadId}`,
        type: 'newsletter.read',
        subject: { leadId: lead.leadId },
        occurredAt,
      })),
    )
    await client.settle()
    for (const { lead, explanation } of old.leads) {
      expect(await client.leadByEmail(lead.email)).toMatchObject({ stage: lead.stage, consent: lead.consent })
      expect(awarded((await client.explanation(lead.leadId)).rules)).toEqual(awarded(explanation.rules))
    }
  })

  test('is worked on: an old handoff is accepted', async () => {
    const { handoffs } = await client.leadByEmail('open@old.example.net')
    const { status } = await client.post(`/api/handoffs/${handoffs[0]?.handoffId}/accept`, {})
    expect(status).toBe(200)
  })

  test('is mailed what was due, once, and nobody who left', async () => {
    await client.advance('14d')
    await client.settle()
    const sent = (await client.inbox()).filter(({ tags }) => tags.recipient === 'lead')
    expect(sent.map(({ to }) => to[0])).toContain('waiting@old.example.net')
    expect(sent.map(({ to }) => to[0])).not.toContain('left@old.example.net')
    // Whoever has not confirmed is asked once more, on purpose.
    const all = [...old.mails, ...sent.map(({ to, subject }) => ({ to: to[0] ?? '', subject }))]
      .filter(({ to }) => to.endsWith('@old.example.net') && !to.startsWith('unconfirmed@'))
      .map(({ to, subject }) => `${to} ${subject}`)
    expect(all).toEqual([...new Set(all)])
    expect(await client.deadLetters()).toEqual([])
  })

  test('is erased whole', async () => {
    const { leadId } = await client.leadByEmail('won@old.example.net')
    const erased = await client.raw(`/api/leads/${leadId}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer local-admin' },
    })
    expect(erased.status).toBe(202)
    await client.settle()
    const left = (await tableItems(client)).filter((item) => item.includes('won@old.example.net'))
    expect(left).toEqual([])
  })
})
