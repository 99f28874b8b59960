import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { shardOf } from '../../../domain/kpi/replace-rows.ts'
import { rowsVersion } from '../../../domain/kpi/row.ts'
import { noShardRows } from '../../../domain/kpi/settled-rows.ts'
import type { LeadId } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { dynamoDirectory } from '../../../functions/adapters/dynamo-directory.ts'
import { leadLanes } from '../../../functions/adapters/ranked-lists.ts'
import { graceSeconds } from '../../../functions/adapters/s3-rows.ts'
import { makeUpdateFigures } from '../../../functions/figures/update-figures.ts'
import type { RowStore } from '../../../functions/figures-ports.ts'
import { leadIdOf } from '../../domain/support/facts.ts'
import { figuresWorld, holds, tell } from './figures-world.ts'

let world: Awaited<ReturnType<typeof figuresWorld>>
beforeEach(async () => {
  world = await figuresWorld()
})
afterEach(() => world.stop())

const anna = 'anna@example.com'
const ben = 'ben@example.com'
const activity = (email: string, id: string, type = 'page.viewed', properties = {}) => ({
  id,
  type,
  subject: { email },
  occurredAt: '2026-03-01T09:00:00.000Z',
  properties,
})

describe('what a minute brought', () => {
  test('is read once for each lead and written once for each shard', async () => {
    const { take, count, ports, waiting, standing, idOf } = world
    await take(activity(anna, 'a1'), activity(ben, 'b1'))
    await take(activity(anna, 'a2', 'demo.requested'))
    expect(waiting).toHaveLength(2)
    const read: string[] = []
    const written: number[] = []
    const failures = await count({
      ...ports,
      readHistory: (leadId) => {
        read.push(leadId)
        return ports.readHistory(leadId)
      },
      store: {
        ...ports.store,
        replace: (pointer, rows, at) => {
          written.push(pointer.shard)
          return ports.store.replace(pointer, rows, at)
        },
      },
    })
    expect(failures.size).toBe(0)
    const [annas, bens] = [await idOf(anna), await idOf(ben)]
    expect(read.sort()).toEqual([annas, bens].sort())
    expect(written.sort()).toEqual([...new Set([shardOf(annas), shardOf(bens)])].sort())
    expect(tell(await standing())).toEqual(
      expect.arrayContaining([
        `${annas} activity page.viewed`,
        `${annas} activity demo.requested`,
        `${bens} activity page.viewed`,
      ]),
    )
  })

  test('that there is no time for is handed on, whole shards at a time as far as can be, until each lead was read once', async () => {
    const { ports, times } = world
    const leadIds = Array.from({ length: 5_000 }, (_, index) =>
      leadIdOf(`many-${String(index).padStart(8, '0')}`),
    )
    const read: LeadId[] = []
    let put: JsonObject[] = [
      { type: 'leads', leadIds: leadIds.slice(0, 3_000) },
      { type: 'leads', leadIds },
    ]
    const update = makeUpdateFigures({
      ...ports,
      goOn: async (message) => {
        if (message.type === 'leads') put.push(message)
      },
      // Forty a second.
      readHistory: async (leadId) => {
        read.push(leadId)
        times.now = new Date(Date.parse(times.now) + 25).toISOString()
        return { type: 'nobody', places: [] }
      },
    })
    const batches: (readonly LeadId[])[] = []
    for (let left = read.length; put.length > 0; left = read.length) {
      const batch = put.map((body, index) => ({ messageId: `m${index}`, body }))
      put = []
      expect((await update(batch)).size).toBe(0)
      batches.push(read.slice(left))
    }
    expect(read.toSorted()).toEqual(leadIds)
    // What 45 seconds suffice for, and the four shards that are read together.
    expect(batches).toHaveLength(3)
    for (const batch of batches) expect(batch.length).toBeLessThan(1_800 + 4 * 100)
    const shards = batches.flatMap((batch) => [...new Set(batch.map(shardOf))])
    expect(shards).toHaveLength(new Set(shards).size)
  })

  test('of one shard comes in pieces that are written one after the other, and the rest later', async () => {
    const { ports, times } = world
    const all = Array.from({ length: 200_000 }, (_, index) =>
      leadIdOf(`many-${String(index).padStart(8, '0')}`),
    )
    const leadIds = all.filter((leadId) => shardOf(leadId) === 5).slice(0, 2_500)
    expect(leadIds).toHaveLength(2_500)
    const put: JsonObject[] = []
    let reading = 0
    const together: number[] = []
    const update = makeUpdateFigures({
      ...ports,
      goOn: async (message) => {
        put.push(message)
      },
      readHistory: async () => {
        reading += 1
        times.now = new Date(Date.parse(times.now) + 30).toISOString()
        return { type: 'nobody', places: [] }
      },
      store: {
        ...ports.store,
        load: async (shard) => {
          together.push(reading)
          return ports.store.load(shard)
        },
      },
    })
    expect((await update([{ messageId: 'm', body: { type: 'leads', leadIds } }])).size).toBe(0)
    expect(together).toEqual([0, 1_000])
    expect(put).toEqual([{ type: 'leads', leadIds: leadIds.slice(2_000) }])
  })

  test('that says nothing new is not written again', async () => {
    const { take, count, bucket } = world
    await take(activity(anna, 'a1'))
    await count()
    const before = await bucket.names()
    await take(activity(anna, 'a1'))
    expect(world.waiting).toHaveLength(1)
    await count()
    expect(await bucket.names()).toEqual(before)
  })

  test('replaces the object; the former one stays a while for those who read it, and Athena is told of the new one', async () => {
    const { take, count, bucket, store, idOf, times } = world
    await take(activity(anna, 'a1'))
    await count()
    const shard = shardOf(await idOf(anna))
    const first = await store.load(shard)
    await take(activity(anna, 'a2'))
    await count()
    const second = await store.load(shard)
    const prefix = `rows/${String(shard).padStart(2, '0')}/`
    expect(second).toMatchObject({ version: 2, rows: first.rows + 1 })
    expect(await bucket.names(prefix)).toEqual([first.object, second.object].sort())
    expect((await store.readMoving(first)).rows.kind).toHaveLength(first.rows)
    expect(await bucket.text(`current/${String(shard).padStart(2, '0')}`)).toBe(
      `s3://${bucket.bucket}/${second.object}\n`,
    )
    times.now = new Date(Date.parse(times.now) + graceSeconds * 1000).toISOString()
    await take(activity(anna, 'a3'))
    await count()
    const third = await store.load(shard)
    expect(await bucket.names(prefix)).toEqual([second.object, third.object].sort())
  })

  test('is taken again alone where a shard cannot be read', async () => {
    const { take, ports, waiting, count, idOf, standing } = world
    await take(activity(anna, 'a1'))
    const broken = shardOf(await idOf(anna))
    // Ids are random: now and then two people share a shard.
    let other = ben
    await take(activity(other, 'b1'))
    for (let n = 2; shardOf(await idOf(other)) === broken; n += 1) {
      other = `ben-${n}@example.com`
      await take(activity(other, `b${n}`))
    }
    const readMoving: RowStore['readMoving'] = async (pointer) => {
      if (pointer.shard === broken) throw new Error('S3 is down')
      return ports.store.readMoving(pointer)
    }
    const failures = await makeUpdateFigures({ ...ports, store: { ...ports.store, readMoving } })([
      { messageId: 'annas', body: waiting[0] },
      { messageId: 'bens', body: waiting.at(-1) },
      { messageId: 'nonsense', body: { type: 'nonsense' } },
    ])
    expect([...failures.keys()].sort()).toEqual(['annas', 'nonsense'])
    expect(holds(await standing(), await idOf(other))).toBe(true)
    expect((await count()).size).toBe(0)
    expect(holds(await standing(), await idOf(anna))).toBe(true)
  })

  test('includes what channels cost, which no lead has', async () => {
    const { take, count, standing, waiting } = world
    const cost = {
      id: 'c1',
      type: 'channel.cost',
      occurredAt: '2026-03-01T00:00:00.000Z',
      properties: { source: 'google', campaign: 'spring', amount: '12.50', currency: 'EUR' },
    }
    await take(cost)
    await take(cost)
    expect(waiting).toEqual([{ type: 'costs' }, { type: 'costs' }])
    await count()
    const [costs] = (await standing()).filter(({ kind }) => kind[0] === 'cost')
    expect(costs).toMatchObject({
      lead: [null],
      source: ['google'],
      campaign: ['spring'],
      amount: [125_000n],
      currency: ['EUR'],
    })
  })
})

