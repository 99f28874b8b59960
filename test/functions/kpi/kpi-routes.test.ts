import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { shardOf } from '../../../domain/kpi/replace-rows.ts'
import { rowsVersion } from '../../../domain/kpi/row.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import type { Settings } from '../../../domain/model/settings.ts'
import { readRows, writeRows } from '../../../functions/adapters/row-files.ts'
import { apiApp } from '../../../functions/api/api-route.ts'
import { MissingRows } from '../../../functions/figures-ports.ts'
import { kpiRoutes } from '../../../functions/kpi/kpi-routes.ts'
import { makeReadColumns, makeReadPart } from '../../../functions/kpi/read-rows.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { memoryAudit } from '../fakes/memory-audit.ts'
import { figuresWorld } from '../figures/figures-world.ts'
import { send } from '../http/call-app.ts'

let world: Awaited<ReturnType<typeof kpiWorld>>
beforeEach(async () => {
  world = await kpiWorld()
})
afterEach(() => world.stop())

const kpiWorld = async () => {
  const figures = await figuresWorld()
  const { store, ports, waiting } = figures
  const read: number[] = []
  const leads = { count: 0 }
  const reading = {
    store: {
      ...store,
      read: (pointer: Parameters<typeof store.read>[0]) => {
        read.push(pointer.shard)
        return store.read(pointer)
      },
    },
    rebuilds: ports.rebuilds,
    countLeads: async () => leads.count,
    enqueue: ports.goOn,
  }
  const appWith = (
    given: typeof reading,
    mostRows?: number,
    settings: Partial<Settings> = {},
    emails: Playbook['emails'] = {},
  ) =>
    apiApp(
      kpiRoutes,
      {
        readColumns: makeReadColumns(given),
        readPart: makeReadPart(given, mostRows),
        writeRows,
        playbook: {
          ...makePlaybook({ emails }),
          settings: { ...makePlaybook().settings, timeZone: 'Europe/Berlin', ...settings },
        },
        enqueue: ports.goOn,
        clock: () => figures.times.now,
      },
      { audit: { audit: memoryAudit(), clock: () => figures.times.now, newId: () => 'note' } },
    )
  const app = appWith(reading)
  const ask = async (path: string, { group = 'marketing', from = app, body = '' } = {}) => {
    const claims = { token_use: 'id', 'cognito:groups': `[${group}]`, email: 'mia@example.com' }
    const sent = body === '' ? {} : { method: 'POST', body, headers: { 'content-type': 'application/json' } }
    return send(from, path, { claims, ...sent })
  }
  return { ...figures, reading, appWith, ask, read, leads, waiting }
}

const visit = (email: string, id: string, day: string, properties = {}) => ({
  id,
  type: 'page.viewed',
  subject: { email },
  occurredAt: `2026-${day}T09:00:00.000Z`,
  properties,
})

const march = '/api/kpi?from=2026-03-01&to=2026-04-01'

describe('GET /api/kpi', () => {
  test('tells the figures of a period, by sources as well', async () => {
    const { take, count, ask } = world
    await take(
      visit('anna@example.com', 'a', '03-01', { utm_source: 'google', utm_campaign: 'spring' }),
      visit('ben@example.com', 'b', '03-31', { source: 'fair' }),
      {
        id: 'c',
        type: 'channel.cost',
        occurredAt: '2026-03-05T00:00:00.000Z',
        properties: { source: 'google', campaign: 'spring', amount: '30', currency: 'EUR' },
      },
    )
    await count()
    const answer = await ask(`${march}&by=month`)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      from: '2026-03-01',
      to: '2026-04-01',
      asOf: '2026-04-01T00:00:00.000Z',
      sources: [
        { source: 'fair', campaign: null, leads: 1, cost: {} },
        { source: 'google', campaign: 'spring', leads: 1, cost: { EUR: '30.00' } },
      ],
      groups: [{ key: '2026-03' }],
    })
    expect(await (await ask('/api/kpi?from=2026-03-01&to=2026-03-31')).json()).toMatchObject({
      sources: [{ source: 'google', leads: 1 }],
    })
  })

  test('has nothing to tell where there is nobody', async () => {
    const { ask, ports } = world
    const known = await ports.rebuilds.load()
    await ports.rebuilds.commit({ ...known, rowsVersion: 0 })
    expect(await (await ask(march)).json()).toMatchObject({ sources: [], sequences: [] })
  })

  test.each([
    ['from=2026-03-01', 'to'],
    ['to=2026-03-01', 'from'],
    ['from=2026-03-02&to=2026-03-01', 'to'],
    ['from=2026-03-01&to=2026-03-01', 'to'],
    ['from=2021-03-01&to=2026-03-02', 'to'],
    ['from=2026-02-29&to=2026-03-02', 'from'],
    ['from=2026-3-1&to=2026-03-02', 'from'],
    ['from=2026-03-01T00:00:00Z&to=2026-03-02', 'from'],
    ['from=2026-03-01&to=2026-03-02&by=nobody', 'by'],
  ])('says what is wrong with %s', async (query, path) => {
    const answer = await world.ask(`/api/kpi?${query}`)
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ errors: [{ path }] })
  })

  test('takes five years', async () => {
    expect((await world.ask('/api/kpi?from=2021-03-01&to=2026-03-01')).status).toBe(200)
  })

  test('reads again what has changed, and nothing else', async () => {
    const { take, count, ask, read, idOf } = world
    await take(visit('anna@example.com', 'a', '03-01'), visit('ben@example.com', 'b', '03-01'))
    await count()
    await ask(march)
    read.splice(0)
    await ask(march)
    expect(read).toEqual([])
    await take(visit('anna@example.com', 'a2', '03-02'))
    await count()
    await ask(march)
    expect(read).toEqual([shardOf(await idOf('anna@example.com'))])
  })
})

