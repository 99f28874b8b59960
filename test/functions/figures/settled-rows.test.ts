import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { shardOf } from '../../../domain/kpi/replace-rows.ts'
import { figuresWorld, holds, tell } from './figures-world.ts'

let world: Awaited<ReturnType<typeof figuresWorld>>
beforeEach(async () => {
  world = await figuresWorld()
})
afterEach(() => world.stop())

const activity = (id: string, changes: object = {}) => ({
  id,
  type: 'page.viewed',
  subject: { email: 'anna@example.com' },
  occurredAt: '2026-03-01T09:00:00.000Z',
  properties: {},
  ...changes,
})

describe('rows that are over', () => {
  /** Anna did so much an hour ago that it is settled. */
  const settle = async () => {
    const { take, count, idOf, store, times } = world
    times.now = '2026-03-01T10:00:00.000Z'
    const views = Array.from({ length: 200 }, (_, n) => activity(`a${n}`))
    await take(...views)
    await count()
    const leadId = await idOf('anna@example.com')
    return { leadId, pointer: await store.load(shardOf(leadId)) }
  }

  test('are in an object of their own, which stays while only what is new is written', async () => {
    const { take, count, store, bucket, standing } = world
    const { leadId, pointer } = await settle()
    expect(pointer.settled?.rows).toBeGreaterThan(200)
    await take(activity('new', { occurredAt: '2026-03-01T09:59:59.000Z' }))
    await count()
    const next = await store.load(pointer.shard)
    expect(next).toMatchObject({ version: pointer.version + 1, settled: pointer.settled })
    expect(next.rows).toBe(pointer.rows + 1)
    expect((await store.readMoving(next)).rows.kind.length).toBeLessThan(10)
    expect(await bucket.text(`current/${String(pointer.shard).padStart(2, '0')}`)).toBe(
      [next.settled?.object, next.object].map((name) => `s3://${bucket.bucket}/${name}\n`).join(''),
    )
    const ofAnna = tell(await standing()).filter((one) => one === `${leadId} activity page.viewed`)
    expect(ofAnna).toHaveLength(201)
  })

  test('are written again with what reaches back, and stay a while as they were', async () => {
    const { take, count, store, bucket, standing } = world
    const { leadId, pointer } = await settle()
    await take(activity('late', { type: 'demo.requested', occurredAt: '2026-02-01T09:00:00.000Z' }))
    await count()
    const next = await store.load(pointer.shard)
    expect(next.settled?.rows).toBeGreaterThan(pointer.settled?.rows ?? 0)
    expect(tell(await standing())).toContain(`${leadId} activity demo.requested`)
    expect(await bucket.names('rows/')).toEqual(
      expect.arrayContaining([pointer.settled?.object, pointer.object, next.settled?.object, next.object]),
    )
  })

  test('are gone with whoever is erased, and so is what tells that they were there', async () => {
    const { bucket, store, remains, leads, forget } = world
    const { leadId, pointer } = await settle()
    const lead = await leads.load(leadId)
    if (!lead) throw new Error('no lead')
    await remains.bury(lead, '2026-04-01T00:00:00.000Z', [leadId])
    await remains.clear(leadId)
    await forget([leadId])
    const next = await store.load(pointer.shard)
    expect(next.settled).toBeUndefined()
    expect(holds(await bucket.rows(), leadId)).toBe(false)
    for (const name of await bucket.names()) expect(await bucket.text(name)).not.toContain(leadId)
  })

  test('stay a while even where the shard is looked through just when they are replaced', async () => {
    const { store, bucket, times } = world
    const { pointer } = await settle()
    const { settled, before, moving } = await store.read(pointer)
    let last = pointer
    while (last.version < 63) last = await store.replace(last, { moving }, times.now)
    // Objects of the bucket are as old as they are: only the clock goes on.
    times.now = new Date(Date.now() + 24 * 3_600_000).toISOString()
    await store.replace(last, { settled, before, moving }, times.now)
    const names = await bucket.names('rows/')
    expect(names).toContain(last.settled?.object)
    expect(names).toContain(last.object)
  })

  test('leave no object behind where somebody else was faster', async () => {
    const { store, bucket, times } = world
    const { pointer } = await settle()
    const before = await bucket.names()
    const rows = await store.read(pointer)
    await expect(store.replace({ ...pointer, version: 7 }, rows, times.now)).rejects.toThrow('changed since')
    expect(await bucket.names()).toEqual(before)
  })
})
