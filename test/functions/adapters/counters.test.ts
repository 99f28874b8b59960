import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { dynamoItems, keyOf } from '../../../functions/adapters/dynamo-items.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
let failing = false
/** Operations asked of the table. */
let calls: string[] = []
beforeAll(async () => {
  table = await startTable()
  table.client.middlewareStack.add(
    (next, context) => (given) => {
      calls.push(String(context.commandName))
      if (failing && JSON.stringify(given.input).includes('refused')) throw new Error('refused')
      return next(given)
    },
    { step: 'initialize' },
  )
})
afterAll(() => table.stop())
beforeEach(() => {
  calls = []
  failing = false
})

const items = () => dynamoItems(table.client, table.tableName)

test('what is added to one item within a moment is one request', async () => {
  const [one, other] = [keyOf('SUM', 'one'), keyOf('SUM', 'other')]
  await Promise.all([
    ...Array.from({ length: 10 }, () => items().count(one, { sent: 1 })),
    items().count(one, { sent: -1, held: 2 }),
    items().count(other, { sent: 3 }),
  ])
  expect(calls).toEqual(['UpdateItemCommand', 'UpdateItemCommand'])
  expect(await items().get(one)).toMatchObject({ sent: 9, held: 2 })
  expect(await items().get(other)).toMatchObject({ sent: 3 })
})

test('where one item is refused the others are added once, and whoever counted there hears of it', async () => {
  failing = true
  const [one, refused] = [keyOf('SUM', 'third'), keyOf('SUM', 'refused')]
  const results = await Promise.allSettled([
    items().count(one, { sent: 1 }),
    items().count(refused, { sent: 1 }),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(await items().get(one)).toMatchObject({ sent: 1 })
})

test('reads wait for each other where there is company', async () => {
  const keys = [keyOf('SUM', 'one'), keyOf('SUM', 'other')] as const
  const apart = async () => {
    const first = items().get(keys[0])
    await new Promise(setImmediate)
    await Promise.all([first, items().get(keys[1])])
  }
  await apart()
  expect(calls).toEqual(['GetItemCommand', 'GetItemCommand'])
  calls = []
  items().gather(() => 5)
  await apart()
  items().gather(() => 0)
  expect(calls).toEqual(['BatchGetItemCommand'])
})