describe('of two that write a shard at once', () => {
  /** Runs `meanwhile` once, before the pointer is moved for the first time. */
  const meeting = (store: RowStore, meanwhile: () => Promise<unknown>): RowStore => {
    let isMet = false
    return {
      ...store,
      replace: async (pointer, rows, at) => {
        if (!isMet) {
          isMet = true
          await meanwhile()
        }
        return store.replace(pointer, rows, at)
      },
    }
  }

  test('the loser reads all again, leaves no object behind, and nothing is lost', async () => {
    const { take, count, ports, store, standing, idOf, bucket } = world
    await take(activity(anna, 'a1'))
    const shard = shardOf(await idOf(anna))
    const other = async () => {
      await take(activity(anna, 'a2', 'demo.requested'))
      await count()
    }
    const failures = await count({ ...ports, store: meeting(store, other) })
    expect(failures.size).toBe(0)
    const rows = tell(await standing())
    expect(rows.filter((row) => row.includes('activity'))).toHaveLength(2)
    expect((await store.load(shard)).version).toBe(1)
    expect(await bucket.names(`rows/${String(shard).padStart(2, '0')}/`)).toHaveLength(1)
  })

  test('an object that no pointer names counts nowhere, and goes', async () => {
    const { take, count, store, standing, idOf, times, bucket } = world
    await take(activity(anna, 'a1'))
    await count()
    const leadId = await idOf(anna)
    const before = await store.load(shardOf(leadId))
    // A writer that died before it moved the pointer.
    await expect(store.replace({ ...before, version: 7 }, noShardRows, times.now)).rejects.toThrow(
      'changed since',
    )
    const rows = await standing()
    expect(holds(rows, leadId)).toBe(true)
    expect(await bucket.rows()).toHaveLength((await store.pointers()).length)
  })

  test('a write whose answer was lost is known as its own', async () => {
    const { take, count, ports, store, idOf } = world
    await take(activity(anna, 'a1'))
    await count()
    const pointer = await store.load(shardOf(await idOf(anna)))
    await ports.store.replace(pointer, await store.read(pointer), '2026-04-01T00:00:00.000Z')
    expect((await store.load(pointer.shard)).version).toBe(pointer.version + 1)
  })
})

