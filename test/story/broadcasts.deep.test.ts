import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { playbookWith, settingsWithout } from './playbook-folder.ts'
import { useStory } from './use-story.ts'

/** Enough to meet every fault; `npm run story:broadcast` mails a hundred thousand. */
const count = Number(process.env.LEADS ?? 60)
const perRequest = 500

/** Nobody gets any other mail. */
const sequence = `id: interest
enter: { activity: sample.requested }
steps: [{ email: welcome }]
`

/** With a second subject to try. */
const playbook = async (): Promise<string> => {
  const folder = await playbookWith(sequence, await settingsWithout('sending', 'caps'))
  for (const language of ['de', 'en']) {
    const file = join(folder, `emails/welcome.${language}.mjml`)
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace(/^kind:/m, 'variants: { short: { subject: Kurz } }\nkind:'))
  }
  return folder
}

/** Crashes of every function on the way, a fifth of all events and messages twice, and a mail service that is busy. */
const faults = [
  { service: 'events', duplicate: 0.2 },
  { service: 'sqs', duplicate: 0.2 },
  { service: 'lambda', error: 'Crash', rate: 0.05 },
  { service: 'ses', operation: 'SendEmail', error: 'ThrottlingException', rate: 0.1 },
  { service: 'dynamodb', error: 'ProvisionedThroughputExceededException', rate: 0.005 },
]

interface Imported {
  readonly importId: string
  readonly state: string
  readonly rows: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly rejected: readonly { readonly line: number }[]
}

interface Counts {
  readonly shown: number
  readonly sent: number
  readonly held: number
  readonly suppressed: Readonly<Record<string, number>>
  readonly failed: number
  readonly exited: number
}

interface Report {
  readonly broadcastId: string
  readonly state: string
  readonly audience: Counts & { readonly ways?: Readonly<Record<string, Counts>> }
  readonly decision?: { readonly variant: string; readonly because: string }
}

const sumOf = ({ sent, held, suppressed, failed, exited }: Counts): number =>
  [sent, held, failed, exited, ...Object.values(suppressed)].reduce((sum, leads) => sum + leads, 0)

