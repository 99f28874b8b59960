import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { shardOf } from '../../../domain/kpi/replace-rows.ts'
import { keyOf, typed } from '../../../functions/adapters/dynamo-items.ts'
import { writeRows } from '../../../functions/adapters/row-files.ts'
import { s3Rows } from '../../../functions/adapters/s3-rows.ts'
import type { ShardPointer } from '../../../functions/figures-ports.ts'
import { partitions } from '../../../functions/table-schema.ts'
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
    const settled = { ...pointer.settled, beside: next.object }
    expect(next).toMatchObject({ version: pointer.version + 1, settled })
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

  test('come back with everybody where an earlier release, which knows nothing of them, has written the shard', async () => {
    const { take, count, store, bucket, table, standing } = world
    const { leadId, pointer } = await settle()
    const { rows } = await store.readMoving(pointer)
    const object = `${pointer.object}-of-before`
    await bucket.objects.send(
      new PutObjectCommand({ Bucket: bucket.bucket, Key: object, Body: writeRows(rows) }),
    )
    const key = keyOf(partitions.rows, `SHARD#${pointer.shard}`)
    const version = pointer.version + 1
    const item = { ...key, version, pointer: JSON.stringify({ ...pointer, version, object }) }
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item: typed(item) }))
    expect((await store.load(pointer.shard)).settled).toBeUndefined()
    await take(activity('new'))
    await count()
    const views = tell(await standing()).filter((one) => one === `${leadId} activity page.viewed`)
    expect(views).toHaveLength(201)
    expect((await store.load(pointer.shard)).torn).toBeUndefined()
  })

  test('stay where somebody went on from them before their writer knew that it had written them', async () => {
    const { store, bucket, ports, times } = world
    const { pointer } = await settle()
    const all = await store.read(pointer)
    let later: ShardPointer | undefined
    // The answer to the conditional write is lost; until it is repeated somebody else has written what moves.
    const client = {
      send: async (command: object) => {
        const isWrite = command instanceof PutItemCommand && !later
        if (!isWrite) return world.table.client.send(command as PutItemCommand)
        await world.table.client.send(command)
        later = await store.replace(await store.load(pointer.shard), { moving: all.moving }, times.now)
        return world.table.client.send(command)
      },
    } as typeof world.table.client
    const forgetful = s3Rows({ ...bucket, ...world.table, client, clock: ports.clock })
    await expect(forgetful.replace(pointer, all, times.now)).rejects.toThrow('changed since')
    const current = await store.load(pointer.shard)
    expect(current).toEqual(later)
    expect((await store.read(current)).settled.kind).toHaveLength(all.settled.kind.length)
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