describe('two leads that are one person', () => {
  const family = (type: string, id: string, into: string, other: string, day: number) => ({
    id,
    type,
    subject: { leadId: into },
    occurredAt: `2026-03-0${day}T09:00:00.000Z`,
    properties: { leadId: other },
  })

  test('stand under one, and under two again once they are parted', async () => {
    const { take, count, standing, idOf } = world
    await take(activity(anna, 'a1'), activity(ben, 'b1', 'demo.requested'))
    await count()
    const [annas, bens] = [await idOf(anna), await idOf(ben)]
    const apart = tell(await standing())
    await take(family('lead.merged', 'm', annas, bens, 2))
    await count()
    const together = tell(await standing())
    expect(together.filter((row) => row.startsWith(bens))).toEqual([])
    expect(together).toContain(`${annas} activity demo.requested`)
    expect(together.filter((row) => row.includes(' lead '))).toHaveLength(1)
    await take(family('lead.unmerged', 'u', annas, bens, 3))
    await count()
    expect([...tell(await standing())].sort()).toEqual([...apart].sort())
  })

  test('are counted whichever of them is named', async () => {
    const { take, count, standing, idOf, waiting } = world
    await take(activity(anna, 'a1'), activity(ben, 'b1', 'demo.requested'))
    const [annas, bens] = [await idOf(anna), await idOf(ben)]
    await take(family('lead.merged', 'm', annas, bens, 2))
    waiting.splice(0, waiting.length, { type: 'leads', leadIds: [bens] })
    await count()
    expect(tell(await standing())).toContain(`${annas} activity demo.requested`)
  })
})

