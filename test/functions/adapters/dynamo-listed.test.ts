import { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dynamoItems, typed } from '../../../functions/adapters/dynamo-items.ts'
import { Transient } from '../../../functions/ports.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

it('reads what an index lists in its order, once where it stands twice, and not what is gone', async () => {
  const items = [1, 2, 3].map((number) => ({ pk: `L#${number}`, sk: 'LEAD', number }))
  const { putNew, listed } = dynamoItems(table.client, table.tableName)
  await Promise.all(items.map(putNew))
  const rows = [3, 1, 3, 9, 2].map((number) => ({ pk: `L#${number}`, sk: 'LEAD', listRank: `${number}` }))
  const found = await listed(rows)
  expect(found.map(({ number }) => number)).toEqual([3, 1, 2])
})

it('reads more than one request may ask for', async () => {
  const items = Array.from({ length: 230 }, (_, number) => ({ pk: `M#${number}`, sk: 'LEAD', number }))
  const { write, listed } = dynamoItems(table.client, table.tableName)
  await Promise.all(items.map(write))
  const found = await listed(items)
  expect(found.map(({ number }) => number)).toEqual(items.map(({ number }) => number))
})

it('asks again for what was left unprocessed, and gives up in the end', async () => {
  const busy = mockClient(DynamoDBClient)
  const key = { pk: 'L#1', sk: 'LEAD' }
  busy.on(BatchGetItemCommand).resolves({ UnprocessedKeys: { trichter: { Keys: [typed(key)] } } })
  const client = new DynamoDBClient({ region: 'eu-central-1' })
  await expect(dynamoItems(client, 'trichter').listed([key])).rejects.toBeInstanceOf(Transient)
  expect(busy.commandCalls(BatchGetItemCommand).length).toBeLessThanOrEqual(6)
  busy.restore()
})
