import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { dynamoItems, typed } from '../../../functions/adapters/dynamo-items.ts'
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

describe('what is to be written where nothing stands', () => {
  let table: TestTable
  beforeAll(async () => {
    table = await startTable()
  })
  afterAll(() => table.stop())

  it('goes out together, and each learns whether it was written', async () => {
    const { insert, insertTogether, get } = dynamoItems(table.client, table.tableName)
    insertTogether()
    expect(await insert({ ...key(0), by: 'an earlier one', absent: undefined })).toBe(true)
    const written = await Promise.all(
      Array.from({ length: 60 }, (_, number) => insert({ ...key(number), by: 'all' })),
    )
    expect(written).toEqual([false, ...Array.from({ length: 59 }, () => true)])
    expect((await get(key(0)))?.by).toBe('an earlier one')
    expect((await get(key(59)))?.by).toBe('all')
  })

  it('is written once where two mean the same place', async () => {
    const { insert, get } = dynamoItems(table.client, table.tableName)
    const places = [key(701), key(700), key(701)]
    expect(await Promise.all(places.map((place, by) => insert({ ...place, by })))).toEqual([
      ...[true, true, false],
    ])
    expect(await Promise.all([5, 6].map((by) => insert({ ...key(702), by })))).toContain(false)
    expect((await get(key(701)))?.by).toBe(0)
  })

  it('fails alone where it cannot be written', async () => {
    const { insert } = dynamoItems(table.client, table.tableName)
    const results = await Promise.allSettled([
      ...[insert(key(800)), insert({ sk: 'LEAD', pk: '' }), insert(key(801))],
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })
})

describe('what DynamoDB says of statements', () => {
  const client = new DynamoDBClient({ region: 'eu-central-1' })
  const mock = mockClient(client)
  afterEach(() => mock.reset())
  const inserting = () => {
    const items = dynamoItems(client, 'table')
    items.insertTogether()
    return items
  }
  const saying = (Code: 'ThrottlingError' | 'DuplicateItem' | 'AccessDenied' | 'InternalServerError') => ({
    Error: { Code, Message: 'why' },
  })

  it.each(['ThrottlingError', 'InternalServerError'] as const)(
    'asks for one alone after %s',
    async (code) => {
      mock
        .on(BatchExecuteStatementCommand)
        .resolves({ Responses: [{}, saying(code), saying('DuplicateItem')] })
      mock.on(PutItemCommand).resolves({})
      const { insert } = inserting()
      expect(await Promise.all([1, 2, 3].map((number) => insert(key(number))))).toEqual([true, true, false])
      expect(mock.commandCalls(PutItemCommand).map(({ args }) => args[0].input)).toMatchObject([
        { Item: typed(key(2)), ConditionExpression: 'attribute_not_exists(#pk)' },
      ])
    },
  )

  it('tells what was refused for good', async () => {
    mock.on(BatchExecuteStatementCommand).resolves({ Responses: [{}, saying('AccessDenied')] })
    const { insert } = inserting()
    const [one, other] = await Promise.allSettled([insert(key(1)), insert(key(2))])
    expect([one.status, other]).toMatchObject(['fulfilled', { reason: { message: 'AccessDenied: why' } }])
    expect(mock.commandCalls(PutItemCommand)).toHaveLength(0)
  })

  it('does not ask one by one where the whole request has failed, as some of it may stand', async () => {
    mock.on(BatchExecuteStatementCommand).rejects(new Transient('no answer'))
    const { insert } = inserting()
    const results = await Promise.allSettled([insert(key(1)), insert(key(2))])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(mock.commandCalls(PutItemCommand)).toHaveLength(0)
  })
})

describe('what DynamoDB leaves unprocessed', () => {
  const client = new DynamoDBClient({ region: 'eu-central-1' })
  const mock = mockClient(client)
  afterEach(() => mock.reset())
  const batcher = () => dynamoItems(client, 'table')

  it('is offered again', async () => {
    mock
      .on(BatchGetItemCommand)
      .resolvesOnce({
        Responses: { table: [typed(key(1))] },
        UnprocessedKeys: { table: { Keys: [typed(key(2))] } },
      })
      .resolves({ Responses: { table: [typed(key(2))] } })
    const { get } = batcher()
    expect(await Promise.all([get(key(1)), get(key(2))])).toEqual([key(1), key(2)])
    expect(mock.commandCalls(BatchGetItemCommand).at(-1)?.args[0].input.RequestItems?.table?.Keys).toEqual([
      typed(key(2)),
    ])
  })

  it('is given back after a while, one by one', async () => {
    mock
      .on(BatchWriteItemCommand)
      .resolves({ UnprocessedItems: { table: [{ PutRequest: { Item: typed(key(1)) } }] } })
    mock.on(BatchGetItemCommand).resolves({ Responses: { table: [] } })
    mock.on(PutItemCommand).resolves({})
    const { putNew } = batcher()
    await Promise.all([putNew(key(1)), putNew(key(2))])
    expect(mock.commandCalls(PutItemCommand)).toHaveLength(2)
    mock.on(PutItemCommand).rejects(new Transient('still not'))
    await expect(Promise.all([putNew(key(1)), putNew(key(2))])).rejects.toBeInstanceOf(Transient)
  })

  it('reads a single item by itself', async () => {
    mock.on(GetItemCommand).resolves({ Item: typed(key(1)) })
    expect(await batcher().get(key(1))).toEqual(key(1))
    expect(mock.commandCalls(GetItemCommand)[0]?.args[0].input.ConsistentRead).toBe(true)
  })
})
