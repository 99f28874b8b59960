import { expect, test } from 'vitest'
import { shardOf } from '../../../domain/kpi/replace-rows.ts'
import type { LeadId } from '../../../domain/model/activity.ts'
import { makeWalkShards } from '../../../functions/figures/walk-shards.ts'
import { leadIdOf } from '../../domain/support/facts.ts'

const people = Array.from({ length: 6_000 }, (_, index) => leadIdOf(`many-${String(index).padStart(8, '0')}`))

/** Lists of such lengths, read in pages of `size`. */
const listsOf = (all: readonly LeadId[], lengths: readonly number[], size: number) => {
  const lists = new Map<string, readonly LeadId[]>()
  let from = 0
  for (const [index, length] of lengths.entries()) {
    lists.set(`list ${index}`, all.slice(from, from + length))
    from += length
  }
  let pages = 0
  return {
    pages: () => pages,
    keys: {
      listsOf: () => [...lists.keys()],
      page: async (list: string, cursor: string | undefined) => {
        pages += 1
        const own = lists.get(list) ?? []
        const begin = Number(cursor ?? 0)
        const leadIds = own.slice(begin, begin + size)
        return begin + size < own.length ? { leadIds, next: String(begin + size) } : { leadIds }
      },
    },
  }
}

const steps = async (keys: Parameters<typeof makeWalkShards>[0], most: number) => {
  const walk = makeWalkShards(keys, most)
  const all: (readonly LeadId[])[] = []
  for (let place: string | undefined, isFirst = true; isFirst || place !== undefined; isFirst = false) {
    const step = await walk(1, place)
    all.push(step.leadIds)
    place = step.next
  }
  return all
}

test.each([
  { lengths: [6_000], size: 5_000, most: 1_000 },
  { lengths: [10, 0, 4_000, 1_990], size: 500, most: 50 },
  { lengths: [3_000, 3_000], size: 70, most: 10 },
  { lengths: [1, 5_999], size: 7, most: 200 },
])('meets everybody once, shard by shard: $most of $lengths', async ({ lengths, size, most }) => {
  const { keys } = listsOf(people, lengths, size)
  const all = await steps(keys, most)
  expect(all.flat().toSorted()).toEqual(people.toSorted())
  const shards = all.map((step) => [...new Set(step.map(shardOf))])
  // A shard is not left before it is through.
  const inTurn = shards.flatMap((own) => own.toSorted((a, b) => a - b))
  expect(inTurn).toEqual(inTurn.toSorted((a, b) => a - b))
  for (const step of all) expect(step.length).toBeLessThan(most + size)
})

test('takes all of a short lane in one step, and reads it once', async () => {
  const { keys, pages } = listsOf(people.slice(0, 600), [200, 0, 400], 500)
  expect(await steps(keys, 1_000)).toHaveLength(1)
  expect(pages()).toBe(3)
})

test('goes on with a lower shard of which there was nobody before', async () => {
  const [low, high] = [3, 40].map((shard) =>
    people.filter((leadId) => shardOf(leadId) === shard).slice(0, 30),
  )
  const { keys } = listsOf([...(high ?? []), ...(low ?? [])], [60], 10)
  const all = await steps(keys, 20)
  expect(all.flat().toSorted()).toEqual([...(low ?? []), ...(high ?? [])].toSorted())
})

test('finds nobody in no lists', async () => {
  expect(await steps(listsOf([], [], 5).keys, 5)).toEqual([[]])
})
