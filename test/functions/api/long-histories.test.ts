import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { type ApiResult, leadPageQuery, mostFacts } from '../../../functions/api/api-request.ts'
import { makeExportLead } from '../../../functions/api/export-lead.ts'
import { makeExplainScore, makeShowLead } from '../../../functions/api/show-lead.ts'
import { makeShowTimeline } from '../../../functions/api/show-timeline.ts'
import type { Send } from '../../../functions/send-ports.ts'
import { leadIdOf } from '../../domain/support/facts.ts'
import { apiWorld } from './api-world.ts'

const leadId = leadIdOf('lead-0001')
const email = 'anna@werk.example.net'
const begin = Date.parse('2026-02-01T00:00:00.000Z')
const moment = (minute: number): string => new Date(begin + minute * 60_000).toISOString()

const kinds: readonly (readonly [string, Fact['properties']])[] = [
  ['page.viewed', { path: '/pricing' }],
  ['form.submitted', { form: 'newsletter', purpose: 'newsletter', fields: { company: 'Kern' } }],
  ['consent.granted', { purpose: 'newsletter', wording: 'Ja' }],
  ['demo.requested', {}],
]
const log = Array.from({ length: 300 }, (_, minute): Fact => {
  const [type, properties] = kinds[minute % 7] ?? ['page.viewed', { path: '/' }]
  return { id: `f-${minute}`, type, occurredAt: moment(minute), properties }
})

/** A lead of 300 activities, kept as it was after 150 and after 250 of them; counts how much of its log is read. */
const longWorld = async () => {
  const world = apiWorld()
  const stateAfter = (count: number) => {
    const state = foldLead(log.slice(0, count), world.rules, moment(count - 1))
    if (!state) throw new Error('no state')
    return state
  }
  const checkpoints = [
    await world.checkpoints.keep(leadId, 0, stateAfter(150)),
    await world.checkpoints.keep(leadId, 1, stateAfter(250)),
  ]
  await world.add(leadId, log, { email, checkpoints })
  const notSent: Send = {
    ...{ sendId: `${leadId}:interest:1:0`, leadId, email: 'welcome', marketing: true },
    ...{ status: 'suppressed', reason: 'no-consent', at: moment(280.5) },
    request: { leadId, sendId: `${leadId}:interest:1:0`, email: 'welcome', recipient: 'lead' },
    cause: { decisionId: 'd', correlationId: 'c' },
    ...{ requestedAt: moment(0), claimedAt: moment(0), leaseUntil: moment(0) },
  }
  await world.sends.claim(notSent, moment(0))
  const read: number[] = []
  const counted = <Facts extends readonly Fact[] | undefined>(facts: Facts): Facts => {
    read.push(facts?.length ?? 0)
    return facts
  }
  const ports = {
    ...world,
    leads: {
      ...world.leads,
      factsWithin: async (id: typeof leadId, most: number) =>
        counted(await world.leads.factsWithin(id, most)),
      factsOf: async (...given: Parameters<typeof world.leads.factsOf>) =>
        counted(await world.leads.factsOf(...given)),
      tail: async (...given: Parameters<typeof world.leads.tail>) =>
        counted(await world.leads.tail(...given)),
    },
  }
  return { world, ports, read }
}

const ask =
  (answer: ReturnType<typeof makeShowTimeline>) =>
  (query: Readonly<Record<string, string>> = {}): Promise<ApiResult> =>
    answer({
      params: { leadId },
      query: leadPageQuery.parse(query),
      body: undefined,
      caller: { name: 'Sam', email: '', roles: ['admin'] },
    })

const bodyOf = (result: ApiResult): Record<string, unknown> => {
  if (result.type !== 'ok') throw new Error(`refused: ${JSON.stringify(result)}`)
  return result.body as Record<string, unknown>
}

const timelinePage = z.looseObject({
  items: z.array(z.looseObject({ id: z.string() })),
  next: z.optional(z.string()),
})
type TimelinePage = z.infer<typeof timelinePage>

/** Every page, and how many facts were read for each. */
const pagesOf = async (ports: Parameters<typeof makeShowTimeline>[0], read: number[], limit: number) => {
  const pages: TimelinePage[] = []
  const reads: number[][] = []
  let cursor: string | undefined
  do {
    read.length = 0
    const query = { limit: String(limit), ...(cursor !== undefined && { cursor }) }
    const page = timelinePage.parse(bodyOf(await ask(makeShowTimeline(ports))(query)))
    pages.push(page)
    reads.push([...read])
    cursor = page.next
  } while (cursor !== undefined)
  return { items: pages.flatMap(({ items }) => items), reads }
}

describe('a lead who has done much', () => {
  it('has a timeline whose newest pages are told from a kept state, the same as from the whole log', async () => {
    const { ports, read } = await longWorld()
    const { items, reads } = await pagesOf(ports, read, 50)
    expect(reads).toEqual([[150], [150], [150], [150, 300], [150, 300], [150, 300], [150, 300]])
    const whole = await pagesOf({ ...ports, checkpoints: { load: async () => undefined } }, read, 50)
    expect(items).toEqual(whole.items)
    expect(items).toHaveLength(301)
    expect(whole.reads.every(([count]) => count === 300)).toBe(true)
  })

  it('has a page for which nothing is read but what tells of consent, the same as from the whole log', async () => {
    const { world, ports, read } = await longWorld()
    const page = bodyOf(await ask(makeShowLead(ports))())
    expect(read).toEqual([86])
    expect(page).toMatchObject({ leadId, email, attributes: { company: 'Kern' }, stage: 'intent' })
    const lead = await world.leads.load(leadId)
    if (!lead?.state) throw new Error('no state')
    await world.leads.commit({ ...lead, state: { ...lead.state, rules: 'older' } }, 0)
    expect(bodyOf(await ask(makeShowLead(ports))())).toEqual(page)
    expect(read).toEqual([86, 300])
  })

  it('with more activities than one answer is made of keeps page and newest timeline, and is told of the rest', async () => {
    const { ports } = await longWorld()
    const asked: number[] = []
    const leads = {
      ...ports.leads,
      factsWithin: async (_: typeof leadId, most: number) => {
        asked.push(most)
        return undefined
      },
    }
    const beyond = { ...ports, leads }
    expect(bodyOf(await ask(makeShowLead(beyond))())).toMatchObject({ leadId })
    const [timeline, explain, exported] = [
      ask(makeShowTimeline(beyond)),
      ask(makeExplainScore(beyond)),
      ask(makeExportLead(beyond)),
    ]
    const newest = timelinePage.parse(bodyOf(await timeline({ limit: '100' })))
    expect(newest.items).toHaveLength(100)
    const last = await timeline({ limit: '100', cursor: newest.next ?? '' })
    for (const answer of [
      last,
      await explain(),
      await exported(),
      await ask(makeShowLead(beyond))({ at: moment(9) }),
    ])
      expect(answer).toMatchObject({ type: 'too-much', detail: expect.stringContaining(String(mostFacts)) })
    expect(new Set(asked)).toEqual(new Set([mostFacts]))
  })
})
