import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DynamoDbEngine, startDynamoDb } from '../../../local/engines/dynamodb-engine.ts'

const TableName = `tables-${process.pid}`

let engine: DynamoDbEngine
beforeAll(async () => {
  engine = await startDynamoDb(undefined)
})
afterAll(() => engine.close())

const describeTable = async (): Promise<string> => (await engine.call('DescribeTable', { TableName })).body

const until = async (isSo: (description: string) => boolean): Promise<void> => {
  while (!isSo(await describeTable())) await new Promise(setImmediate)
}

const create = async (key: string): Promise<void> => {
  await engine.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
  })
  await until((description) => description.includes('"TableStatus":"ACTIVE"'))
}
const put = async (key: string): Promise<number> =>
  (await engine.call('PutItem', { TableName, Item: { [key]: { S: 'one' } } })).status

it('goes by what a table is like now, also where one of that name was another before', async () => {
  await create('id')
  expect([await put('id'), await put('name')]).toEqual([200, 400])
  await engine.call('DeleteTable', { TableName })
  expect(await put('id')).toBe(400)
  await until((description) => description.includes('ResourceNotFoundException'))
  await create('name')
  expect([await put('id'), await put('name')]).toEqual([400, 200])
})
