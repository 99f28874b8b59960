import { describe, expect, it } from 'vitest'
import type { LeadId } from '../../../domain/model/activity.ts'
import { apiWorld, now } from './api-world.ts'

type World = ReturnType<typeof apiWorld>

const world = async (count: number) => {
  const made = apiWorld()
  const leadIds: LeadId[] = []
  for (let number = 1; number <= count; number += 1) leadIds.push(await made.addLead(number))
  const [a, b, c] = leadIds
  if (!a || !b) throw new Error('no leads')
  return { ...made, a, b, c: c ?? b }
}

const post = (made: World, leadId: string, what: 'merge' | 'unmerge', body: unknown, groups = '[sales]') =>
  made.call(`/api/leads/${leadId}/${what}`, { method: 'POST', groups, body: JSON.stringify(body) })

/** As `record` leaves the two. */
const mergeInto = async (made: World, a: LeadId, b: LeadId) => {
  await made.add(b, [], { mergedInto: a })
  const merged = { id: `join:${b}`, type: 'lead.merged', occurredAt: now, properties: { leadId: b } }
  await made.add(a, [merged], { members: [b] })
}

describe('merging two leads', () => {
  it('is an activity about the one that stays', async () => {
    const made = await world(2)
    expect(await post(made, made.a, 'merge', { leadId: made.b })).toMatchObject({
      type: 'accepted',
      body: { status: 'accepted', id: 'fresh-id' },
    })
    expect(made.bus.submitted).toEqual([
      {
        id: 'fresh-id',
        type: 'lead.merged',
        subject: { leadId: made.a },
        occurredAt: now,
        properties: { leadId: made.b },
        timeAssumed: false,
      },
    ])
  })

  it('refuses what cannot be merged', async () => {
    const made = await world(3)
    const { a, b, c } = made
    await mergeInto(made, a, b)
    const refusals = [
      [a, { leadId: 'lead-9999' }, 'not-found'],
      ['lead-9999', { leadId: a }, 'not-found'],
      [a, { leadId: a }, 'bad-input'],
      [a, { leadId: 7 }, 'bad-input'],
      [a, { leadId: 'no id' }, 'bad-input'],
      [a, 7, 'bad-input'],
      [c, { leadId: b }, 'conflict'],
      [b, { leadId: c }, 'conflict'],
    ] as const
    for (const [leadId, body, type] of refusals)
      expect(await post(made, leadId, 'merge', body)).toMatchObject({ type })
    expect(await post(made, c, 'merge', { leadId: b })).toEqual({
      type: 'conflict',
      detail: `${b} is already merged into ${a}.`,
      current: { mergedInto: a },
    })
    expect(made.bus.submitted).toEqual([])
  })

  it('needs a role, any of them', async () => {
    const made = await world(2)
    for (const group of ['marketing', 'sales', 'admin'])
      expect(await post(made, made.a, 'merge', { leadId: made.b }, `[${group}]`)).toMatchObject({
        type: 'accepted',
      })
    expect(await post(made, made.a, 'merge', { leadId: made.b }, '[guests]')).toMatchObject({
      type: 'forbidden',
    })
  })
})

describe('unmerging', () => {
  it('takes back a merge that stands, and no other', async () => {
    const made = await world(3)
    const { a, b, c } = made
    await mergeInto(made, a, b)
    expect(await post(made, c, 'unmerge', { leadId: b })).toMatchObject({
      type: 'conflict',
      current: { mergedInto: a },
    })
    expect(await post(made, a, 'unmerge', { leadId: c })).toMatchObject({
      type: 'conflict',
      detail: `${c} is merged into no lead.`,
    })
    expect(await post(made, a, 'unmerge', { leadId: b })).toMatchObject({ type: 'accepted' })
    expect(made.bus.submitted).toMatchObject([
      { type: 'lead.unmerged', subject: { leadId: a }, properties: { leadId: b } },
    ])
  })
})

describe('a lead that was merged into another', () => {
  it('is shown as the other, with what belongs to both', async () => {
    const made = await world(2)
    const { a, b } = made
    const shown = await made.call(`/api/leads/${b}`)
    expect(shown).toMatchObject({ body: { leadId: b, merged: [] } })
    await mergeInto(made, a, b)
    await made.runs.commit({
      runId: `${b}:interest:1`,
      leadId: b,
      sequence: 'interest',
      playbookVersion: 'v1',
      entryId: `${b}:stage:interest:1`,
      enteredAt: now,
      step: 1,
      status: { type: 'waiting', until: '2026-03-05T09:00:00.000Z' },
      version: 0,
      outbox: [],
    })
    for (const leadId of [a, b])
      expect(await made.call(`/api/leads/${leadId}`)).toMatchObject({
        body: { leadId: a, merged: [b], sequences: [{ leadId: b, sequence: 'interest' }] },
      })
  })

  it('is found by its address as the other, and in no list', async () => {
    const made = await world(2)
    await mergeInto(made, made.a, made.b)
    const idsOf = async (query: Record<string, string>) => {
      const result = await made.call('/api/leads', { query })
      return (
        result.type === 'ok' ? (result.body as { items: { leadId: string }[] }) : { items: [] }
      ).items.map(({ leadId }) => leadId)
    }
    expect(await idsOf({ email: 'lead-2@werk.example.net' })).toEqual([made.a])
    expect(await idsOf({})).toEqual([made.a])
  })

  it('leaves both merges and whose fact is whose in the timeline', async () => {
    const made = await world(2)
    await mergeInto(made, made.a, made.b)
    const result = await made.call(`/api/leads/${made.a}/timeline`)
    const { items } = (result.type === 'ok' ? result.body : { items: [] }) as {
      items: { id: string; member?: string; followed: unknown[] }[]
    }
    expect(items.find(({ id }) => id === `join:${made.b}`)?.followed).toEqual([
      { type: 'merged', leadId: made.b },
    ])
    expect(items.map(({ id, member }) => [id, member])).toEqual(
      expect.arrayContaining([
        ['d-2', made.b],
        ['d-1', undefined],
      ]),
    )
  })
})
