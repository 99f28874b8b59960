import { afterEach, describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { LeadId } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { dynamoLeadList } from '../../../functions/adapters/dynamo-lead-list.ts'
import { dynamoLeadLog } from '../../../functions/adapters/dynamo-leads.ts'
import { dynamoMergeClaims } from '../../../functions/adapters/dynamo-merge-claims.ts'
import { memoryLeadList, memoryLeads } from '../../../functions/adapters/memory-leads.ts'
import { leadLanes } from '../../../functions/adapters/ranked-lists.ts'
import type { LeadList, LeadPage, LeadPlace, Leads, MergeClaims } from '../../../functions/ports.ts'
import { fact, leadIdOf } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { startTable } from './dynalite-table.ts'

interface World {
  readonly leads: Pick<Leads, 'load' | 'commit'>
  readonly claims: MergeClaims
  readonly list: LeadList
  readonly stop: () => Promise<void>
}

const inMemory = async (): Promise<World> => {
  const leads = memoryLeads()
  return { leads, claims: leads.claims, list: memoryLeadList(leads, leadLanes), stop: async () => {} }
}

const inTable = async (): Promise<World> => {
  const { client, tableName, stop } = await startTable()
  const clock = () => '2026-03-02T09:00:00.000Z'
  return {
    leads: dynamoLeadLog(client, tableName),
    claims: dynamoMergeClaims(client, tableName),
    list: dynamoLeadList({ client, tableName, hashAddress: (email) => email, clock }),
    stop,
  }
}

const rules = compileRules(makePlaybook())
const kinds = ['page.viewed', 'newsletter.subscribed', 'order.completed']
const idOf = (number: number) => leadIdOf(`lead-${String(number).padStart(4, '0')}`)
const merged = (into: LeadId) => fact('m', 'lead.merged', '03-02T09:00', { leadId: into })

describe.each([
  ['in memory', inMemory],
  ['in DynamoDB', inTable],
])('lists of leads %s', (_, make) => {
  let world: World
  afterEach(() => world.stop())

  /** Every third one is a browser; the score is the number's last digit. */
  const add = async (number: number, email = number % 3 === 0 ? undefined : `${number}@example.com`) => {
    const stored = await world.leads.load(idOf(number))
    const state = foldLead([fact(`f-${number}`, kinds[number % 3] ?? '', '03-01T09:00')], rules)
    if (!state) throw new Error('no state')
    const known = stored ?? { leadId: idOf(number), version: 0, outbox: [] }
    await world.leads.commit({ ...known, state, ...(email !== undefined && { email }) }, number % 10)
  }
  const everything = async (page: (place: LeadPlace) => Promise<LeadPage>): Promise<readonly number[]> => {
    const numbers: number[] = []
    let cursor: string | undefined
    do {
      const { items, next } = await page({ limit: 7, ...(cursor !== undefined && { cursor }) })
      expect(items.length).toBeLessThanOrEqual(7)
      numbers.push(...items.map(({ leadId }) => Number(leadId.slice(5))))
      cursor = next
    } while (cursor !== undefined)
    return numbers
  }
  const listed = (who: 'people' | 'browsers' | 'all', stage?: string) =>
    everything((place) => world.list.page({ who, ...place, ...(stage !== undefined && { stage }) }))
  const numbers = Array.from({ length: 40 }, (_, number) => number)
  const byScore = (chosen: readonly number[]) =>
    chosen.toSorted((a, b) => (b % 10) - (a % 10) || (idOf(a) < idOf(b) ? 1 : -1))

  test('tell people from browsers, by score, and go through both together and in lanes', async () => {
    world = await make()
    for (const number of numbers) await add(number)
    const people = numbers.filter((number) => number % 3 !== 0)
    expect(await listed('people')).toEqual(byScore(people))
    expect(await listed('people', 'interest')).toEqual(byScore(numbers.filter((number) => number % 3 === 1)))
    expect(await listed('browsers')).toEqual(byScore(numbers.filter((number) => number % 3 === 0)))
    expect(await listed('all')).toEqual(byScore(numbers))
    const lanes = await Promise.all(
      Array.from({ length: leadLanes }, (_, lane) => everything((place) => world.list.lane(lane, place))),
    )
    expect(lanes.flat().toSorted((a, b) => a - b)).toEqual(numbers)
  })

  test('show a browser among people once it has given an address, and in the same lane', async () => {
    world = await make()
    await add(9)
    const laneOf = async () => {
      const pages = await Promise.all(
        Array.from({ length: leadLanes }, (_, lane) => world.list.lane(lane, { limit: 1 })),
      )
      return pages.findIndex(({ items }) => items.length > 0)
    }
    const lane = await laneOf()
    expect([await listed('people'), await listed('browsers')]).toEqual([[], [9]])
    await add(9, 'now@example.com')
    expect([await listed('people'), await listed('browsers')]).toEqual([[9], []])
    expect(await laneOf()).toBe(lane)
  })

  test('lose whom is merged into another, until it stands for itself again', async () => {
    world = await make()
    for (const number of [1, 2, 3]) await add(number)
    for (const number of [2, 3])
      await world.claims.begin({ leadId: idOf(number), version: 1 }, idOf(1), merged(idOf(number)))
    expect(await listed('all')).toEqual([1])
    await world.claims.release({ leadId: idOf(2), version: 2 })
    expect(await listed('all')).toEqual([1])
    await add(2)
    expect(await listed('all')).toEqual([2, 1])
  })
})
