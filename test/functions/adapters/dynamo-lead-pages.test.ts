import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { stageIds } from '../../../domain/model/deal.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { leadKey } from '../../../functions/adapters/dynamo-lead-items.ts'
import { countListedLeads, dynamoLeadPages } from '../../../functions/adapters/dynamo-lead-list.ts'
import { dynamoLeadLog } from '../../../functions/adapters/dynamo-leads.ts'
import { leadLanes, shardFor } from '../../../functions/adapters/ranked-lists.ts'
import { table as schema } from '../../../functions/table-schema.ts'
import { fact, leadIdOf } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
let requests = 0
let now = '2026-03-02T09:00:00.000Z'
beforeEach(async () => {
  table = await startTable()
  table.client.middlewareStack.add(
    (next) => (input) => {
      requests += 1
      return next(input)
    },
    { step: 'initialize' },
  )
})
afterEach(() => table.stop())

const rules = compileRules(makePlaybook())
const kinds = ['page.viewed', 'newsletter.subscribed', 'order.completed']
const idOf = (number: number) => leadIdOf(`lead-${String(number).padStart(4, '0')}`)

const add = async (number: number, version = 0): Promise<void> => {
  const state = foldLead([fact(`f-${number}`, kinds[number % 3] ?? '', '03-01T09:00')], rules)
  if (!state) throw new Error('no state')
  const email = number % 4 === 0 ? {} : { email: `${number}@example.com` }
  const lead = { leadId: idOf(number), version, state, outbox: [], ...email }
  await dynamoLeadLog(table.client, table.tableName).commit(lead, number)
}
const stageOf = (number: number) => ['awareness', 'interest', 'purchase'][number % 3]
/** Puts a lead into the list that an earlier release kept it in. */
const putInto = (number: number, list: string) =>
  table.client.send(
    new UpdateCommand({
      TableName: table.tableName,
      Key: leadKey(idOf(number)),
      UpdateExpression: 'SET #list = :list',
      ExpressionAttributeNames: { '#list': schema.lists.partitionKey },
      ExpressionAttributeValues: { ':list': list },
    }),
  )
const pages = () => dynamoLeadPages(table.client, table.tableName, () => now)
const numbersOf = (items: readonly { readonly leadId: string }[]) =>
  items.map(({ leadId }) => Number(leadId.slice(5)))
const isPerson = (number: number) => number % 4 !== 0
const counted = () => countListedLeads(table.client, table.tableName)()

test('people that earlier releases listed are found until they are written again, browsers only then', async () => {
  const numbers = Array.from({ length: 60 }, (_, number) => number)
  for (const number of numbers) {
    await add(number)
    const stage = `LEADS#${stageOf(number)}`
    if (number % 5 < 3) await putInto(number, number % 5 === 0 ? stage : shardFor(stage, idOf(number), 16))
  }
  expect(await counted()).toBe(60)
  const { page } = pages()
  const people = numbers.filter(isPerson).toReversed()
  expect(numbersOf((await page({ who: 'people', limit: 60 })).items)).toEqual(people)
  expect(numbersOf((await page({ who: 'people', stage: 'purchase', limit: 60 })).items)).toEqual(
    people.filter((number) => stageOf(number) === 'purchase'),
  )
  expect((await page({ who: 'all', limit: 60 })).items).toHaveLength(60)

  for (const number of numbers) await add(number, 1)
  expect(await counted()).toBe(60)
  expect(numbersOf((await page({ who: 'people', limit: 60 })).items)).toEqual(people)
  expect(numbersOf((await page({ who: 'browsers', limit: 60 })).items)).toEqual(
    numbers.filter((number) => !isPerson(number)).toReversed(),
  )
})

test('every lead is met in one lane, wherever it is listed', async () => {
  const numbers = Array.from({ length: 40 }, (_, number) => number)
  for (const number of numbers) await add(number)
  const lanesOf = async () => {
    const lanes = new Map<number, number>()
    for (let lane = 0; lane < leadLanes; lane += 1)
      for (const number of numbersOf((await pages().lane(lane, { limit: 60 })).items)) {
        expect(lanes.has(number)).toBe(false)
        lanes.set(number, lane)
      }
    return [...lanes].toSorted(([a], [b]) => a - b)
  }
  const lanes = await lanesOf()
  expect(lanes.map(([number]) => number)).toEqual(numbers)
  for (let lane = 0; lane < leadLanes; lane += 1)
    expect(await pages().countLane(lane)).toBe(lanes.filter(([, own]) => own === lane).length)
  for (const number of numbers) await putInto(number, shardFor(`LEADS#${stageOf(number)}`, idOf(number), 16))
  expect(await lanesOf()).toEqual(lanes)
  await putInto(7, `LEADS#${stageOf(7)}`)
  expect((await lanesOf())[7]).toEqual([7, 0])
})

test('a page of all stages takes thirty requests at most, once it is known that the former lists are empty', async () => {
  for (let number = 0; number < 120; number += 1) await add(number)
  const { page } = pages()
  const cost = async (query: Parameters<typeof page>[0]) => {
    requests = 0
    const { items } = await page(query)
    return { requests, found: items.length }
  }
  // Once: a look into each of the thirteen former parts of six stages.
  expect((await cost({ who: 'people', limit: 50 })).requests).toBeLessThanOrEqual(30 + 13 * stageIds.length)
  const known = await cost({ who: 'people', limit: 50 })
  expect(known.found).toBe(50)
  expect(known.requests).toBeLessThanOrEqual(30)
  expect((await cost({ who: 'people', stage: 'interest', limit: 20 })).requests).toBeLessThanOrEqual(8)
  expect((await cost({ who: 'browsers', limit: 20 })).requests).toBeLessThanOrEqual(20)
})

test('a list that an earlier release fills again is found after a while', async () => {
  await add(7)
  const { page } = pages()
  const found = async () => numbersOf((await page({ who: 'people', limit: 5 })).items)
  expect(await found()).toEqual([7])
  await putInto(7, `LEADS#${stageOf(7)}`)
  now = '2026-03-02T09:15:00.000Z'
  expect(await found()).toEqual([7])
})
