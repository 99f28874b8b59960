import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DynamoDbEngine, startDynamoDb } from '../../../local/engines/dynamodb-engine.ts'
import { insertsOf } from '../../../local/engines/insert-statements.ts'
import type { JsonObject } from '../../../local/json.ts'

const tableName = `inserts-${process.pid}`
const S = (text: string) => ({ S: text })

let engine: DynamoDbEngine
beforeAll(async () => {
  engine = await startDynamoDb(undefined)
  const keys = [
    ['pk', 'HASH'],
    ['sk', 'RANGE'],
  ] as const
  await engine.call('CreateTable', {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map(([AttributeName]) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
  })
  for (;;) {
    const { body } = await engine.call('DescribeTable', { TableName: tableName })
    if (body.includes('"TableStatus":"ACTIVE"')) break
    await new Promise(setImmediate)
  }
})
afterAll(async () => {
  await engine.call('DeleteTable', { TableName: tableName })
  await engine.close()
})

const insert = (item: JsonObject, table = tableName) => ({
  Statement: `INSERT INTO "${table}" VALUE {${Object.keys(item)
    .map((name) => `'${name}': ?`)
    .join(', ')}}`,
  Parameters: Object.values(item) as JsonObject[],
})
const at = (pk: string, more: JsonObject = {}) => ({ pk: S(pk), sk: S('LEAD'), ...more })

const run = async (...Statements: JsonObject[]) => {
  const { status, body } = await engine.call('BatchExecuteStatement', { Statements })
  return { status, ...JSON.parse(body) }
}
const itemAt = async (pk: string) => {
  const { body } = await engine.call('GetItem', { TableName: tableName, Key: at(pk), ConsistentRead: true })
  return JSON.parse(body).Item
}

const written = { TableName: tableName }
const refused = {
  ...{ TableName: tableName },
  Error: { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' },
}

/** What Amazon's DynamoDB Local 3.3.0 answers as well (`AWS_ENDPOINT_URL_DYNAMODB`). */
describe('statements of a batch, as AWS answers them', () => {
  it('write each for itself where nothing stands, and answer in their order', async () => {
    await run(insert(at('1', { by: S('first') })))
    const others = ['2', '3'].map((pk) => insert(at(pk, { by: S('second') })))
    const answer = await run(...others.slice(0, 1), insert(at('1', { by: S('second') })), ...others.slice(1))
    expect(answer).toEqual({ status: 200, Responses: [written, refused, written] })
    expect(await Promise.all(['1', '2', '3'].map(itemAt))).toEqual([
      at('1', { by: S('first') }),
      ...['2', '3'].map((pk) => at(pk, { by: S('second') })),
    ])
  })

  it('of two requests that meet, let one write', async () => {
    const both = await Promise.all(['a', 'b'].map((by) => run(insert(at('meet', { by: S(by) })))))
    expect(both.filter(({ Responses: [one] }) => one.Error === undefined)).toHaveLength(1)
  })

  it('take values of any type, and names with quotes in them', async () => {
    const item = at('4', { n: { N: '5' }, b: { B: 'AQI=' }, m: { M: { in: S('x') } }, t: { BOOL: true } })
    const { Statement, Parameters } = insert(item)
    const quoted = {
      Statement: `insert into "${tableName}" value ${Statement.split(' VALUE ')[1]?.replace('}', ", 'it''s': ?}")}`,
      Parameters: [...Parameters, S('quoted')],
    }
    expect(await run(quoted)).toEqual({ status: 200, Responses: [written] })
    expect(await itemAt('4')).toEqual({ ...item, "it's": S('quoted') })
  })

  it('fail alone where the item or the table is wrong', async () => {
    const { status, Responses } = await run(
      insert({ pk: S('5') }),
      { ...insert(at('5')), Parameters: [S('5')] },
      insert(at('5'), 'no-such-table'),
      insert(at('6')),
    )
    expect(status).toBe(200)
    expect(Responses.map(({ Error: error }: JsonObject) => Object(error).Code)).toEqual([
      ...['ValidationError', 'ValidationError', 'ResourceNotFound', undefined],
    ])
    expect(await itemAt('6')).toEqual(at('6'))
  })

  it.each([
    ['name one item twice', [insert(at('7')), insert(at('8')), insert(at('7'))]],
    ['are more than 25', Array.from({ length: 26 }, (_, index) => insert(at(`many-${index}`)))],
    ['are none', []],
    ['are longer than they may be', [insert(at('7', { ['x'.repeat(8_200)]: S('x') }))]],
  ])('are refused together where they %s', async (_, statements) => {
    const { status, __type, message } = await run(...statements)
    expect([status, __type]).toEqual([400, 'com.amazon.coral.validate#ValidationException'])
    expect(message).not.toBe('')
  })
})

it.each([
  `SELECT * FROM "leads" WHERE pk = '1' AND sk = 'LEAD'`,
  `UPDATE "leads" SET x = 1 WHERE pk = '1' AND sk = 'LEAD'`,
  `INSERT INTO "leads" VALUE {'pk': '9', 'sk': ?}`,
  `INSERT INTO "leads" VALUE {'pk': ? 'sk': ?}`,
  `INSERT INTO "leads" VALUE {}`,
])('%s is none that the runner knows, which it says', (Statement) => {
  expect(() => insertsOf({ Statements: [{ Statement }] })).toThrow(
    expect.objectContaining({
      code: 'ValidationException',
      message: expect.stringContaining('The local runner knows only INSERT INTO "table" VALUE'),
    }),
  )
})