describe(`an import of ${count} rows and a broadcast to them, while functions crash and messages come twice`, () => {
  const client = useStory({
    playbook,
    options: ['--seed', process.env.SEED ?? '1'],
  })

  /** The API crashes as well: whoever asked asks again. */
  const call = async <Body>(path: string, body?: object): Promise<Body> => {
    for (let tries = 0; tries < 30; tries += 1) {
      const response = await client.raw(path, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: 'Bearer local-marketing', 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      if (response.ok) return (await response.json()) as Body
      if (response.status < 500) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    }
    throw new Error(`${path} never answered`)
  }

  const advance = async (by: string): Promise<void> => {
    const response = await client.raw('/_local/clock?timeout=900', {
      method: 'POST',
      body: JSON.stringify({ advance: by }),
    })
    if (!response.ok) throw new Error(await response.text())
  }

  /** What a crash left comes again when its message does; a sender's claim runs out after a quarter of an hour. */
  const recover = async (): Promise<void> => {
    await client.faults()
    for (let step = 0; step < 4; step += 1) await advance('20m')
  }

  /** To everybody who was imported. */
  const begin = async (plan: object): Promise<string> => {
    const { broadcastId } = await call<Report>('/api/broadcasts', {
      ...{ name: 'Story', where: 'lead.company.startsWith("Firma")', email: 'welcome', ...plan },
    })
    await call(`/api/broadcasts/${broadcastId}/schedule`, {}).catch((error: unknown) => {
      // It has begun by the first request, whose answer was lost.
      if (!String(error).includes('409')) throw error
    })
    return broadcastId
  }

  const address = (index: number): string => `reader-${index}@example.net`
  /** Every tenth row is no address, every fifteenth somebody who is there already. */
  const rows = Array.from({ length: count }, (_, index) => ({
    line: index + 2,
    values: {
      Mail: index % 10 === 9 ? 'nobody' : address(index % 15 === 14 ? index - 1 : index),
      Firma: `Firma ${index}`,
      Status: index % 7 === 6 ? 'unsubscribed' : '',
    },
  }))
  const kept = rows.filter(({ values }) => values.Mail !== 'nobody')
  const people = new Set(kept.map(({ values }) => values.Mail))
  const unwilling = new Set(
    kept.filter(({ values }) => values.Status !== '').map(({ values }) => values.Mail),
  )

  it('takes the rows, each once', { timeout: 900_000 }, async () => {
    for (const fault of faults) expect((await client.faults(fault)).status).toBe(201)
    const { importId } = await call<Imported>('/api/imports', {
      name: 'story.csv',
      mapping: { Mail: 'email', Firma: 'company', Status: '$unsubscribed' },
      consent: { purpose: 'newsletter', evidence: 'paper list of the fair', at: '2026-01-15T10:00:00Z' },
    })
    for (let at = 0; at < rows.length; at += perRequest) {
      const last = at + perRequest >= rows.length
      const chunk = { rows: rows.slice(at, at + perRequest), ...(last && { last }) }
      await call(`/api/imports/${importId}/rows`, chunk)
      if (at % 1_000 === 0) await call(`/api/imports/${importId}/rows`, chunk)
    }
    await advance('1m')
    await recover()
    const shown = await call<Imported>(`/api/imports/${importId}`)
    expect(shown).toMatchObject({ state: 'done', rows: count, created: people.size })
    expect(shown.rejected).toHaveLength(rows.length - kept.length)
    expect(shown.created + shown.updated + shown.unchanged + shown.rejected.length).toBe(count)
    expect(await client.inbox()).toEqual([])
  })

  it('mails everybody who agreed once, nobody else, and its report adds up', {
    timeout: 900_000,
  }, async () => {
    for (const fault of faults) await client.faults(fault)
    const broadcastId = await begin({ perHour: 6_000 })
    await advance(`${Math.ceil(count / 100) + 2}m`)
    await recover()
    const { state, audience } = await call<Report>(`/api/broadcasts/${broadcastId}`)
    const { shown, sent, held, suppressed, failed, exited } = audience
    expect({ state, shown, held, failed, exited }).toEqual({
      ...{ state: 'sent', shown: people.size, held: 0, failed: 0, exited: 0 },
    })
    expect(sumOf(audience)).toBe(shown)
    expect(suppressed).toEqual({ 'no-consent': unwilling.size })
    const mails = (await client.inbox()).map(({ to }) => String(to[0]))
    expect(mails).toHaveLength(new Set(mails).size)
    expect(new Set(mails)).toEqual(new Set([...people].filter((one) => !unwilling.has(one))))
    expect(sent).toBe(mails.length)
    const finished = await client.events('BroadcastFinished')
    expect(finished.at(-1)?.detail.data).toMatchObject({ broadcastId, shown, sent })
  })

  it('tries a subject on some, sends the first to the rest when none has won, and nobody gets two', {
    timeout: 900_000,
  }, async () => {
    await client.raw('/_local/inbox', { method: 'DELETE' })
    for (const fault of faults) await client.faults(fault)
    const broadcastId = await begin({
      split: { shares: { main: 30, short: 30 }, by: 'clicked', within: '1h' },
    })
    await advance('10m')
    const tried = (await client.inbox()).length
    expect(tried).toBeLessThan(people.size - unwilling.size)
    for (let step = 0; step < 3; step += 1) await advance('20m')
    await recover()
    const { state, audience, decision } = await call<Report>(`/api/broadcasts/${broadcastId}`)
    expect({ state, decision }).toMatchObject({
      state: 'sent',
      decision: { variant: 'main', because: 'time' },
    })
    const { ways = {}, shown, sent } = audience
    expect(shown).toBe(people.size)
    expect(sumOf(audience)).toBe(shown)
    expect(Object.keys(ways).sort()).toEqual(['-', 'main', 'short'])
    for (const way of Object.values(ways)) expect(sumOf(way)).toBe(way.shown)
    expect(Object.values(ways).reduce((sum, way) => sum + way.shown, 0)).toBe(shown)
    const mails = await client.inbox()
    expect(new Set(mails.map(({ to }) => String(to[0]))).size).toBe(mails.length)
    expect(mails).toHaveLength(sent)
    expect(mails.filter(({ subject }) => subject === 'Kurz')).toHaveLength(ways.short?.sent ?? 0)
  })
})