describe('no figure is wrong: 503 says what is missing', () => {
  test('where the rows of a shard are gone', async () => {
    const { take, count, ask, appWith, reading, idOf } = world
    await take(visit('anna@example.com', 'a', '03-01'))
    await count()
    const shard = shardOf(await idOf('anna@example.com'))
    const lost = { ...reading.store, read: () => Promise.reject(new MissingRows(shard)) }
    const answer = await ask(march, { from: appWith({ ...reading, store: lost }) })
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({
      detail: expect.stringContaining(`the rows of shard ${shard}`),
    })
  })

  test('not where they were replaced between two reads', async () => {
    const { take, count, ask, appWith, reading } = world
    await take(visit('anna@example.com', 'a', '03-01'))
    await count()
    let isGone = true
    const moved = {
      ...reading.store,
      read: async (pointer: Parameters<typeof reading.store.read>[0]) => {
        if (!isGone) return reading.store.read(pointer)
        isGone = false
        throw new MissingRows(pointer.shard)
      },
    }
    const answer = await ask(march, { from: appWith({ ...reading, store: moved }) })
    expect(await answer.json()).toMatchObject({ sources: [{ source: 'direct', leads: 1 }] })
  })

  test('while a release that counts otherwise counts everybody', async () => {
    const { take, count, ask, ports, waiting, leads } = world
    await take(visit('anna@example.com', 'a', '03-01'))
    await count()
    leads.count = 1
    const known = await ports.rebuilds.load()
    await ports.rebuilds.commit({ ...known, rowsVersion: rowsVersion - 1 })
    const first = await ask(march)
    expect(first.status).toBe(503)
    expect(waiting).toEqual([{ type: 'begin', anew: false }])
    await count()
    expect((await ask(march)).status).toBe(200)

    const now = await ports.rebuilds.load()
    await ports.rebuilds.commit({ ...now, open: [1, 2], isWhole: false })
    const between = await ask(march)
    expect(await between.json()).toMatchObject({ status: 503, detail: expect.stringContaining('2 parts') })
  })
})

