import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type DynamoDbEngine, startDynamoDb } from '../../../local/engines/dynamodb-engine.ts'
import { countingUnits, TableUnits } from '../../../local/services/table-units.ts'
import type { Resource } from '../../../local/template/model.ts'

const key = (name: string, range: string) => [
  { AttributeName: name, KeyType: 'HASH' },
  { AttributeName: range, KeyType: 'RANGE' },
]
const table = {
  KeySchema: key('pk', 'sk'),
  GlobalSecondaryIndexes: [
    { IndexName: 'lists', KeySchema: key('list', 'rank'), Projection: { ProjectionType: 'KEYS_ONLY' } },
  ],
}
const resource: Resource = {
  stack: 'Data',
  logicalId: 'Leads',
  type: 'AWS::DynamoDB::Table',
  name: 'leads',
  ref: 'leads',
  arn: 'arn:aws:dynamodb:eu-central-1:000000000000:table/leads',
  properties: table,
} as unknown as Resource

const units = new TableUnits()
let engine: DynamoDbEngine
let counted: DynamoDbEngine
beforeAll(async () => {
  engine = await startDynamoDb(undefined)
  const AttributeDefinitions = ['pk', 'sk', 'list', 'rank'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  }))
  await engine.call('CreateTable', {
    ...table,
    TableName: 'leads',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions,
  })
  for (;;) {
    const { body } = await engine.call('DescribeTable', { TableName: 'leads' })
    if (body.includes('"TableStatus":"ACTIVE"')) break
    await sleep(2)
  }
  counted = countingUnits(engine, [resource], units)
})
afterAll(() => engine.close())
beforeEach(() => units.begin())

const item = (pk: string, more: Record<string, string> = {}) =>
  Object.fromEntries(Object.entries({ pk, sk: 'LEAD', ...more }).map(([name, S]) => [name, { S }]))

const put = (pk: string, more: Record<string, string> = {}, conditions: object = {}) =>
  counted.call('PutItem', { TableName: 'leads', Item: item(pk, more), ...conditions })

test('an item takes a unit for each kilobyte, in its own partition', async () => {
  await put('L#1', { text: 'x'.repeat(2_500) })
  expect(units.list()).toEqual([{ table: 'leads', partition: 'L#1', read: 0, write: 3 }])
})

test('an index takes a row that comes, moves both ends of one that moves, and nothing of one that stays', async () => {
  await put('L#2', { list: 'cold', rank: '1' })
  await put('L#2', { list: 'warm', rank: '2' })
  await put('L#2', { list: 'warm', rank: '2', text: 'other' })
  expect(units.list()).toEqual([
    { table: 'leads', partition: 'L#2', read: 0, write: 3 },
    { table: 'leads/lists', partition: 'cold', read: 0, write: 2 },
    { table: 'leads/lists', partition: 'warm', read: 0, write: 1 },
  ])
})

test('what is taken out leaves its row, and what is replaced by less is paid for as it was', async () => {
  await put('L#3', { list: 'cold', rank: '3', text: 'x'.repeat(1_500) })
  units.begin()
  await counted.call('DeleteItem', { TableName: 'leads', Key: item('L#3') })
  expect(units.list()).toEqual([
    { table: 'leads', partition: 'L#3', read: 0, write: 2 },
    { table: 'leads/lists', partition: 'cold', read: 0, write: 1 },
  ])
})

test('a condition that does not hold is paid for, too', async () => {
  await put('L#4')
  units.begin()
  const { status } = await put(
    'L#4',
    { list: 'cold', rank: '4' },
    { ConditionExpression: 'attribute_not_exists(pk)' },
  )
  expect(status).toBe(400)
  expect(units.list()).toEqual([{ table: 'leads', partition: 'L#4', read: 0, write: 1 }])
})

test('reads are counted as the table counts them, by the partition that is asked', async () => {
  await put('L#5', { text: 'x'.repeat(5_000), list: 'read', rank: '5' })
  units.begin()
  await counted.call('GetItem', { TableName: 'leads', Key: item('L#5'), ConsistentRead: true })
  const where = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'L#5' } } }
  await counted.call('Query', { TableName: 'leads', ...where })
  await counted.call('BatchGetItem', {
    RequestItems: { leads: { Keys: [item('L#5'), item('L#none')], ConsistentRead: true } },
  })
  const listed = {
    KeyConditionExpression: '#list = :list',
    ExpressionAttributeNames: { '#list': 'list' },
    ExpressionAttributeValues: { ':list': { S: 'read' } },
  }
  await counted.call('Query', { TableName: 'leads', IndexName: 'lists', ...listed })
  expect(units.list()).toEqual([
    { table: 'leads', partition: 'L#5', read: 2 + 1 + 1.5, write: 0 },
    { table: 'leads', partition: 'L#none', read: 1.5, write: 0 },
    { table: 'leads/lists', partition: 'read', read: 0.5, write: 0 },
  ])
})

test('a batch writes each of its items', async () => {
  const requests = ['L#6', 'L#7'].map((pk) => ({ PutRequest: { Item: item(pk) } }))
  await counted.call('BatchWriteItem', { RequestItems: { leads: requests } })
  expect(units.list().map(({ partition, write }) => [partition, write])).toEqual([
    ['L#6', 1],
    ['L#7', 1],
  ])
})

test('a statement is counted as the write that it is, and one that is refused as a condition that does not hold', async () => {
  await put('L#9', { text: 'x'.repeat(1_500), list: 'cold', rank: '9' })
  units.begin()
  const statement = (pk: string) => ({
    Statement: `INSERT INTO "leads" VALUE {'pk': ?, 'sk': ?, 'list': ?, 'rank': ?}`,
    Parameters: Object.values(item(pk, { list: 'warm', rank: pk })),
  })
  await counted.call('BatchExecuteStatement', { Statements: ['L#9', 'L#10'].map(statement) })
  expect(units.list()).toEqual([
    { table: 'leads', partition: 'L#9', read: 0, write: 2 },
    { table: 'leads', partition: 'L#10', read: 0, write: 1 },
    { table: 'leads/lists', partition: 'warm', read: 0, write: 1 },
  ])
})

test('nothing is counted before or after', async () => {
  units.end()
  await put('L#8')
  expect(units.list()).toEqual([])
})
