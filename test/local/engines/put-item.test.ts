import { afterEach, beforeEach, expect, it } from 'vitest'
import { type DynamoDbEngine, startDynamoDb } from '../../../local/engines/dynamodb-engine.ts'
import type { JsonObject } from '../../../local/json.ts'

const TableName = 'people'
const by = (name: string, KeyType: string) => ({ AttributeName: name, KeyType })

const openTable = async (): Promise<DynamoDbEngine> => {
  const opened = await startDynamoDb(undefined)
  await opened.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['id', 'stage', 'score'].map((AttributeName) => ({
      AttributeName,
      AttributeType: AttributeName === 'score' ? 'N' : 'S',
    })),
    KeySchema: [by('id', 'HASH')],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'stages',
        KeySchema: [by('stage', 'HASH'), by('score', 'RANGE')],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  })
  const describe = async () => (await opened.call('DescribeTable', { TableName })).body
  while (!(await describe()).includes('"TableStatus":"ACTIVE"')) await new Promise(setImmediate)
  return opened
}

let engine: DynamoDbEngine
beforeEach(async () => {
  engine = await openTable()
})
afterEach(() => engine.close())

const call = async (operation: string, input: object) => {
  const { status, body } = await engine.call(operation, { TableName, ...input })
  return { status, ...JSON.parse(body) }
}
const person = (id: string, stage: string, score: number, more: JsonObject = {}): JsonObject => ({
  id: { S: id },
  stage: { S: stage },
  score: { N: String(score) },
  ...more,
})
const put = (Item: object, more: object = {}) => call('PutItem', { Item, ...more })
const get = async (id: string) => (await call('GetItem', { Key: { id: { S: id } } })).Item
const inStage = async (stage: string) => {
  const { Items } = await call('Query', {
    IndexName: 'stages',
    KeyConditionExpression: 'stage = :stage',
    ExpressionAttributeValues: { ':stage': { S: stage } },
  })
  return Items
}

it('puts an item in the place of another, in its indexes, too', async () => {
  const former = person('ada', 'interest', 9, { name: { S: 'Ada' } })
  expect(await put(former)).toEqual({ status: 200 })
  expect(await put(person('bea', 'interest', 10))).toEqual({ status: 200 })
  expect(await inStage('interest')).toEqual([person('ada', 'interest', 9), person('bea', 'interest', 10)])
  const later = person('ada', 'intent', 30)
  expect(await put(later, { ReturnValues: 'ALL_OLD', ReturnConsumedCapacity: 'TOTAL' })).toEqual({
    status: 200,
    Attributes: former,
    ConsumedCapacity: { CapacityUnits: 1, TableName },
  })
  expect([await get('ada'), await inStage('interest'), await inStage('intent')]).toEqual([
    later,
    [person('bea', 'interest', 10)],
    [later],
  ])
  await put({ id: { S: 'ada' } })
  expect(await inStage('intent')).toEqual([])
})

it('refuses what does not meet its condition or fit its table, and leaves what is there', async () => {
  const ada = person('ada', 'interest', 9)
  await put(ada)
  const ConditionExpression = 'attribute_not_exists(id)'
  const refused = [
    await put(person('ada', 'intent', 30), { ConditionExpression }),
    await put({ stage: { S: 'intent' } }),
    await put({ ...ada, stage: { N: '1' } }),
    await put(person('cyd', 'intent', 30), { ConditionExpression: 'attribute_exists(id)' }),
  ]
  expect(refused.map(({ status, __type }) => [status, __type.split('#')[1]])).toEqual([
    [400, 'ConditionalCheckFailedException'],
    [400, 'ValidationException'],
    [400, 'ValidationException'],
    [400, 'ConditionalCheckFailedException'],
  ])
  expect(await get('cyd')).toBeUndefined()
  expect([await get('ada'), await inStage('interest'), await inStage('intent')]).toEqual([ada, [ada], []])
  expect(await put(person('bea', 'intent', 30), { ConditionExpression })).toEqual({ status: 200 })
})

it('waits for whoever has the item in hand', async () => {
  await put(person('ada', 'interest', 1))
  const update = call('UpdateItem', {
    Key: { id: { S: 'ada' } },
    UpdateExpression: 'SET stage = :stage ADD score :more',
    ExpressionAttributeValues: { ':stage': { S: 'intent' }, ':more': { N: '1' } },
  })
  const later = put(person('ada', 'purchase', 90), { ReturnValues: 'ALL_OLD' })
  expect((await later).Attributes).toEqual(person('ada', 'intent', 2))
  expect((await update).status).toBe(200)
  expect(await get('ada')).toEqual(person('ada', 'purchase', 90))
  expect([await inStage('interest'), await inStage('intent')]).toEqual([[], []])
  expect(await inStage('purchase')).toHaveLength(1)
})

it('puts what comes in a batch into the table that it was sent to', async () => {
  const other = await openTable()
  try {
    const batch = (...items: JsonObject[]) => ({
      RequestItems: { [TableName]: items.map((Item) => ({ PutRequest: { Item } })) },
    })
    await other.call('BatchWriteItem', batch(person('ada', 'intent', 30)))
    const { status } = await engine.call('BatchWriteItem', batch(person('bea', 'interest', 1)))
    expect([status, await get('ada'), await get('bea')]).toEqual([
      200,
      undefined,
      person('bea', 'interest', 1),
    ])
    expect([await inStage('intent'), await inStage('interest')]).toEqual([[], [person('bea', 'interest', 1)]])
  } finally {
    await other.close()
  }
})
