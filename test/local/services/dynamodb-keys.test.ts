import { expect, it } from 'vitest'
import type { JsonObject } from '../../../local/json.ts'
import { dynamoDbService } from '../../../local/services/dynamodb.ts'

const TABLE = 'arn:aws:dynamodb:eu-central-1:000000000000:table/leads'
const keys = new Map([
  ['leads', 'pk'],
  ['leads/index/byMail', 'mail'],
])
const service = dynamoDbService(
  { call: async () => ({ status: 200, body: '{}' }), close: async () => undefined },
  keys,
)
const S = (text: string) => ({ S: text })
const none = {} as never

const query = { TableName: 'leads', ExpressionAttributeNames: { '#k': 'pk', '#m': 'mail' } }
const values = { ExpressionAttributeValues: { ':k': S('L#1'), ':m': S('M#1') } }

it.each([
  ['PutItem', { TableName: 'leads', Item: { pk: S('L#1'), sk: S('x') } }, ['L#1'], TABLE],
  ['UpdateItem', { TableName: TABLE, Key: { pk: S('L#1') } }, ['L#1'], TABLE],
  ['Query', { ...query, ...values, KeyConditionExpression: '#k = :k' }, ['L#1'], TABLE],
  [
    'Query',
    { ...query, ...values, IndexName: 'byMail', KeyConditionExpression: '#m = :m' },
    ['M#1'],
    `${TABLE}/index/byMail`,
  ],
  [
    'BatchGetItem',
    { RequestItems: { leads: { Keys: [{ pk: S('L#1') }, { pk: S('PLAYBOOK') }] } } },
    ['L#1', 'PLAYBOOK'],
    TABLE,
  ],
  [
    'BatchWriteItem',
    {
      RequestItems: {
        leads: [{ PutRequest: { Item: { pk: S('L#1') } } }, { DeleteRequest: { Key: { pk: S('TEAM#a') } } }],
      },
    },
    ['L#1', 'TEAM#a'],
    TABLE,
  ],
])('%s touches partitions that a policy may speak of', (name, input, leading, resource) => {
  expect(service.needs({ name, input }, none)).toEqual([
    { action: `dynamodb:${name}`, resource, context: { 'dynamodb:LeadingKeys': leading } },
  ])
})

it('a scan touches none by name', () => {
  expect(service.needs({ name: 'Scan', input: { TableName: 'leads' } }, none)).toEqual([
    { action: 'dynamodb:Scan', resource: TABLE },
  ])
})

it('a statement needs the permission of its kind, on each table that it names', () => {
  const insert = (table: string, ...Parameters: JsonObject[]): JsonObject => ({
    Statement: `INSERT INTO "${table}" VALUE {'pk': ?, 'sk': ?}`,
    Parameters,
  })
  const Statements = [
    ...[insert('leads', S('L#1'), S('x')), insert('leads', S('E#2'), S('P'))],
    insert('others', S('a'), S('b')),
  ]
  expect(service.needs({ name: 'BatchExecuteStatement', input: { Statements } }, none)).toEqual([
    {
      ...{ action: 'dynamodb:PartiQLInsert', resource: TABLE },
      context: { 'dynamodb:LeadingKeys': ['L#1', 'E#2'] },
    },
    {
      action: 'dynamodb:PartiQLInsert',
      resource: TABLE.replace('leads', 'others'),
      context: { 'dynamodb:LeadingKeys': [] },
    },
  ])
})