describe('whoever is erased', () => {
  const erase = async (email: string) => {
    const { idOf, leads, remains, forget } = world
    const leadId = await idOf(email)
    const lead = await leads.load(leadId)
    if (!lead) throw new Error('no lead')
    await remains.bury(lead, '2026-04-01T00:00:00.000Z', [leadId])
    await remains.clear(leadId)
    await forget([leadId])
    return leadId
  }

  test('is in no object, those that others may be reading included', async () => {
    const { take, count, bucket, standing, idOf } = world
    await take(activity(anna, 'a1'), activity(ben, 'b1'))
    await count()
    await take(activity(anna, 'a2'))
    await count()
    const leadId = await erase(anna)
    expect(holds(await bucket.rows(), leadId)).toBe(false)
    expect(holds(await standing(), await idOf(ben))).toBe(true)
  })

  test('does not come back by a worker that has read them before', async () => {
    const { take, count, ports, store, bucket, idOf } = world
    await take(activity(anna, 'a1'))
    const leadId = await idOf(anna)
    let isErased = false
    const late: RowStore = {
      ...store,
      replace: async (pointer, rows, at) => {
        if (!isErased) {
          isErased = true
          await erase(anna)
        }
        return store.replace(pointer, rows, at)
      },
    }
    expect((await count({ ...ports, store: late })).size).toBe(0)
    expect(isErased).toBe(true)
    expect(holds(await bucket.rows(), leadId)).toBe(false)
  })
})

describe('rows of another code', () => {
  test('are left to that code while it replaces this one, and forgotten once it was replaced', async () => {
    const update = makeUpdateFigures(world.ports)
    const asked = (version: number) => ({
      messageId: `by ${version}`,
      body: { type: 'rebuild', rowsVersion: version, lane: 1 },
    })
    const failures = await update([asked(rowsVersion + 1), asked(rowsVersion - 1)])
    expect([...failures.keys()]).toEqual([`by ${rowsVersion + 1}`])
  })

  test('are made anew, lane by lane, of every lead there is', async () => {
    const { take, count, ports, waiting, standing, store, idOf } = world
    const people = Array.from({ length: 30 }, (_, n) => `person-${n}@example.com`)
    for (const email of people) await take(activity(email, `of-${email}`))
    waiting.splice(0)
    // What an earlier release wrote, and what it never did.
    const shard = shardOf(await idOf('person-0@example.com'))
    await store.replace(await store.load(shard), noShardRows, '2026-03-01T00:00:00.000Z')
    const old = await ports.rebuilds.load()
    await ports.rebuilds.commit({ ...old, rowsVersion: rowsVersion - 1 })
    waiting.push({ type: 'costs' })
    await count()
    const known = await ports.rebuilds.load()
    expect(known).toMatchObject({ rowsVersion, open: [] })
    const rows = await standing()
    for (const email of people) expect(holds(rows, await idOf(email))).toBe(true)

    await ports.rebuilds.commit({ ...known, open: [3] })
    waiting.push({ type: 'begin', anew: false })
    await count()
    expect((await ports.rebuilds.load()).open).toEqual([3])
    waiting.push({ type: 'begin', anew: true })
    await makeUpdateFigures(ports)([{ messageId: 'begin', body: waiting.shift() }])
    expect((await ports.rebuilds.load()).open).toHaveLength(leadLanes)
    expect(waiting).toHaveLength(leadLanes + 1)
    await count()
    expect((await ports.rebuilds.load()).open).toEqual([])
  })
})

