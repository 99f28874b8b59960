import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { HandoffView } from './client.ts'
import { playbookWithHandoff } from './playbook-folder.ts'
import { useStory } from './use-story.ts'

const leads = 40
const address = (lead: number): string => `near-${lead}@order.example.net`

/** 40 points for the quote and 10 for the download: just below the threshold of 60. */
const activitiesOf = (lead: number, more: readonly string[] = []) =>
  ['content.downloaded', 'quote.requested', ...more].map((type) => ({
    id: `near-${lead}-${type}`,
    type,
    properties: {},
    subject: { email: address(lead) },
  }))

const knownBefore = (lead: number) =>
  [
    { type: 'consent.granted', properties: { purpose: 'consultation' } },
    {
      type: 'profile.updated',
      properties: { fields: { firstName: 'Uli', language: lead % 2 === 0 ? 'de' : 'en' } },
    },
  ].map((activity) => ({
    ...activity,
    id: `near-${lead}-${activity.type}`,
    subject: { email: address(lead) },
  }))

interface Trial extends HandoffView {
  readonly explored?: true
  readonly score: number
}

interface Trials {
  readonly items: readonly Trial[]
}

describe('some leads just below the threshold go to sales by way of trial', () => {
  const client = useStory({
    playbook: async () =>
      playbookWithHandoff(`${await readFile('templates/handoff.yaml', 'utf8')}\nexplore: 50%\n`),
  })
  const handoffs = async () =>
    (await client.get<Trials>('/api/handoffs?state=requested&limit=100', 'sales')).items

  beforeAll(async () => {
    const all = Array.from({ length: leads }, (_, lead) => lead)
    await client.postEvents(all.flatMap((lead) => [...knownBefore(lead), ...activitiesOf(lead)]))
    await client.settle()
  })

  it('about as many as the playbook says, each once, marked', async () => {
    const given = await handoffs()
    expect(given.length).toBeGreaterThan(5)
    expect(given.length).toBeLessThan(35)
    for (const { explored, score } of given) expect([explored, Math.round(score)]).toEqual([true, 50])
    const drawn = await client.events('LeadExplored')
    expect(new Set(drawn.map(({ detail }) => detail.data.leadId))).toEqual(
      new Set(given.map(({ leadId }) => leadId)),
    )
    expect(await client.events('HandoffRequested')).toHaveLength(given.length)
  })

  it('and the email to sales says so', async () => {
    const [first] = await handoffs()
    if (!first) throw new Error('nobody was drawn')
    const mails = await client.inbox(first.owner.email)
    expect(mails.length).toBeGreaterThan(0)
    for (const { text } of mails) expect(text).toMatch(/by way of trial|zur Probe/)
  })

  it('the same facts again draw nobody else, and what qualifies by itself bears no mark', async () => {
    const before = (await handoffs()).map(({ handoffId }) => handoffId)
    const all = Array.from({ length: leads }, (_, lead) => lead)
    await client.postEvents(all.flatMap((lead) => activitiesOf(lead)))
    await client.settle()
    expect((await handoffs()).map(({ handoffId }) => handoffId)).toEqual(before)
    await client.postEvents(all.flatMap((lead) => activitiesOf(lead, ['demo.requested'])))
    await client.settle()
    const after = await handoffs()
    expect(after).toHaveLength(leads)
    expect(after.filter(({ explored }) => explored)).toHaveLength(before.length)
  })

  it('sales answers as ever', async () => {
    const [one, other] = (await handoffs()).filter(({ explored }) => explored)
    if (!one || !other) throw new Error('hardly anybody was drawn')
    expect((await client.post(`/api/handoffs/${one.handoffId}/accept`, {})).status).toBe(200)
    expect((await client.post(`/api/handoffs/${other.handoffId}/reject`, { reason: 'not-now' })).status).toBe(
      200,
    )
    await client.settle()
    const recycled = await client.events('LeadRecycled')
    expect(recycled.map(({ detail }) => detail.data.leadId)).toEqual([other.leadId])
    expect(await client.get(`/api/leads/${one.leadId}`)).toMatchObject({ deals: [{ status: 'open' }] })
  })

  it('nobody outside may draw a lead', async () => {
    const { rejected } = await client.postEvents([
      { id: 'mine', type: 'lead.explored', properties: { cycle: 1 }, subject: { email: address(0) } },
    ])
    expect(rejected).toMatchObject([{ index: 0 }])
  })
})
