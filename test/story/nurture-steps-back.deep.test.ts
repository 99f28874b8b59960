import { beforeAll, describe, expect, it } from 'vitest'
import { useStory } from './use-story.ts'

interface Lead {
  readonly leadId: string
  readonly stage: string
  readonly qualification: {
    readonly status: string
    readonly cycle: number
    readonly butFor: string | null
    readonly pausedUntil: string | null
    readonly reason: string | null
  }
  readonly sequences: readonly {
    readonly sequence: string
    readonly status: string
    readonly nextAt: string | null
    readonly heldBy?: string
    readonly because?: string
  }[]
  readonly handoffs: readonly { readonly handoffId: string; readonly state: string }[]
}

const settings = `company: { name: Probe GmbH, address: 'Weg 1, 33602 Bielefeld', imprint: https://www.example.com/imprint }
sender: { name: Probe, email: hallo@mail.example.com }
timeZone: Europe/Berlin
languages: [en, de]
`
const handoff = `qualify: 'did("quote.requested") && consented'
require: [email, phone]
teams:
  dach:
    timeZone: Europe/Berlin
    hours: { days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "23:59" }
    strategy: round-robin
    members: [{ name: Anna Berg, email: anna@sales.example.com }]
route: [{ team: dach }]
reject:
  not-now: { recycle: interest, pause: 30d, sequence: again }
  wrong-fit: { close: true }
lost:
  price: { recycle: interest, pause: 90d, sequence: again }
`
const sequences = {
  'sequences/probe.yaml': `id: probe
enter: { activity: probe.ordered }
steps:
  - wait: 3d
  - email: case-study
  - wait: 3d
  - email: comparison
`,
  'sequences/again.yaml': `id: again
enter: { when: 'lead.segment == "nobody"' }
steps:
  - email: hidden-cost
`,
  'sequences/customers.yaml': `id: customers
enter: { activity: deal.won }
steps:
  - email: second-hall
`,
}

