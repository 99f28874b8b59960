import { type Client, linkIn } from '../client.ts'
import type { Scenario } from './crash-run.ts'
import { accepted, type Receiver, type World } from './world.ts'

export const addressOf = (key: string): string => `${key.toLowerCase()}@crash.example.net`

export type Activity = readonly [type: string, properties?: object]

export const consent: Activity = ['consent.granted', { purpose: 'newsletter' }]

const agent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36'
const minute = 60_000
const day = 86_400_000

/** What programs and people of the company ask for; whoever is not answered asks again. */
export const askerOf = (client: Client) => {
  const ask = (
    path: string,
    body?: unknown,
    { role = 'admin', method = body === undefined ? 'GET' : 'POST' } = {},
  ) =>
    accepted(() =>
      client.raw(path, {
        method,
        headers: { authorization: `Bearer local-${role}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    )
  const post = (key: string, activities: readonly Activity[], email = addressOf(key)) =>
    ask(
      '/events',
      {
        events: activities.map(([type, properties = {}]) => ({
          id: `${key}-${type}`,
          type,
          subject: { email },
          properties,
        })),
      },
      { role: 'api-key' },
    )
  const postAll = async (keys: readonly string[], ...activities: readonly Activity[]): Promise<void> => {
    for (const key of keys) await post(key, activities)
    await client.settle()
  }
  /** Another playbook than the one that is live: it scores a subscription otherwise, and says in a comment whose it is. */
  const draft = async (key: string): Promise<void> => {
    const { files }: { files: Record<string, string> } = JSON.parse(await (await ask('/api/playbook')).text())
    const points = Number(key.replace(/\D/g, '')) % 2 === 0 ? 11 : 12
    const scoring = String(files['scoring.yaml']).replace(
      /(?<=on: newsletter\.subscribed, points: )\d+/,
      String(points),
    )
    await ask(
      '/api/playbook',
      { files: { ...files, 'scoring.yaml': `${scoring}# ${key}\n` } },
      { method: 'PUT' },
    )
  }
  return { ask, post, postAll, draft }
}

/** What people do, and what is seen of them. */
const peopleOf = (client: Client, world: World, receiver: Receiver) => {
  const { ask, post, postAll } = askerOf(client)
  const kept = new Map<string, string>()
  const recall = (what: string): string => {
    const found = kept.get(what)
    if (found === undefined) throw new Error(`there is no ${what}`)
    return found
  }
  const person = (key: string) => world.personOf(addressOf(key), key)
  const told = async (key: string) => ({
    ...Object(await person(key)),
    told: receiver.told(recall(`lead ${key}`)),
  })
  const idOf = async (key: string): Promise<string> => {
    const leadId = await world.listed(addressOf(key))
    if (leadId === undefined) throw new Error(`nobody is called ${key}`)
    kept.set(`lead ${key}`, leadId)
    return leadId
  }
  const signUp = (key: string, more: Record<string, string> = {}) =>
    accepted(() =>
      client.submitForm(
        'newsletter',
        { email: addressOf(key), firstName: 'Uli', _id: key, ...more },
        '?lang=en',
      ),
    )
  const browse = (key: string) =>
    accepted(() =>
      client.raw('/t', {
        method: 'POST',
        headers: { 'content-type': 'text/plain', 'user-agent': agent, origin: 'https://www.example.com' },
        body: JSON.stringify({
          events: [
            ['page.viewed', { path: '/preise', utm_source: 'search' }],
            ['page.engaged', { path: '/preise', seconds: 75 }],
          ].map(([type, properties], index) => ({
            id: `${key}-${index}`,
            type,
            subject: { visitorId: `visitor-${key}` },
            properties,
          })),
        }),
      }),
    )
  const keepLinks = async (keys: readonly string[], path: string): Promise<void> => {
    for (const key of keys) {
      const mails = await client.inbox(addressOf(key))
      const mail = mails.findLast(({ html }) => html.includes(path))
      if (!mail) throw new Error(`no link to ${path} for ${key}`)
      kept.set(`${path} ${key}`, linkIn(mail, path))
    }
  }
  const follow = (key: string, path: string, init: RequestInit = {}) =>
    accepted(() => client.raw(recall(`${path} ${key}`), { ...init, headers: { 'user-agent': agent } }))
  const handedOver = async (keys: readonly string[]): Promise<void> => {
    await postAll(keys, consent, ['demo.requested'], ['quote.requested'])
    for (const key of keys) {
      const leadId = await idOf(key)
      kept.set(`handoff ${key}`, `${leadId}.1`)
    }
  }
  const withSales = async (keys: readonly string[]): Promise<void> => {
    await handedOver(keys)
    for (const key of keys)
      await ask(`/api/handoffs/${recall(`handoff ${key}`)}/accept`, {}, { role: 'sales' })
    await client.settle()
  }
  const mailed = (keys: readonly string[]) => postAll(keys, consent, ['newsletter.subscribed'])
  const rest =
    (act: (key: string) => Promise<unknown>) =>
    async (key: string): Promise<void> => {
      await act(key)
      await client.settle()
    }
  const advanceTo = async (instant: string, early: number): Promise<void> => {
    const left = Date.parse(instant) - Date.parse(await client.now()) - early
    if (left > 0) await client.advance(`${Math.ceil(left / 1000)}s`)
  }

  /** Each falls due by itself: they came half an hour apart. @param due when that is */
  const waited = (
    what: string,
    come: (key: string) => Promise<unknown>,
    due: (key: string) => Promise<string>,
  ): Scenario => ({
    what,
    before: async (keys) => {
      for (const key of keys) {
        await come(key)
        await client.advance('30m')
      }
    },
    ready: async (key) => {
      const instant = await due(key)
      kept.set(`due ${key}`, instant)
      await advanceTo(instant, 3 * minute)
    },
    act: (key) => advanceTo(recall(`due ${key}`), -3 * minute),
    state: person,
    after: async (key) => {
      const [handoff] = (await client.leadByEmail(addressOf(key))).handoffs
      if (handoff) await ask(`/api/handoffs/${handoff.handoffId}/accept`, {}, { role: 'sales' })
    },
  })
  /** A day of business hours ends a minute early. */
  const dueAfter = (days: number) => async (key: string) => {
    const handoffs: { requestedAt: string }[] = Object(await client.leadByEmail(addressOf(key))).handoffs
    return new Date(Date.parse(handoffs[0]?.requestedAt ?? '') + days * (day + minute)).toISOString()
  }

  return {
    ...{ ask, post, postAll, kept, recall, person, told, idOf, signUp, browse, keepLinks, follow },
    ...{ handedOver, withSales, mailed, rest, waited, dueAfter },
  }
}

/** What happens to people, one at a time. */
export const peopleScenarios = (client: Client, world: World, receiver: Receiver): readonly Scenario[] => {
  const people = peopleOf(client, world, receiver)
  const { ask, post, postAll, kept, recall, person, told, idOf, signUp, browse, keepLinks, follow } = people
  const { handedOver, withSales, mailed, rest, waited, dueAfter } = people
  return [
    waited(
      'the next email after its wait',
      (key) => mailed([key]),
      async (key) => (await client.leadByEmail(addressOf(key))).sequences[0]?.nextAt ?? '',
    ),
    waited('sales is reminded of a handoff', (key) => handedOver([key]), dueAfter(10)),
    waited('a handoff is escalated', (key) => handedOver([key]), dueAfter(20)),
    waited('a handoff goes to somebody else', (key) => handedOver([key]), dueAfter(30)),
    {
      what: 'a browser looks at pages',
      act: rest(browse),
      state: (key) => world.visitorOf(`visitor-${key}`, key),
    },
    { what: 'somebody signs up', act: rest((key) => signUp(key)), state: person },
    {
      what: 'somebody signs up whose browser is known',
      before: async (keys) => {
        for (const key of keys) await browse(key)
        await client.settle()
      },
      act: rest((key) => signUp(key, { _visitor: `visitor-${key}` })),
      state: person,
    },
    {
      what: 'a sign-up is confirmed',
      before: async (keys) => {
        for (const key of keys) await signUp(key)
        await client.settle()
        await keepLinks(keys, '/confirm/')
      },
      act: rest((key) => follow(key, '/confirm/', { method: 'POST' })),
      state: person,
    },
    {
      what: 'a consent brings back an email that lacked it',
      before: (keys) => postAll(keys, ['newsletter.subscribed']),
      act: rest((key) => post(key, [consent])),
      state: person,
    },
    {
      what: 'somebody follows a link in an email and opens it',
      before: async (keys) => {
        await postAll(keys, consent)
        for (const key of keys)
          await post(`${key}-measured`, [['consent.granted', { purpose: 'tracking' }]], addressOf(key))
        await postAll(keys, ['newsletter.subscribed'])
        await keepLinks(keys, '/c/')
        await keepLinks(keys, '/o/')
        // What is followed at once is taken for a robot's.
        await client.advance('1h')
      },
      act: async (key) => {
        await follow(key, '/o/')
        await follow(key, '/c/')
        await client.advance('2m')
      },
      state: person,
    },
    {
      what: 'somebody leaves by one click',
      before: async (keys) => {
        await mailed(keys)
        await keepLinks(keys, '/u/')
      },
      act: rest((key) =>
        follow(key, '/u/', {
          method: 'POST',
          body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
        }),
      ),
      state: person,
    },
    {
      what: 'somebody chooses preferences',
      before: async (keys) => {
        await mailed(keys)
        await keepLinks(keys, '/u/')
      },
      act: rest((key) =>
        follow(key, '/u/', {
          method: 'POST',
          body: new URLSearchParams({ preferences: '1', 'purpose.consultation': 'on' }),
        }),
      ),
      state: person,
    },
    {
      what: 'a lead is handed to sales',
      before: async (keys) => {
        await postAll(keys, consent)
        for (const key of keys) await idOf(key)
      },
      act: rest((key) => post(key, [['demo.requested'], ['quote.requested']])),
      state: told,
    },
    {
      what: 'what a lead was handed over for is taken back',
      before: handedOver,
      act: rest((key) => post(key, [['activity.voided', { activityId: `${key}-quote.requested` }]])),
      state: told,
    },
    {
      what: 'sales loses a deal',
      before: withSales,
      act: rest((key) =>
        ask(`/api/leads/${recall(`lead ${key}`)}/activities`, {
          ...{ id: `${key}-lost`, type: 'deal.lost' },
          properties: { reason: 'not-now' },
        }),
      ),
      state: told,
    },
    {
      what: 'an order is placed',
      before: (keys) => postAll(keys, consent),
      act: rest((key) => post(key, [['order.completed', { orderId: key, amount: '90', currency: 'EUR' }]])),
      state: person,
    },
    {
      what: 'a webhook fails and is told again later',
      before: async (keys) => {
        await postAll(keys, consent)
        for (const key of keys) await idOf(key)
      },
      act: async (key) => {
        receiver.fail(recall(`lead ${key}`))
        await post(key, [['demo.requested'], ['quote.requested']])
        await client.settle()
        // After a quarter of an hour it waits by a schedule.
        await client.advance('15m')
        receiver.mend()
        await client.advance('3h')
      },
      state: told,
    },
    {
      what: 'sales accepts by the link',
      ready: async (key) => {
        await handedOver([key])
        const mail = (await client.inbox('anna@sales.example.com')).at(-1)
        if (!mail) throw new Error(`no handoff of ${key}`)
        kept.set(`/h/ ${key}`, linkIn(mail, '/h/'))
      },
      act: rest((key) =>
        follow(key, '/h/', { method: 'POST', body: new URLSearchParams({ answer: 'accept' }) }),
      ),
      state: told,
    },
    {
      what: 'sales rejects in the console',
      ready: (key) => handedOver([key]),
      act: rest((key) =>
        ask(`/api/handoffs/${recall(`handoff ${key}`)}/reject`, { reason: 'not-now' }, { role: 'sales' }),
      ),
      state: told,
    },
    {
      what: 'sales wins a deal by hand',
      before: withSales,
      act: rest((key) =>
        ask(`/api/leads/${recall(`lead ${key}`)}/activities`, {
          id: `${key}-won`,
          type: 'deal.won',
          properties: { amount: '1200.00', currency: 'EUR' },
        }),
      ),
      state: told,
    },
    {
      what: 'a CRM tells of a deal',
      before: withSales,
      act: rest((key) =>
        accepted(() =>
          client.raw('/hooks/salesforce', {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'x-trichter-token': world.hookSecret },
            body: JSON.stringify({ ...world.salesforceDeal, id: `deal-${key}`, email: addressOf(key) }),
          }),
        ),
      ),
      state: person,
    },
    {
      what: 'two leads are merged that sales was asked for',
      before: (keys) => handedOver(keys.flatMap((key) => [key, `${key}-other`])),
      act: rest((key) =>
        ask(`/api/leads/${recall(`lead ${key}`)}/merge`, { leadId: recall(`lead ${key}-other`) }),
      ),
      state: (key) =>
        world.stateOf(recall(`lead ${key}`), recall(`lead ${key}-other`), key.toLowerCase(), key),
    },
    ...['bounce', 'complaint'].map((mailbox): Scenario => {
      const email = (key: string) => `${mailbox}+${key.toLowerCase()}@simulator.amazonses.com`
      return {
        what: `an email comes back as ${mailbox}`,
        // The many of them pause all sending.
        ready: async () => {
          await client.post('/api/sending/resume', {}, 'admin')
        },
        before: async (keys) => {
          for (const key of keys) await post(key, [consent], email(key))
        },
        act: rest((key) => post(key, [['newsletter.subscribed']], email(key))),
        state: (key) => world.personOf(email(key), key),
      }
    }),
  ]
}

/** By itself: an erasure rests for seconds before it goes on. */
export const erasureScenario = (client: Client, world: World, receiver: Receiver): readonly Scenario[] => {
  const { ask, postAll, recall, handedOver } = peopleOf(client, world, receiver)
  return [
    {
      what: 'somebody is erased',
      before: async (keys) => {
        await handedOver(keys)
        await postAll(keys, ['newsletter.subscribed'])
      },
      act: async (key) => {
        await ask(`/api/leads/${recall(`lead ${key}`)}`, undefined, { method: 'DELETE' })
        await client.settle()
        await client.advance('1h')
      },
      state: async (key) => ({
        items: (await world.partition(`L#${recall(`lead ${key}`)}`)).map(({ sk }) => String(sk)),
        listed: (await world.listed(addressOf(key))) ?? 'nobody',
        told: new Set((await client.events('LeadErased')).map(({ detail }) => detail.metadata.id)).size,
        pointers: await world.holding(key),
      }),
    },
  ]
}
