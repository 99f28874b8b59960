import { describe, expect, it } from 'vitest'
import { sampleActivities } from '../../bin/sample-leads.ts'
import type { KpiReport } from '../../domain/kpi/report.ts'
import { storedRows } from './stored-rows.ts'
import { useStory } from './use-story.ts'

const client = useStory()

const dayOf = (instant: string): string => instant.slice(0, 10)
const daysLater = (instant: string, days: number): string =>
  dayOf(new Date(Date.parse(instant) + days * 86_400_000).toISOString())

/** The figures of the last hundred days, today included. */
const figures = async (query = ''): Promise<KpiReport> => {
  const now = await client.now()
  return client.get<KpiReport>(`/api/kpi?from=${daysLater(now, -100)}&to=${daysLater(now, 2)}${query}`)
}

const metric = (report: KpiReport, phase: string, key: string) =>
  report.sales.phases.find(({ id }) => id === phase)?.metrics[key]

const told = async (...events: readonly object[]): Promise<void> => {
  const { rejected } = await client.postEvents(events)
  expect(rejected).toEqual([])
  await client.settle()
}

/** A function that dies answers 500, and who sent the events sends them again. */
const post = async (events: readonly object[], tries = 20): Promise<void> => {
  try {
    await client.postEvents(events)
  } catch (error) {
    if (tries === 1) throw error
    await post(events, tries - 1)
  }
}

const grete = 'grete@werk.example.net'

