import { describe, expect, it } from 'vitest'
import { requestHandoff } from '../../../domain/handoff/request-handoff.ts'
import type { LeadId } from '../../../domain/model/activity.ts'
import { type ApiResult, nameOfList, toListCursor } from '../../../functions/api/api-request.ts'
import { fact, leadIdOf } from '../../domain/support/facts.ts'
import { apiWorld, now } from './api-world.ts'

const bodyOf = <Body>(result: ApiResult): Body => {
  if (result.type !== 'ok') throw new Error(`refused: ${JSON.stringify(result)}`)
  return result.body as Body
}

const handOver = async (world: ReturnType<typeof apiWorld>, ...leadIds: readonly LeadId[]) => {
  const rules = world.rules.playbook.handoff
  const team = rules.teams.dach
  if (!team) throw new Error('no team')
  for (const leadId of leadIds) {
    const decided = { score: 70, stage: 'intent', decisionId: 'd', correlationId: 'c' } as const
    const choice = { team, member: team.members[0], because: 'routed' } as const
    const handoff = requestHandoff({ qualified: { leadId, cycle: 1, ...decided }, choice, rules, now })
    await world.handoffs.commit(handoff)
  }
}

const handoffPage = async (world: ReturnType<typeof apiWorld>) => {
  await handOver(world, await world.addLead(101), await world.addLead(102))
  return world.call('/api/handoffs', { query: { limit: '1' } })
}