describe('the first rebuild of a table', () => {
  test('counts whom nobody has counted, and nobody twice', async () => {
    const fresh = await figuresWorld({ isNew: true })
    const { ports, take, count, idOf, waiting, standing } = fresh
    const people = Array.from({ length: 30 }, (_, n) => `person-${n}@example.com`)
    for (const email of people) await take(activity(email, `of-${email}`))
    // Recorded by a release that told nobody.
    waiting.splice(0)
    for (const email of people.slice(0, 20)) await take(activity(email, `again-${email}`))
    const read: string[] = []
    const readHistory: typeof ports.readHistory = (leadId) => {
      read.push(leadId)
      return ports.readHistory(leadId)
    }
    expect((await count({ ...ports, readHistory })).size).toBe(0)
    const ids = await Promise.all(people.map(idOf))
    expect(read.toSorted()).toEqual(ids.toSorted())
    expect(await ports.rebuilds.load()).toMatchObject({ open: [], isWhole: true })
    const rows = await standing()
    for (const leadId of ids) expect(holds(rows, leadId)).toBe(true)

    waiting.push({ type: 'begin', anew: true })
    read.length = 0
    await count({ ...ports, readHistory })
    expect(read.toSorted()).toEqual(ids.toSorted())
    await fresh.stop()
  })

  test('waits for leads that told of themselves, as it would count them, too', async () => {
    const fresh = await figuresWorld({ isNew: true })
    const { ports, times } = fresh
    const leadIds = Array.from({ length: 3_000 }, (_, index) =>
      leadIdOf(`many-${String(index).padStart(8, '0')}`),
    )
    const lists: string[] = []
    const put: JsonObject[] = []
    const update = makeUpdateFigures({
      ...ports,
      goOn: async (message) => {
        put.push(message)
      },
      keys: {
        ...ports.keys,
        page: async (list) => {
          lists.push(list)
          return { leadIds: [] }
        },
      },
      // Forty a second.
      readHistory: async () => {
        times.now = new Date(Date.parse(times.now) + 25).toISOString()
        return { type: 'nobody', places: [] }
      },
    })
    const message = (body: JsonObject) => ({ messageId: JSON.stringify(body), body })
    const step = { type: 'rebuild', rowsVersion, lane: 1 }
    expect((await update([message({ type: 'leads', leadIds }), message(step)])).size).toBe(0)
    expect(put.some(({ type }) => type === 'leads')).toBe(true)
    expect(put.at(-1)).toEqual(step)
    expect(lists).toEqual([])
    // Nobody waits any more.
    expect((await update([message(step)])).size).toBe(0)
    expect(lists).not.toEqual([])
    await fresh.stop()
  })
})

