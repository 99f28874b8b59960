import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
} from '@aws-sdk/lib-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { dynamoItems } from '../../../functions/adapters/dynamo-items.ts'
import { Transient } from '../../../functions/ports.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

const key = (number: number) => ({ pk: `L#${number}`, sk: 'LEAD' })

describe('reads and writes put together', () => {
  let table: TestTable
  beforeAll(async () => {
    table = await startTable()
  })
  afterAll(() => table.stop())

  it('answer each caller with its own, whatever else was asked for', async () => {
    const batcher = dynamoItems(table.client, table.tableName)
    await Promise.all(Array.from({ length: 60 }, (_, number) => batcher.putNew({ ...key(number), number })))
    const asked = Array.from({ length: 240 }, (_, index) => index % 70)
    const found = await Promise.all(asked.map((number) => batcher.get(key(number))))
    expect(found.map((item) => item?.number)).toEqual(
      asked.map((number) => (number < 60 ? number : undefined)),
    )
  })

  it('leave what stands there, and tell who was the first', async () => {
    const batcher = dynamoItems(table.client, table.tableName)
    const together = await Promise.all([1, 2, 3].map((time) => batcher.putNew({ ...key(500), time })))
    expect(together).toEqual([true, false, false])
    expect(await batcher.putNew({ ...key(500), time: 4 })).toBe(false)
    expect(await Promise.all([5, 6].map((time) => batcher.putNew({ ...key(500), time })))).toEqual([
      false,
      false,
    ])
    expect((await batcher.get(key(500)))?.time).toBe(1)
  })

  it('let one that cannot be written fail alone', async () => {
    const batcher = dynamoItems(table.client, table.tableName)
    const results = await Promise.allSettled([
      batcher.putNew({ ...key(600) }),
      batcher.putNew({ pk: '', sk: 'LEAD' }),
      batcher.putNew({ ...key(601) }),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await batcher.get(key(601))).toEqual(key(601))
  })
})

describe('what DynamoDB leaves unprocessed', () => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-central-1' }))
  const mock = mockClient(client)
  afterEach(() => mock.reset())
  const batcher = () => dynamoItems(client, 'table')

  it('is offered again', async () => {
    mock
      .on(BatchGetCommand)
      .resolvesOnce({ Responses: { table: [key(1)] }, UnprocessedKeys: { table: { Keys: [key(2)] } } })
      .resolves({ Responses: { table: [key(2)] } })
    const { get } = batcher()
    expect(await Promise.all([get(key(1)), get(key(2))])).toEqual([key(1), key(2)])
    expect(mock.commandCalls(BatchGetCommand).at(-1)?.args[0].input.RequestItems?.table?.Keys).toEqual([
      key(2),
    ])
  })

  it('is given back after a while, one by one', async () => {
    mock.on(BatchWriteCommand).resolves({ UnprocessedItems: { table: [{ PutRequest: { Item: key(1) } }] } })
    mock.on(BatchGetCommand).resolves({ Responses: { table: [] } })
    mock.on(PutCommand).resolves({})
    const { putNew } = batcher()
    await Promise.all([putNew(key(1)), putNew(key(2))])
    expect(mock.commandCalls(PutCommand)).toHaveLength(2)
    mock.on(PutCommand).rejects(new Transient('still not'))
    await expect(Promise.all([putNew(key(1)), putNew(key(2))])).rejects.toBeInstanceOf(Transient)
  })

  it('reads a single item by itself', async () => {
    mock.on(GetCommand).resolves({ Item: key(1) })
    expect(await batcher().get(key(1))).toEqual(key(1))
    expect(mock.commandCalls(GetCommand)[0]?.args[0].input.ConsistentRead).toBe(true)
  })
})