describe('GET /api/kpi/rows.parquet', () => {
  const rows = '/api/kpi/rows.parquet'
  const admin = { group: 'admin' }

  test('gives admins the rows', async () => {
    const { take, count, ask } = world
    await take(visit('anna@example.com', 'a', '03-01'))
    await count()
    expect((await ask(rows)).status).toBe(403)
    const answer = await ask(rows, admin)
    expect(answer.headers.get('content-type')).toBe('application/vnd.apache.parquet')
    expect(answer.headers.get('link')).toBeNull()
    const told = await readRows(new Uint8Array(await answer.arrayBuffer()))
    expect(Array.from(told.kind)).toContain('activity')
  })

  test('comes in parts where it is more than one answer holds', async () => {
    const { take, count, ask, appWith, reading, standing } = world
    await take(...Array.from({ length: 6 }, (_, n) => visit(`person-${n}@example.com`, `v${n}`, '03-01')))
    await count()
    const from = appWith(reading, 5)
    const leads: string[] = []
    let next: string | undefined = rows
    while (next) {
      const answer: Response = await ask(next, { ...admin, from })
      const told = await readRows(new Uint8Array(await answer.arrayBuffer()))
      leads.push(...Array.from(told.lead, String))
      next = /<(.+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
    }
    const all = (await standing()).flatMap(({ lead }) => Array.from(lead, String))
    expect(leads.sort()).toEqual(all.sort())
    expect((await ask(`${rows}?part=99`, { ...admin, from })).status).toBe(404)
    expect((await ask(`${rows}?part=0`, { ...admin, from })).status).toBe(422)
  })
})

test('GET /api/kpi/definitions says what each figure means', async () => {
  const answer = await world.ask('/api/kpi/definitions')
  expect(await answer.json()).toMatchObject({
    items: expect.arrayContaining([
      expect.objectContaining({
        group: 'shared',
        key: 'handoffAcceptanceRate',
        label: { en: expect.any(String), de: expect.any(String) },
      }),
    ]),
  })
})

describe('the report that both teams get', () => {
  const report = '/api/kpi/report'
  const monthly = (period: string) => JSON.stringify({ period })

  test('can be seen before it is sent, in each language', async () => {
    const { take, count, ask } = world
    await take(visit('anna@example.com', 'a', '03-01', { utm_source: 'google' }))
    await count()
    const answer = await ask(`${report}?period=2026-03&lang=de`)
    expect(await answer.json()).toMatchObject({
      subject: 'Zahlen für Marketing und Vertrieb: Monat 2026-03',
      text: expect.stringMatching(/google +– +1/),
      period: { from: '2026-03-01', to: '2026-04-01', before: '2026-02-01' },
    })
    for (const [query, path] of [
      ['period=2026-13', 'period'],
      ['period=2026-W54', 'period'],
      ['period=march', 'period'],
      ['', 'period'],
      ['period=2026-03&lang=fr', 'lang'],
    ])
      expect(await (await ask(`${report}?${query}`)).json()).toMatchObject({
        status: 422,
        errors: [{ path }],
      })
  })

  test('is sent to those whom the settings name, when somebody of marketing asks', async () => {
    const { ask, appWith, reading, waiting } = world
    const from = appWith(reading, undefined, { report: { monthly: ['mia@example.com', 'sam@example.com'] } })
    expect((await ask(report, { from, group: 'sales', body: monthly('2026-03') })).status).toBe(403)
    const answer = await ask(report, { from, body: monthly('2026-03') })
    expect([answer.status, await answer.json()]).toEqual([202, { recipients: 2 }])
    expect(waiting).toEqual([{ type: 'report', report: { name: '2026-03', asked: '2026-04-01T00:0' } }])
    expect((await ask(report, { from, body: monthly('2026-W10') })).status).toBe(409)
    expect((await ask(report, { from, body: monthly('soon') })).status).toBe(422)
  })
})

describe('GET /api/kpi/people', () => {
  const people = '/api/kpi/people?of=awareness.visits'

  test('names leads by their ids, page by page, of a period or of all time', async () => {
    const { take, count, ask } = world
    await take(
      visit('anna@example.com', 'a', '03-01'),
      visit('anna@example.com', 'b', '03-02'),
      visit('ben@example.com', 'c', '02-10'),
    )
    await count()
    const inMarch = await (await ask(`${people}&from=2026-03-01&to=2026-04-01`)).json()
    expect(inMarch).toEqual({
      asOf: expect.any(String),
      total: 1,
      items: [{ leadId: expect.any(String), figure: 2 }],
    })
    const first = await (await ask(`${people}&limit=1`)).json()
    expect(first).toMatchObject({ total: 2, items: [{ figure: 2 }], next: expect.any(String) })
    const second = await (await ask(`${people}&limit=1&cursor=${first.next}`)).json()
    expect(second).toMatchObject({ items: [{ figure: 1 }] })
    expect(second).not.toHaveProperty('next')
  })

  test.each([
    ['of=awareness.visitors', 'of'],
    ['of=awareness.visits&from=2026-03-01', 'to'],
    ['of=awareness.visits&from=2026-03-02&to=2026-03-01', 'to'],
    ['of=awareness.visits&cursor=eA', 'cursor'],
  ])('says what is wrong with %s', async (query, path) => {
    const answer = await world.ask(`/api/kpi/people?${query}`)
    expect(await answer.json()).toMatchObject({ status: 422, errors: [{ path }] })
  })
})

describe('GET /api/emails/{email}/clicks', () => {
  test('tells of the emails of the playbook, and of none that there never was', async () => {
    const { ask, appWith, reading } = world
    const template = { subject: '', preheader: '', html: '', kind: 'marketing' } as const
    const from = appWith(reading, undefined, {}, { news: { de: template } })
    const nothing = { sent: 0, delivered: 0, opened: 0, clicked: 0, unsubscribed: 0, links: [] }
    const known = await ask('/api/emails/news/clicks', { from })
    expect(await known.json()).toMatchObject({ email: 'news', ...nothing })
    expect((await ask('/api/emails/nws/clicks', { from })).status).toBe(404)
  })
})