describe('the console API', () => {
  it('knows its addresses, their methods and who may use them', async () => {
    const { call } = apiWorld()
    expect(await call('/api/nothing')).toMatchObject({ type: 'not-found' })
    expect(await call('/api/leads', { method: 'DELETE' })).toEqual({
      type: 'method-not-allowed',
      allow: ['GET'],
    })
    expect(await call('/api/leads', { groups: '[guests]' })).toMatchObject({ type: 'forbidden' })
    expect(await call('/api/handoffs/x.1/accept', { method: 'POST', groups: '[marketing]' })).toMatchObject({
      type: 'forbidden',
    })
    expect(bodyOf(await call('/api/me', { groups: '[sales guests marketing]' }))).toEqual({
      name: 'Sam',
      roles: ['marketing', 'sales'],
    })
  })

  it('reads JSON and nothing else', async () => {
    const { call } = apiWorld()
    const path = '/api/handoffs/lead-0001.1/reject'
    expect(await call(path, { method: 'POST', body: '{' })).toMatchObject({ type: 'malformed' })
    expect(await call(path, { method: 'POST', body: 'a=b', type: 'text/plain' })).toMatchObject({
      type: 'unsupported-media-type',
    })
    expect(await call(path, { method: 'POST', body: '{}' })).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'reason' }],
    })
  })

  it('notices in a list that leads stand under other rules than the live ones', async () => {
    const world = apiWorld()
    const leadId = await world.addLead(1)
    await world.call('/api/leads')
    expect(world.stale).toEqual([])
    const lead = await world.leads.load(leadId)
    if (!lead?.state) throw new Error('no state')
    await world.leads.commit({ ...lead, state: { ...lead.state, rules: 'older' } }, 0)
    await world.call('/api/leads')
    expect(world.stale).toEqual(['older'])
  })

  it('lists leads by address whatever its case, by text, and page by page', async () => {
    const world = apiWorld()
    for (let number = 1; number <= 7; number += 1)
      await world.addLead(number, {
        company: number % 2 ? 'Nordwerk' : 'Suedwerk',
        firstName: `Ada ${number}`,
      })
    const idsOf = (result: ApiResult) =>
      bodyOf<{ items: { leadId: string }[] }>(result).items.map(({ leadId }) => leadId)

    expect(idsOf(await world.call('/api/leads', { query: { email: 'LEAD-3@werk.example.net' } }))).toEqual([
      'lead-0003',
    ])
    expect(idsOf(await world.call('/api/leads', { query: { email: 'no address' } }))).toEqual([])
    expect(idsOf(await world.call('/api/leads', { query: { q: 'nordwerk', limit: '3' } }))).toHaveLength(3)

    const seen: string[] = []
    let cursor: string | undefined
    do {
      const result = await world.call('/api/leads', { query: { limit: '3', ...(cursor && { cursor }) } })
      seen.push(...idsOf(result))
      cursor = bodyOf<{ next?: string }>(result).next
    } while (cursor)
    expect(new Set(seen).size).toBe(7)
    expect(seen).toHaveLength(7)

    const ofHandoffs = bodyOf<{ next: string }>(await handoffPage(world)).next
    const tooLong = toListCursor(nameOfList('leads', { limit: 3 }), 'x'.repeat(1_030))
    for (const query of [
      { cursor: ofHandoffs },
      { cursor: tooLong },
      { limit: '0' },
      { limit: '101' },
      { limit: 'x' },
      { cursor: '%%' },
      { stage: 'sold' },
    ])
      expect(await world.call('/api/leads', { query })).toMatchObject({
        type: 'bad-input',
        errors: [{ path: Object.keys(query)[0] }],
      })
  })

  it('lists browsers without an address apart from people, and only where asked', async () => {
    const world = apiWorld()
    await world.addLead(1, { company: 'Nordwerk' })
    const seen = { id: 'v', type: 'page.viewed', occurredAt: '2026-03-01T09:00:00.000Z', properties: {} }
    await world.add(leadIdOf('lead-0002'), [seen])
    const found = async (query: Readonly<Record<string, string>>) =>
      bodyOf<{ items: { leadId: string; email: string | null }[] }>(
        await world.call('/api/leads', { query }),
      ).items.map(({ leadId, email }) => [leadId, email])
    const person = ['lead-0001', 'lead-1@werk.example.net']
    expect(await found({})).toEqual([person])
    expect(await found({ anonymous: 'false' })).toEqual([person])
    expect(await found({ anonymous: 'true' })).toEqual([['lead-0002', null]])
    expect(await found({ anonymous: 'true', stage: 'awareness' })).toHaveLength(1)
    expect(await found({ anonymous: 'true', stage: 'interest' })).toEqual([])
    expect(await found({ anonymous: 'true', email: 'lead-1@werk.example.net' })).toEqual([])
    expect(await world.call('/api/leads', { query: { anonymous: 'yes' } })).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'anonymous' }],
    })
  })

  it('shows a lead, its timeline newest first with what followed, and why it has this score', async () => {
    const world = apiWorld()
    const leadId = await world.addLead(1, { firstName: 'Ada', country: 'DE' })
    const lead = bodyOf<{ score: number }>(await world.call(`/api/leads/${leadId}`))
    expect(lead).toMatchObject({ leadId, name: 'Ada', stage: 'consideration', attributes: { country: 'DE' } })

    const timeline = await world.call(`/api/leads/${leadId}/timeline`, { query: { limit: '1' } })
    const page = bodyOf<{ items: { id: string; followed: { type: string }[] }[]; next: string }>(timeline)
    expect(page.items.map(({ id }) => id)).toEqual(['d-1'])
    const followed = page.items[0]?.followed.map(({ type }) => type)
    expect(followed).toEqual(expect.arrayContaining(['points', 'stage', 'band']))
    const rest = await world.call(`/api/leads/${leadId}/timeline`, { query: { cursor: page.next } })
    expect(bodyOf<{ items: { id: string }[] }>(rest)).toMatchObject({ items: [{ id: 'p-1' }] })

    const explanation = bodyOf<{ score: number; rules: { decayedTo: number }[] }>(
      await world.call(`/api/leads/${leadId}/explanation`),
    )
    expect(explanation.rules.reduce((sum, { decayedTo }) => sum + decayedTo, 0)).toBeCloseTo(lead.score, 9)
    expect(
      await world.call(`/api/leads/${leadId}/timeline`, { query: { cursor: 'bm90LXRoZXJl' } }),
    ).toMatchObject({ type: 'bad-input', errors: [{ path: 'cursor' }] })
    for (const path of ['', '/timeline', '/explanation'])
      expect(await world.call(`/api/leads/lead-9999${path}`)).toMatchObject({ type: 'not-found' })
  })

  it('explains a score of thousands of activities in parts that add up to it', async () => {
    const world = apiWorld()
    const leadId = await world.addLead(1)
    const types = ['demo.requested', 'newsletter.subscribed']
    const facts = types.flatMap((type) =>
      Array.from({ length: 5_500 }, (_, number) => fact(`${type}-${number}`, type, '02-01T09:00')),
    )
    await world.leads.append(leadId, facts)
    const rules: { decayedTo: number }[] = []
    let part: { score: number; rules: { decayedTo: number }[]; next?: string } | undefined
    do {
      const query = part?.next === undefined ? {} : { cursor: part.next }
      part = bodyOf(await world.call(`/api/leads/${leadId}/explanation`, { query }))
      expect(part?.rules.length).toBeLessThanOrEqual(5_000)
      rules.push(...(part?.rules ?? []))
    } while (part?.next !== undefined)
    expect(rules.length).toBeGreaterThan(5_000)
    expect(rules.reduce((sum, { decayedTo }) => sum + decayedTo, 0)).toBeCloseTo(part?.score ?? 0, 5)
    for (const cursor of ['cm93IDk5OTk5OTk', 'bm90LXRoZXJl'])
      expect(await world.call(`/api/leads/${leadId}/explanation`, { query: { cursor } })).toMatchObject({
        type: 'bad-input',
        errors: [{ path: 'cursor' }],
      })
  })

  it('takes an activity by hand for the lead of the path, whoever the body names', async () => {
    const world = apiWorld()
    const leadId = await world.addLead(1)
    const body = JSON.stringify({
      type: 'sales.engaged',
      subject: { email: 'other@x.example' },
      properties: { channel: 'phone' },
    })
    const path = `/api/leads/${leadId}/activities`
    expect(await world.call(path, { method: 'POST', groups: '[sales]', body })).toMatchObject({
      type: 'accepted',
      body: { status: 'accepted', id: 'fresh-id' },
    })
    expect(world.bus.submitted).toMatchObject([
      { id: 'fresh-id', type: 'sales.engaged', subject: { leadId } },
    ])
    expect(await world.call(path, { method: 'POST', body: '{"type":"Nonsense"}' })).toMatchObject({
      type: 'bad-input',
    })
    expect(await world.call(path, { method: 'POST', body: '7' })).toMatchObject({ type: 'bad-input' })
  })

  it('writes itself who logged what, whatever the body says', async () => {
    const world = apiWorld()
    const leadId = await world.addLead(1)
    const made = {
      confirmed: true,
      submission: 's',
      via: 'link',
      how: 'double-opt-in',
      by: 'the lead',
      role: 'admin',
    }
    const body = JSON.stringify({
      type: 'consent.granted',
      properties: { purpose: 'newsletter', form: 'newsletter', wording: 'made up', ...made },
    })
    const path = `/api/leads/${leadId}/activities`
    await world.call(path, { method: 'POST', groups: '[sales]', body })
    await world.call(path, { method: 'POST', groups: '[admin]', body })
    const shared = { purpose: 'newsletter', how: 'by-hand', by: 'Sam' }
    expect(world.bus.submitted.map(({ properties }) => properties)).toEqual([
      shared,
      { ...shared, role: 'admin' },
    ])
  })

  it('lets an admin alone take back what a person has said against mail', async () => {
    const world = apiWorld()
    const leadId = await world.addLead(1)
    await world.add(leadId, [fact('left', 'email.unsubscribed', '03-01T08:00', { how: 'one-click' })])
    const send = (groups: string, activity: object) =>
      world.call(`/api/leads/${leadId}/activities`, {
        method: 'POST',
        groups,
        body: JSON.stringify(activity),
      })
    const undo = { type: 'activity.voided', properties: { activityId: 'left' } }
    expect(await send('[sales]', undo)).toMatchObject({ type: 'forbidden' })
    const earlier = { id: 'left', occurredAt: '2026-02-01T08:00:00Z' }
    for (const type of ['page.viewed', 'email.unsubscribed'])
      expect(await send('[sales]', { ...earlier, type })).toMatchObject({
        type: 'bad-input',
        errors: [{ path: 'id' }],
      })
    expect(world.bus.submitted).toEqual([])
    expect(await send('[admin]', undo)).toMatchObject({ type: 'accepted' })
  })

  it('takes a fact back by hand, but no merge', async () => {
    const world = apiWorld()
    const leadId = await world.addLead(1)
    const send = (type: string, properties: unknown) =>
      world.call(`/api/leads/${leadId}/activities`, {
        method: 'POST',
        body: JSON.stringify({ type, properties }),
      })
    expect(await send('activity.voided', { activityId: 'd-1', reason: 'spam' })).toMatchObject({
      type: 'accepted',
    })
    expect(world.bus.submitted).toMatchObject([
      { type: 'activity.voided', subject: { leadId }, properties: { activityId: 'd-1', reason: 'spam' } },
    ])
    for (const properties of [{}, { activityId: '' }, { activityId: 7 }])
      expect(await send('activity.voided', properties)).toMatchObject({
        type: 'bad-input',
        errors: [{ path: 'properties.activityId' }],
      })
    expect(await send('lead.merged', { leadId: 'lead-0002' })).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'type', message: 'cannot be sent: use POST /api/leads/{leadId}/merge' }],
    })
    expect(world.bus.submitted).toHaveLength(1)
  })

  it('lists handoffs over all states, and answers them', async () => {
    const world = apiWorld()
    for (const number of [1, 2, 3]) await handOver(world, await world.addLead(number))
    const accept = () => world.call('/api/handoffs/lead-0002.1/accept', { method: 'POST', groups: '[sales]' })
    expect(await accept()).toMatchObject({ type: 'ok', body: { state: 'accepted', answeredBy: 'Sam' } })
    // CONTRACT section 5: no longer open is a conflict, whoever asks.
    expect(await accept()).toMatchObject({ type: 'conflict', current: { state: 'accepted' } })
    const reject = (reason: string) =>
      world.call('/api/handoffs/lead-0002.1/reject', { method: 'POST', body: JSON.stringify({ reason }) })
    expect(await reject('not-now')).toMatchObject({ type: 'conflict', current: { state: 'accepted' } })
    expect(await reject('no-such-reason')).toMatchObject({ type: 'bad-input', errors: [{ path: 'reason' }] })

    const states: string[] = []
    let cursor: string | undefined
    do {
      const result = await world.call('/api/handoffs', { query: { limit: '1', ...(cursor && { cursor }) } })
      const page = bodyOf<{ items: { state: string }[]; next?: string }>(result)
      states.push(...page.items.map(({ state }) => state))
      cursor = page.next
    } while (cursor)
    expect(states).toEqual(['requested', 'requested', 'accepted'])
    const requested = await world.call('/api/handoffs', { query: { limit: '1', state: 'requested' } })
    const { next } = bodyOf<{ next: string }>(requested)
    expect(await world.call('/api/handoffs', { query: { state: 'accepted', cursor: next } })).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'cursor' }],
    })
    const owned = await world.call('/api/handoffs', { query: { owner: 'nobody@sales.example.com' } })
    expect(bodyOf<{ items: unknown[] }>(owned).items).toEqual([])
    expect(await world.call('/api/handoffs', { query: { cursor: 'bm9uc2Vuc2U' } })).toMatchObject({
      type: 'bad-input',
    })
  })
})
