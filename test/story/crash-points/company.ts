import type { Client } from '../client.ts'
import type { Scenario } from './crash-run.ts'
import { type Activity, addressOf, askerOf, consent } from './people.ts'
import { accepted, settled as inWords, type World } from './world.ts'

/** What people of the company do, and what the calendar does for them. */
export const companyScenarios = (client: Client, world: World): readonly Scenario[] => {
  const { ask, post, draft } = askerOf(client)
  const kept = new Map<string, string>()
  const recall = (what: string): string => {
    const found = kept.get(what)
    if (found === undefined) throw new Error(`there is no ${what}`)
    return found
  }
  const read = async (path: string): Promise<Record<string, unknown>> =>
    JSON.parse(await (await ask(path)).text())
  const asked = async (path: string, body: unknown, method = 'POST'): Promise<Record<string, unknown>> =>
    JSON.parse(await (await ask(path, body, { method })).text())
  const shown = async (path: string, key: string, ...ids: readonly string[]): Promise<unknown> =>
    inWords(await read(path), [[key, 'KEY'] as const, ...ids.map((id) => [id, 'ID'] as const)])
  /** What the log of who did what has, once or more often. */
  const noted = async (target: string): Promise<readonly string[]> => {
    const { items } = (await read(`/api/audit?target=${encodeURIComponent(target)}`)) as {
      items: { action: string }[]
    }
    return [...new Set(items.map(({ action }) => action))].sort()
  }
  const person = (key: string) => world.personOf(addressOf(key), key)
  const known = async (keys: readonly string[], ...more: readonly Activity[]): Promise<void> => {
    for (const key of keys)
      await post(key, [consent, ['profile.updated', { fields: { company: key } }], ...more])
    await client.settle()
  }
  const idOf = async (key: string) => (await client.leadByEmail(addressOf(key))).leadId
  const rest =
    (act: (key: string) => Promise<unknown>) =>
    async (key: string): Promise<void> => {
      await act(key)
      await client.settle()
    }

  /** More than there are lanes: two at least are taken together. */
  const othersOf = (key: string): readonly string[] => ['b', 'c', 'd', 'e'].map((name) => `${key}-${name}`)
  const imported = async (key: string): Promise<void> => {
    const { importId } = await asked('/api/imports', {
      name: key,
      mapping: { Mail: 'email', Firma: 'company' },
      consent: { purpose: 'newsletter', evidence: 'paper list of the fair', at: '2026-01-15T10:00:00Z' },
    })
    kept.set(`import ${key}`, String(importId))
    await asked(`/api/imports/${importId}/rows`, {
      rows: [
        ...[key, ...othersOf(key)].map((name, index) => ({
          line: index + 2,
          values: { Mail: addressOf(name), Firma: key },
        })),
        { line: 7, values: { Mail: 'nobody', Firma: key } },
      ],
      last: true,
    })
    await client.settle()
    await client.advance('1m')
  }
  const stateOfImport = async (key: string) => ({
    import: await shown(`/api/imports/${recall(`import ${key}`)}`, key, recall(`import ${key}`)),
    first: await person(key),
    others: await Promise.all(othersOf(key).map((one) => world.personOf(addressOf(one), one, key))),
    audit: await noted(`imports/${recall(`import ${key}`)}`),
  })
  const broadcast = async (key: string, at = 'now'): Promise<string> => {
    const plan = { name: key, where: `lead.company == "${key}"`, email: 'welcome', at }
    const { broadcastId } = await asked('/api/broadcasts', plan)
    kept.set(`broadcast ${key}`, String(broadcastId))
    return String(broadcastId)
  }
  const stateOfBroadcast = async (key: string) => {
    const id = recall(`broadcast ${key}`)
    // What is counted beside may be off by one where its function dies (docs/operations/calls.md).
    const { delivered: _delivered, ...seen } = Object(await shown(`/api/broadcasts/${id}`, key, id))
    return {
      broadcast: seen,
      mails: (await client.inbox(addressOf(key))).map(({ tags }) => tags.email),
      audit: await noted(`broadcasts/${id}`),
    }
  }
  const held = async (key: string): Promise<{ sendId: string } | undefined> => {
    const { items } = (await read('/api/emails/held')) as { items: { sendId: string; leadId: string }[] }
    const leadId = await idOf(key)
    return items.find((one) => one.leadId === leadId)
  }

  /** What anybody reads: nothing comes of it, and whoever asks again is answered. */
  const reads = (path: string): Scenario => ({
    what: `GET ${path}`,
    before: async (keys) => {
      const png =
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
      kept.set('PICTURE', String((await asked('/api/playbook/assets', { picture: png })).name))
      if (kept.has('LEAD')) return
      const [key = ''] = keys
      await known([key], ['demo.requested'], ['quote.requested'])
      kept.set('LEAD', await idOf(key))
    },
    act: async () => {
      await ask(path.replaceAll(/LEAD|PICTURE/g, recall))
      await client.settle()
    },
    state: async () => 'answered',
  })
  const range = 'from=2026-01-01&to=2026-12-31'
  const readPaths = [
    ...[
      '/',
      '/console/brand.css',
      '/console/settings.json',
      '/f/newsletter',
      '/t.js',
      '/openapi.json',
      '/assets/PICTURE',
    ],
    ...[
      ...['me', 'forecast', 'forms', 'teams', 'sending', 'segments', 'segments/gone-quiet', 'sequences'],
      ...['sequences/interest/flow', 'sequences/interest/splits', 'sequences/interest/report', 'hooks'],
      ...['emails', 'emails/welcome', 'emails/welcome/preview', 'emails/held', 'webhooks', 'audit', 'deals'],
      ...['webhooks/crm/deliveries', 'webhooks/crm/secret', 'playbook', 'scoring/calibration', 'imports'],
      ...['broadcasts', 'handoffs', 'handoffs/LEAD.1', 'leads', 'leads?sort=name&q=kern', 'kpi/definitions'],
      ...['settings/checks', 'settings/keys', 'settings/members', 'settings/dead-letters'],
      ...[`kpi?${range}`, 'kpi/report?period=2026-11', 'kpi/rows.parquet', 'leads?segment=gone-quiet'],
      ...['', '/timeline', '/explanation', '/export'].map((part) => `leads/LEAD${part}`),
    ].map((path) => `/api/${path}`),
  ]

  /** What is held is gone through again a minute after a pause: the emails of the next one would be looked at, and held anew. */
  const secondPass = () => client.advance('2m')

  /** What the runner's user pool does not offer, it refuses: what it takes to ask has been asked for. */
  const refusedHere = (path: string, body: unknown, method: string): Promise<Response> =>
    accepted(async () => {
      const response = await client.raw(path, {
        method,
        headers: { authorization: 'Bearer local-admin', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return response.status === 409 ? new Response() : response
    })

  const nightly = async (hour: string): Promise<number> => {
    const now = Date.parse(await client.now())
    const day = new Date(now).toISOString().slice(0, 10)
    const due = Date.parse(`${day}T${hour}:00Z`)
    return (due > now ? due : due + 86_400_000) - now
  }

  return [
    {
      what: 'an import is taken in',
      act: imported,
      state: stateOfImport,
    },
    {
      what: 'an import is taken back',
      before: async (keys) => {
        for (const key of keys) await imported(key)
      },
      act: async (key) => {
        await asked(`/api/imports/${recall(`import ${key}`)}/undo`, {})
        await client.settle()
        await client.advance('1m')
      },
      state: stateOfImport,
    },
    {
      what: 'a segment is counted',
      before: (keys) => known(keys),
      act: async (key) => {
        const where = `lead.company == "${key}"`
        await asked('/api/segments/preview', { where, purpose: 'newsletter' })
        await client.settle()
        const { matching, mailable } = await asked('/api/segments/preview', { where, purpose: 'newsletter' })
        kept.set(`counted ${key}`, `${matching} ${mailable}`)
      },
      state: async (key) => recall(`counted ${key}`),
    },
    {
      what: 'a broadcast goes out',
      before: (keys) => known(keys),
      act: async (key) => {
        await asked(`/api/broadcasts/${await broadcast(key)}/schedule`, {})
        await client.settle()
        await client.advance('20m')
      },
      state: stateOfBroadcast,
    },
    {
      what: 'a broadcast is changed, scheduled and canceled, and another deleted',
      before: (keys) => known(keys),
      act: async (key) => {
        const draft = await broadcast(key)
        await ask(`/api/broadcasts/${draft}`, undefined, { method: 'DELETE' })
        const at = new Date(Date.parse(await client.now()) + 3_600_000).toISOString()
        const id = await broadcast(key, at)
        const plan = { name: `${key} anew`, where: `lead.company == "${key}"`, email: 'welcome', at }
        await asked(`/api/broadcasts/${id}`, plan, 'PUT')
        await asked(`/api/broadcasts/${id}/schedule`, {})
        await asked(`/api/broadcasts/${id}/cancel`, {})
        await client.settle()
        await client.advance('70m')
      },
      state: stateOfBroadcast,
    },
    {
      what: 'a sequence is paused and goes on',
      ready: async (key) => {
        await known([key])
        await asked('/api/sequences/interest/pause', {})
        await post(key, [['newsletter.subscribed']])
        await client.settle()
      },
      act: rest(() => asked('/api/sequences/interest/resume', { due: 'send' })),
      state: async (key) => ({ person: await person(key), audit: await noted('sequences/interest') }),
      after: secondPass,
    },
    {
      what: 'all sending is paused and goes on',
      ready: (key) => known([key]),
      act: async (key) => {
        await asked('/api/sending/pause', {})
        await post(key, [['newsletter.subscribed']])
        await client.settle()
        await asked('/api/sending/resume', {})
        await client.settle()
      },
      state: async (key) => ({ person: await person(key), audit: await noted('sending') }),
      after: secondPass,
    },
    {
      what: 'a held email is canceled',
      ready: async (key) => {
        await known([key])
        await asked('/api/sending/pause', {})
        await post(key, [['newsletter.subscribed']])
        await client.settle()
        kept.set(`held ${key}`, (await held(key))?.sendId ?? '')
      },
      act: rest((key) => asked(`/api/emails/held/${encodeURIComponent(recall(`held ${key}`))}/cancel`, {})),
      state: person,
      after: async () => {
        await client.post('/api/sending/resume', {}, 'admin')
        await client.settle()
        await secondPass()
      },
    },
    {
      what: 'a sequence is moved to its new version and back',
      before: (keys) => known(keys, ['newsletter.subscribed']),
      act: rest(async () => {
        const { migration } = await asked('/api/sequences/interest/migrate', {})
        await client.settle()
        await asked('/api/sequences/interest/migrate/undo', { migration })
      }),
      state: async (key) => ({ person: await person(key), audit: await noted('sequences/interest') }),
    },
    {
      what: 'a test email is asked for',
      act: rest(() => asked('/api/emails/welcome/test', { language: 'en' })),
      // It has no claim: where its sender dies, or who asked for it was not answered, it comes again.
      state: async () => [...new Set((await client.inbox()).map(({ to, subject }) => `${to}: ${subject}`))],
    },
    {
      what: 'two leads are merged and parted',
      before: async (keys) => {
        await known(keys)
        await known(keys.map((key) => `${key}-b`))
        for (const key of keys) for (const one of [key, `${key}-b`]) kept.set(`lead ${one}`, await idOf(one))
      },
      act: async (key) => {
        const [path, leadId] = [`/api/leads/${recall(`lead ${key}`)}`, recall(`lead ${key}-b`)]
        await ask(`${path}/merge`, { leadId })
        await client.settle()
        await asked(`${path}/unmerge`, { leadId })
        await client.settle()
      },
      state: async (key) => world.stateOf(recall(`lead ${key}`), recall(`lead ${key}-b`), key),
    },
    {
      what: 'a handoff is given to somebody else by hand',
      ready: async (key) => {
        await known([key], ['demo.requested'], ['quote.requested'])
        kept.set(`lead ${key}`, await idOf(key))
      },
      act: async (key) => {
        const [anna, lea] = ['anna@sales.example.com', 'lea@sales.example.com']
        await asked(`/api/handoffs/${recall(`lead ${key}`)}.1/reassign`, { owner: lea })
        await client.settle()
        await asked(`/api/teams/dach/members/${lea}/reassign`, { owner: anna })
        await client.settle()
      },
      state: person,
      after: (key) => client.post(`/api/handoffs/${recall(`lead ${key}`)}.1/accept`, {}, 'admin'),
    },
    {
      what: 'a playbook is published and all leads come under it',
      before: (keys) => known(keys),
      act: async (key) => {
        kept.set(`version ${key}`, String((await read('/api/playbook')).version))
        await draft(key)
        await asked('/api/playbook/check', {})
        await asked('/api/playbook/backtest', {})
        await asked('/api/playbook/publish', {})
        await client.settle()
        await client.advance('1m')
      },
      state: async (key) => {
        const { version, draft } = await read('/api/playbook')
        const told = await client.events('PlaybookPublished')
        return {
          isNew: version !== recall(`version ${key}`),
          draft: draft ?? 'none',
          told: new Set(told.map(({ detail }) => detail.metadata.id)).size,
          rescored: await world.rescored(),
          audit: await noted('playbook'),
        }
      },
    },
    {
      what: 'outcomes are asked about the scoring',
      // One for all: each tells of all outcomes that there are.
      before: async ([key = '']) => {
        if (kept.has('judged')) return
        await known([key], ['demo.requested'], ['quote.requested'])
        kept.set('judged', await idOf(key))
        await client.post(`/api/handoffs/${recall('judged')}.1/accept`, {}, 'admin')
      },
      act: async () => {
        await asked('/api/scoring/calibration', {})
        await client.settle()
        await client.advance('1m')
      },
      state: async (key) => ({
        calibration: await shown('/api/scoring/calibration', key),
        audit: await noted('scoring'),
      }),
    },
    {
      what: 'everybody is counted anew',
      act: rest(() => world.countAnew()),
      state: () => world.counted(),
    },
    {
      what: 'the figures are mailed',
      // Asked for again within ten minutes of the clock, they are mailed once.
      ready: async () => {
        await client.advance('10m')
      },
      act: rest(() => asked('/api/kpi/report', { period: '2026-10' })),
      // A claim that somebody died with is followed when it is over. Where SES took one and nobody noted it, one more comes.
      state: async (_, crashes) => {
        await client.advance('16m')
        const isTwice = crashes.some(({ point, when }) => point.operation === 'SendEmail' && when === 'after')
        const mails = await client.inbox('mia@leisewerk.example')
        return mails.slice(isTwice ? 1 : 0).map(({ subject }) => subject)
      },
    },
    {
      what: 'a key is made and revoked',
      act: rest(async (key) => {
        await asked('/api/settings/keys', { name: key })
        await ask(`/api/settings/keys/${key}`, undefined, { method: 'DELETE' })
      }),
      state: (key) => shown('/api/settings/keys', key),
    },
    {
      what: 'somebody is invited, and another gets other roles',
      act: rest(async (key) => {
        const { items } = (await read('/api/settings/members')) as { items: { id: string; email: string }[] }
        const other = items.find(({ email }) => !email.includes('admin'))
        await refusedHere('/api/settings/members', { email: addressOf(key), roles: ['sales'] }, 'POST')
        await refusedHere(`/api/settings/members/${other?.id}`, { roles: ['admin'] }, 'PUT')
      }),
      state: (key) => shown('/api/settings/members', key),
    },
    {
      what: 'a webhook gets another secret, is let on, and told again',
      act: rest(async () => {
        await asked('/api/webhooks/crm/rotate', {})
        await asked('/api/webhooks/crm/enable', {})
        await asked('/api/webhooks/crm/replay', { since: '2026-01-01T00:00:00Z', all: true })
      }),
      state: async () => noted('webhooks/crm'),
    },
    {
      what: 'a browser has not been seen for long',
      before: async (keys) => {
        for (const key of keys) {
          await ask(
            '/events',
            {
              events: [
                {
                  id: key,
                  type: 'page.viewed',
                  subject: { visitorId: `browser-${key}` },
                  properties: { path: '/' },
                },
              ],
            },
            { role: 'api-key' },
          )
          await client.settle()
          kept.set(`seen ${key}`, await client.now())
          // Each is over by itself.
          await client.advance('1d')
        }
      },
      ready: async (key) => {
        // Whatever the time was: all of a day are looked at in one night.
        const over = Date.parse(recall(`seen ${key}`).slice(0, 10)) + 91 * 86_400_000
        const left = over - Date.parse(await client.now())
        if (left > 0) await client.advance(`${Math.ceil(left / 1000)}s`)
        await client.advance(`${Math.floor((await nightly('02:00')) / 1000) - 60}s`)
      },
      act: async () => {
        await client.advance('10m')
        await client.advance('1h')
      },
      state: async (key) => ({ items: await world.holding(key) }),
    },
    ...readPaths.map(reads),
  ]
}