describe('a rebuild', () => {
  const asked = (lane: number, place?: string): JsonObject => ({
    type: 'rebuild',
    rowsVersion,
    lane,
    ...(place !== undefined && { place }),
  })
  /** Each step of a lane takes `seconds`: it finds nobody, and another page follows. */
  const stepping = async (seconds: number, given: Partial<RowStore>, ...bodies: readonly JsonObject[]) => {
    const { ports, times } = world
    const read: string[] = []
    const put: JsonObject[] = []
    const update = makeUpdateFigures({
      ...ports,
      store: { ...ports.store, ...given },
      goOn: async (message) => {
        put.push(message)
      },
      keys: {
        lanes: leadLanes,
        listsOf: (lane) => [`list ${lane}`],
        page: async (list, cursor) => {
          read.push(`${list} ${cursor ?? ''}`)
          times.now = new Date(Date.parse(times.now) + seconds * 1_000).toISOString()
          return { leadIds: crowd, next: `${cursor ?? ''}+` }
        },
      },
      readHistory: async () => ({ type: 'nobody', places: [] }),
    })
    await ports.rebuilds.commit({ ...(await ports.rebuilds.load()), rowsVersion, onlyMissing: false })
    const messages = bodies.map((body, index) => ({ messageId: `m${index}`, body }))
    expect((await update(messages)).size).toBe(0)
    return { read, put }
  }
  const crowd = Array.from({ length: 100_000 }, (_, index) =>
    leadIdOf(`many-${String(index).padStart(8, '0')}`),
  ).filter((leadId) => shardOf(leadId) === 0)

  test('goes on as long as there is time, and asks for the rest', async () => {
    const { read, put } = await stepping(20, {}, asked(1))
    expect(read).toEqual(['list 1 ', 'list 1 +', 'list 1 ++'])
    expect(put).toEqual([asked(1, '0-1:0:+++')])
  })

  test('writes a shard once with each step, however many leads a page has of it', async () => {
    const { store } = world.ports
    const loaded: number[] = []
    const load: RowStore['load'] = async (shard) => {
      loaded.push(shard)
      return store.load(shard)
    }
    await stepping(50, { load }, asked(1))
    expect(crowd.length).toBeGreaterThan(1_000)
    expect(loaded).toEqual([0])
  })

  test('takes one step in any case, of each message once, and leaves other lanes to the next batch', async () => {
    const { read, put } = await stepping(50, {}, asked(1), asked(1), asked(2), asked(3, '0-1:0:+'))
    expect(read).toEqual(['list 1 '])
    expect(put).toEqual([asked(1, '0-1:0:+'), asked(2), asked(3, '0-1:0:+')])
  })

  test('begins a lane anew where an earlier release asked for it to go on', async () => {
    const { read } = await stepping(50, {}, { ...asked(1), cursor: '00012#somebody' })
    expect(read).toEqual(['list 1 '])
  })
})

describe('the places of a lead among all people', () => {
  const placesOf = async (): Promise<readonly string[]> => {
    const { page, find } = dynamoDirectory(world.table.client, world.table.tableName)
    const named = await page({ by: 'name', order: 'ascending', limit: 10 })
    const found = await Promise.all(
      ['anna', 'kern', 'berg'].map(async (word) =>
        (await find({ word, others: [], limit: 10 })).items.map(() => word),
      ),
    )
    return [...named.items.map(({ email }) => `${email}`), ...found.flat()]
  }
  const told = (email: string, id: string, fields: object) =>
    activity(email, id, 'profile.updated', { fields })

  test('follow name and address, and go with the lead', async () => {
    const { take, count, idOf, remains } = world
    await take(
      told(ben, 'b1', { firstName: 'Ben' }),
      told(anna, 'a1', { firstName: 'Anna', lastName: 'Kern' }),
    )
    await count()
    expect(await placesOf()).toEqual([anna, ben, 'anna', 'kern'])
    await take({ ...told(anna, 'a2', { lastName: 'Berg' }), occurredAt: '2026-03-02T09:00:00.000Z' })
    await count()
    expect(await placesOf()).toEqual([anna, ben, 'anna', 'berg'])
    await remains.clear(await idOf(anna))
    expect(await placesOf()).toEqual([ben])
  })

  test('of one that went into another are its no more', async () => {
    const { take, count, idOf } = world
    await take(
      told(ben, 'b1', { firstName: 'Ben' }),
      told(anna, 'a1', { firstName: 'Anna', lastName: 'Kern' }),
    )
    await count()
    const merged = {
      ...activity(ben, 'm1', 'lead.merged', { leadId: await idOf(anna) }),
      subject: { leadId: await idOf(ben) },
    }
    await take({ ...merged, occurredAt: '2026-03-02T09:00:00.000Z' })
    await count()
    expect(await placesOf()).toHaveLength(2)
  })
})
