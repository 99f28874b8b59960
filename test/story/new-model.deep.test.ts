import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFolder } from '../../lib/playbook/load-playbook.ts'
import { makeClient } from './client.ts'
import { startTrichter, type Trichter } from './trichter.ts'
import { useStory } from './use-story.ts'

const root = join(import.meta.dirname, '../..')
/** More than one page of a rescoring. */
const leads = 27
const risen = leads / 3
const address = (lead: number): string => `model-${lead}@order.example.net`

/** The shipped playbook, but prices count for far more: whoever looks at them is at `consideration`. */
const makeDraft = (): string => {
  const draft = mkdtempSync(join(tmpdir(), 'trichter-model-'))
  cpSync(join(root, 'templates'), draft, { recursive: true })
  const file = join(draft, 'scoring.yaml')
  const text = readFileSync(file, 'utf8')
  const changed = text.replace(
    /(\/pricing"\)'\s+points:) 5(\s+halfLife: 21d\s+cap: \{ points:) 15/,
    '$1 70$2 70',
  )
  expect(changed).not.toBe(text)
  writeFileSync(file, changed)
  return draft
}

/** Everybody may be written to; every third has looked at the prices, which the new model takes seriously. */
const activities = Array.from({ length: leads }, (_, lead) => {
  const about = (type: string, properties: object) => ({
    id: `model-${lead}-${type}`,
    type,
    properties,
    subject: { email: address(lead) },
  })
  return [
    about('consent.granted', { purpose: 'newsletter' }),
    about('profile.updated', { fields: { firstName: 'Uli', country: 'DE', language: 'en' } }),
    about('page.viewed', { path: lead % 3 === 0 ? '/pricing' : '/' }),
  ]
}).flat()

interface PlaybookView {
  readonly version: string
  readonly rescoring?: {
    readonly rules: string
    readonly finishedAt?: string
    readonly leads: number
    readonly done: number
    readonly changed: number
  }
}

describe('a new scoring model over old facts', () => {
  const client = useStory()
  const draft = makeDraft()
  beforeAll(async () => {
    await client.postEvents(activities)
    await client.settle()
  })
  afterAll(() => rmSync(draft, { recursive: true }))

  const playbook = () => client.get<PlaybookView>('/api/playbook')
  const scores = async () => {
    const { items } = await client.get<{ items: { email: string; score: number; stage: string }[] }>(
      '/api/leads?limit=100',
    )
    // Points fade while the story is told.
    return new Map(items.map(({ email, score, stage }) => [email, { score: Math.round(score), stage }]))
  }
  const commandLine = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(root, 'bin/playbook.ts'), ...args, '--url', client.url])

  it('is tried on all leads first, and changes nothing', async () => {
    const before = await scores()
    const { stdout } = await commandLine('backtest', draft)
    expect(stdout).toContain(`Leads: ${leads}/${leads}\n`)
    expect(stdout).toContain(`\n${leads} leads under the live playbook`)
    expect(stdout).toMatch(new RegExp(`scored differently +${risen} `))
    expect(stdout).toMatch(new RegExp(`staged differently +${risen}\\n`))
    expect(stdout).toMatch(new RegExp(`${risen} +awareness → consideration`))
    expect(await scores()).toEqual(before)
    await expect(commandLine('backtest', draft, '--token', 'local-sales')).rejects.toMatchObject({ code: 1 })
  })

  it('is published, and every lead is scored anew, once, without a mail to anyone', async () => {
    const mails = (await client.inbox()).length
    expect((await playbook()).rescoring).toBeUndefined()
    const files = Object.fromEntries(await readFolder(draft))
    const headers = { authorization: 'Bearer local-marketing', 'content-type': 'application/json' }
    const saved = await client.raw('/api/playbook', {
      method: 'PUT',
      headers,
      body: JSON.stringify({ files }),
    })
    expect(await saved.json()).toMatchObject({ ok: true })
    expect((await client.post('/api/playbook/publish', undefined, 'marketing')).status).toBe(200)
    await client.settle()

    expect((await playbook()).rescoring).toMatchObject({
      finishedAt: expect.any(String),
      leads,
      done: leads,
      changed: risen,
    })
    for (const [email, { stage }] of await scores())
      expect([email, stage]).toEqual([
        email,
        Number(/\d+/.exec(email)?.[0]) % 3 === 0 ? 'consideration' : 'awareness',
      ])
    const advanced = (await client.events('StageAdvanced')).filter(
      ({ detail }) => detail.data.to === 'consideration',
    )
    expect(advanced).toHaveLength(risen)
    expect(await client.inbox()).toHaveLength(mails)
    // Whoever is in a sequence gets its next mail as before; a stage that only the new model sees begins none.
    await client.advance('3d')
    const mailed = new Set((await client.inbox()).flatMap(({ to }) => to))
    const whoRose = Array.from({ length: risen }, (_, index) => address(3 * index))
    expect(whoRose.filter((email) => mailed.has(email))).toEqual([])
    expect(await client.deadLetters()).toEqual([])
  })

  it('publishing the same again rescores nobody', async () => {
    const { rescoring } = await playbook()
    expect((await commandLine('publish', draft)).stdout).toMatch(/live already/)
    await client.settle()
    expect((await playbook()).rescoring).toEqual(rescoring)
  })

  it('what happens from now on counts by the new model, and mails as ever', async () => {
    const mails = (await client.inbox(address(2))).length
    await client.postEvents([
      { id: 'later', type: 'page.viewed', properties: { path: '/pricing' }, subject: { email: address(1) } },
      { id: 'signup', type: 'newsletter.subscribed', properties: {}, subject: { email: address(2) } },
    ])
    await client.settle()
    expect(await client.leadByEmail(address(1))).toMatchObject({ stage: 'consideration' })
    expect(await client.leadByEmail(address(2))).toMatchObject({ stage: 'interest' })
    expect(await client.inbox(address(2))).toHaveLength(mails + 1)
    expect(await client.deadLetters()).toEqual([])
  })
})

describe('a deployment with another playbook', () => {
  const draft = makeDraft()
  const data = mkdtempSync(join(tmpdir(), 'trichter-deployed-'))
  let running: Trichter | undefined
  afterAll(async () => {
    await running?.kill()
    for (const folder of [draft, data]) rmSync(folder, { recursive: true, force: true })
  })

  it('scores everybody anew as soon as one lead shows that its state is an old one', async () => {
    running = await startTrichter(['--data', data])
    await makeClient(running.url).postEvents(activities)
    await makeClient(running.url).settle()
    expect(await running.stop()).toBe(0)

    running = await startTrichter(['--data', data, '--playbook', draft])
    const client = makeClient(running.url)
    await client.postEvents([
      { id: 'later', type: 'page.viewed', properties: { path: '/' }, subject: { email: address(1) } },
    ])
    await client.settle()
    const { rescoring } = await client.get<PlaybookView>('/api/playbook')
    expect(rescoring).toMatchObject({
      finishedAt: expect.any(String),
      leads,
      done: leads,
      changed: risen,
    })
    const { items } = await client.get<{ items: unknown[] }>('/api/leads?stage=consideration&limit=100')
    expect(items).toHaveLength(risen)
    expect(await client.events('PlaybookPublished')).toHaveLength(1)
    expect(await client.deadLetters()).toEqual([])
  })
})