describe('both teams look at the same figures', () => {
  it('has none before anybody has come', async () => {
    const report = await figures('&by=month')
    expect(report.sources).toEqual([])
    expect(report.funnel.stages.map(({ entered }) => entered)).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('knows where a sign-up came from, as soon as all is settled', async () => {
    await client.submitForm('newsletter', { email: grete, utm_source: 'google', utm_campaign: 'spring' })
    await told(
      {
        id: 'visit',
        type: 'page.viewed',
        subject: { email: 'ben@werk.example.net' },
        properties: { path: '/', utm_source: 'fair' },
      },
      {
        id: 'visit-of-grete',
        type: 'page.viewed',
        subject: { email: grete },
        properties: { path: '/', utm_source: 'linkedin' },
      },
    )
    const { sources, funnel } = await figures()
    expect(sources.map(({ source, campaign, leads }) => [source, campaign, leads])).toEqual(
      expect.arrayContaining([['fair', null, 1]]),
    )
    expect(sources.reduce((sum, { leads }) => sum + leads, 0)).toBe(2)
    expect(funnel.stages[0]?.metrics.visits).toBe(2)
  })

  it('follows a lead to sales and to the deal that is won', async () => {
    await told({
      id: 'consent',
      type: 'consent.granted',
      subject: { email: grete },
      properties: { purpose: 'newsletter' },
    })
    await told({ id: 'demo', type: 'demo.requested', subject: { email: grete }, properties: {} })
    await told({ id: 'quote', type: 'quote.requested', subject: { email: grete }, properties: {} })
    const { leadId } = await client.leadByEmail(grete)
    const asked = await figures()
    expect(metric(asked, 'lead_qualification', 'qualifiedLeads')).toBe(1)
    expect(asked.shared.handoffAcceptanceRate).toBeNull()
    expect((await client.post(`/api/handoffs/${leadId}.1/accept`, undefined)).status).toBe(200)
    await client.settle()
    expect((await figures()).shared.handoffAcceptanceRate).toBe(1)

    const won = { type: 'deal.won', properties: { amount: '12500.50', currency: 'EUR' } }
    expect((await client.post(`/api/leads/${leadId}/activities`, won)).status).toBe(202)
    await client.settle()
    const report = await figures()
    expect(metric(report, 'closing', 'revenue')).toEqual({ EUR: '12500.50' })
    expect(report.sources.flatMap(({ revenue }) => Object.values(revenue))).toEqual(['12500.50'])
    for (const credits of Object.values(report.attribution))
      expect(credits.map(({ revenue }) => revenue.EUR)).toContain('12500.50')
  })

  it('sets what a channel cost beside what it brought', async () => {
    const cost = {
      type: 'channel.cost',
      properties: { source: 'fair', campaign: null, amount: '300', currency: 'EUR' },
    }
    await told({ ...cost, id: 'cost' }, { ...cost, id: 'cost' })
    const { sources } = await figures()
    expect(sources.find(({ source }) => source === 'fair')).toMatchObject({
      leads: 1,
      cost: { EUR: '300.00' },
      costPerLead: { EUR: '300.00' },
    })
    const { rejected } = await client.postEvents([
      { ...cost, id: 'of-somebody', subject: { email: grete } },
      { ...cost, id: 'of-nothing', properties: { source: 'fair' } },
    ])
    expect(rejected.map(({ index }) => index)).toEqual([0, 1])
  })

  it('has the four sources of the sample leads', async () => {
    const now = await client.now()
    const events = sampleActivities(Date.parse(now))
    for (let from = 0; from < events.length; from += 100)
      await client.postEvents(events.slice(from, from + 100))
    await client.settle()
    const { groups = [] } = await figures('&by=source')
    expect(groups.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['fair', 'google', 'linkedin', 'trade-press']),
    )
  })

  it('refuses periods and groups that there are not', async () => {
    const refused = async (query: string) => {
      const answer = await client.raw(`/api/kpi?${query}`, {
        headers: { authorization: 'Bearer local-sales' },
      })
      const { errors }: { errors?: { path: string }[] } = JSON.parse(await answer.text())
      return [answer.status, errors?.map(({ path }) => path)]
    }
    expect(await refused('from=2026-03-02&to=2026-03-01')).toEqual([422, ['to']])
    expect(await refused('from=2020-01-01&to=2026-03-01')).toEqual([422, ['to']])
    expect(await refused('from=2026-03-01&to=2026-03-02&by=mood')).toEqual([422, ['by']])
  })
})

describe('two leads that are one', () => {
  it('count once, and twice again when they are parted', async () => {
    const [one, other] = ['anton@werk.example.net', 'anton@home.example.net']
    for (const email of [one, other])
      await told({ id: `of-${email}`, type: 'webinar.attended', subject: { email }, properties: {} })
    const [kept, gone] = [await client.leadByEmail(one), await client.leadByEmail(other)]
    const leads = async () => metric(await figures(), 'lead_generation', 'leads')
    const apart = Number(await leads())
    const body = { leadId: gone.leadId }
    expect((await client.post(`/api/leads/${kept.leadId}/merge`, body, 'admin')).status).toBe(202)
    await client.settle()
    expect(await leads()).toBe(apart - 1)
    expect((await client.post(`/api/leads/${kept.leadId}/unmerge`, body, 'admin')).status).toBe(202)
    await client.settle()
    expect(await leads()).toBe(apart)
  })
})

describe('functions that die, stores that stumble, messages that come twice', () => {
  it('change no figure', async () => {
    const before = await figures()
    const visits = (report: KpiReport) => Number(report.funnel.stages[0]?.metrics.visits)
    for (const fault of [
      { service: 'lambda', error: 'Crash', rate: 0.1 },
      { service: 's3', operation: 'PutObject', error: 'ServiceUnavailable', rate: 0.2 },
      { service: 's3', operation: 'GetObject', error: 'ServiceUnavailable', rate: 0.2 },
      { duplicate: 0.2 },
    ])
      expect((await client.faults(fault)).status).toBeLessThan(300)
    const count = 60
    for (let from = 0; from < count; from += 20) {
      const events = Array.from({ length: 20 }, (_, n) => ({
        id: `among-faults-${from + n}`,
        type: 'page.viewed',
        subject: { email: `person-${(from + n) % 15}@faults.example.net` },
        properties: { path: '/' },
      }))
      await post(events)
      await client.settle()
    }
    await client.faults()
    await client.settle()
    expect(visits(await figures())).toBe(visits(before) + count)
  })
})

describe('whoever is erased', () => {
  it('counts no more, and is in no object', async () => {
    const { leadId } = await client.leadByEmail(grete)
    expect((await storedRows(client)).leads.has(leadId)).toBe(true)
    const erased = await client.raw(`/api/leads/${leadId}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer local-admin' },
    })
    expect(erased.status).toBe(202)
    await client.settle()
    expect((await client.events('LeadErased')).map(({ detail }) => detail.data.leadId)).toContain(leadId)
    const { leads, names } = await storedRows(client)
    expect(leads.has(leadId)).toBe(false)
    expect(names.filter((name) => name.includes(leadId))).toEqual([])
    expect(metric(await figures(), 'closing', 'revenue')).not.toMatchObject({ EUR: '12500.50' })
  })
})

describe('the rows themselves', () => {
  it('are for admins, as a file that programs read', async () => {
    const rows = (role: string) =>
      client.raw('/api/kpi/rows.parquet', { headers: { authorization: `Bearer local-${role}` } })
    expect((await rows('sales')).status).toBe(403)
    const file = Buffer.from(await (await rows('admin')).arrayBuffer())
    expect([file.subarray(0, 4).toString(), file.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1'])
  })
})