/** From its qualification until it is given back, a lead gets no marketing mail; then it goes on, or ends. */
describe('nurture steps back for sales', () => {
  const client = useStory()
  let ids = 0
  beforeAll(async () => {
    const { files } = await client.get<{ files: Readonly<Record<string, string>> }>('/api/playbook')
    const kept = Object.entries(files).filter(([file]) => !/^(sequences|rehearsals|hooks)\//.test(file))
    const own = { ...sequences, 'settings.yaml': settings, 'handoff.yaml': handoff }
    for (const [method, path, body] of [
      ['PUT', '/api/playbook', { files: { ...Object.fromEntries(kept), ...own } }],
      ['POST', '/api/playbook/publish', {}],
    ] as const) {
      const headers = { authorization: 'Bearer local-marketing', 'content-type': 'application/json' }
      const response = await client.raw(path, { method, headers, body: JSON.stringify(body) })
      expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
    }
    await client.settle()
  })

  const record = async (email: string, ...types: readonly (readonly [string, object?])[]) => {
    const events = types.map(([type, properties = {}]) => {
      ids += 1
      return { id: `back-${ids}`, type, subject: { email }, properties }
    })
    expect((await client.postEvents(events)).rejected).toEqual([])
    await client.settle()
  }
  const show = async (email: string): Promise<Lead> =>
    client.get<Lead>(`/api/leads/${(await client.leadByEmail(email)).leadId}`)
  const run = async (email: string, sequence = 'probe') =>
    (await show(email)).sequences.find((one) => one.sequence === sequence)
  const mails = async (email: string) => (await client.inbox(email)).map(({ tags }) => tags.email)
  const told = async (type: string, leadId: string) =>
    (await client.events(type))
      .filter(({ detail }) => detail.data.leadId === leadId)
      .map(({ detail }) => detail.data)
  const answer = async (email: string, path: 'accept' | 'reject', body: object = {}) => {
    const open = (await show(email)).handoffs.find(({ state }) => state === 'requested')
    expect((await client.post(`/api/handoffs/${open?.handoffId}/${path}`, body)).status).toBe(200)
    await client.settle()
  }
  /** In the middle of a sequence, and with sales a day later. */
  const qualified = async (email: string) => {
    await record(
      email,
      ['consent.granted', { purpose: 'newsletter' }],
      ['profile.updated', { fields: { language: 'en', phone: '+49 521 1' } }],
      ['probe.ordered'],
    )
    await client.advance('1d')
    await record(email, ['quote.requested'])
    expect((await show(email)).qualification.status).toBe('with-sales')
  }

  it('shows what a lead lacks, and hands it over once that is there', async () => {
    const email = 'lacks@werk.example.net'
    await record(email, ['quote.requested'], ['consent.granted', { purpose: 'newsletter' }])
    const lead = await show(email)
    expect(lead.qualification).toMatchObject({ status: 'not-yet', butFor: 'phone', cycle: 1 })
    expect(lead.handoffs).toEqual([])
    const list = await client.get<{ items: Pick<Lead, 'qualification'>[] }>(`/api/leads?email=${email}`)
    expect(list.items.map(({ qualification }) => qualification)).toEqual([{ status: 'not-yet' }])
    await record(email, ['profile.updated', { fields: { phone: '+49 521 2' } }])
    const ready = await show(email)
    expect(ready.qualification).toMatchObject({ status: 'with-sales', butFor: null })
    expect(ready.handoffs).toMatchObject([{ state: 'requested' }])
  })

  it('holds a sequence until sales gives the lead back, for as long; the end of the pause qualifies it again', async () => {
    const email = 'back@werk.example.net'
    await qualified(email)
    await client.advance('3d')
    expect(await mails(email)).toEqual([])
    expect(await run(email)).toMatchObject({ status: 'held', heldBy: 'sales', nextAt: null })

    await answer(email, 'reject', { reason: 'not-now' })
    const { leadId, qualification, stage } = await show(email)
    expect(stage).toBe('interest')
    expect(qualification).toMatchObject({ status: 'paused', cycle: 2, reason: 'not-now', butFor: null })
    expect(await told('LeadRecycled', leadId)).toMatchObject([
      { reason: 'not-now', sequence: 'again', pausedUntil: qualification.pausedUntil, to: 'interest' },
    ])
    // The sequence that the reason names begins at once; the one that was held goes on three days later than planned.
    expect(await mails(email)).toEqual(['hidden-cost'])
    await client.advance('47h')
    expect(await mails(email)).toEqual(['hidden-cost'])
    await client.advance('2h')
    expect(await mails(email)).toEqual(['hidden-cost', 'case-study'])
    await client.advance('3d')
    expect(await mails(email)).toEqual(['hidden-cost', 'case-study', 'comparison'])

    await client.advance('24d')
    expect((await show(email)).qualification.status).toBe('paused')
    await client.advance('2d')
    const again = await show(email)
    expect(again.qualification).toMatchObject({ status: 'with-sales', cycle: 2 })
    expect(again.handoffs.map(({ state }) => state).toSorted()).toEqual(['rejected', 'requested'])

    await record(email, ['probe.ordered'])
    await answer(email, 'reject', { reason: 'wrong-fit' })
    const closed = await show(email)
    expect(closed.qualification).toMatchObject({ status: 'closed', reason: 'wrong-fit' })
    expect(await told('LeadClosed', leadId)).toMatchObject([{ reason: 'wrong-fit', cycle: 2 }])
    await record(email, ['quote.requested'])
    expect((await show(email)).handoffs).toHaveLength(2)
  })

  it('ends what a lead was in when it is closed, and begins what is for customers when it is won', async () => {
    const [closed, won] = ['closed@werk.example.net', 'won@werk.example.net']
    await qualified(closed)
    await qualified(won)
    await answer(won, 'accept')
    await client.advance('3d')
    await answer(closed, 'reject', { reason: 'wrong-fit' })
    expect(await run(closed)).toMatchObject({ status: 'exited', because: 'closed' })
    expect((await show(won)).qualification.status).toBe('with-sales')
    await record(won, ['deal.won', { amount: '1200.00', currency: 'EUR' }])
    expect((await show(won)).qualification.status).toBe('customer')
    expect(await run(won)).toMatchObject({ status: 'exited', because: 'customer' })
    await client.advance('30d')
    expect([await mails(closed), await mails(won)]).toEqual([[], ['second-hall']])
  })

  it('sends a lead back whose deal is lost, as the reason says', async () => {
    const email = 'lost@werk.example.net'
    await qualified(email)
    await answer(email, 'accept')
    await client.advance('4d')
    await record(email, ['deal.lost', { reason: 'price' }])
    const lead = await show(email)
    expect(lead.qualification).toMatchObject({ status: 'paused', cycle: 2, reason: 'price' })
    expect(await told('LeadRecycled', lead.leadId)).toMatchObject([{ because: 'lost', sequence: 'again' }])
    expect(await mails(email)).toEqual(['hidden-cost'])
    await client.advance('3d')
    expect(await mails(email)).toEqual(['hidden-cost', 'case-study'])
  })
})
