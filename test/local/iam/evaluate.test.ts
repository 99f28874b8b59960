import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AccessRequest,
  type Decision,
  evaluate,
  type Statement,
  unknownIn,
} from '../../../local/iam/evaluate.ts'

const TABLE = 'arn:aws:dynamodb:eu-central-1:000000000000:table/leads'
const request: AccessRequest = { action: 'dynamodb:PutItem', resource: TABLE }
const allow = (more: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Action: 'dynamodb:PutItem',
  Resource: TABLE,
  ...more,
})

describe('statements', () => {
  const table: [name: string, statements: Statement[], request: AccessRequest, expected: Decision][] = [
    ['nothing is allowed by itself', [], request, 'implicit-deny'],
    ['a named action on a named resource', [allow()], request, 'allow'],
    [
      'one of several actions',
      [allow({ Action: ['dynamodb:GetItem', 'dynamodb:PutItem'] })],
      request,
      'allow',
    ],
    ['another action', [allow({ Action: 'dynamodb:GetItem' })], request, 'implicit-deny'],
    ['actions in any case', [allow({ Action: 'DynamoDB:putitem' })], request, 'allow'],
    ['a wildcard in the action', [allow({ Action: 'dynamodb:Put*' })], request, 'allow'],
    ['one character', [allow({ Action: 'dynamodb:?utItem' })], request, 'allow'],
    ['every action', [allow({ Action: '*' })], request, 'allow'],
    [
      'NotAction leaves out',
      [{ Effect: 'Allow', NotAction: 'dynamodb:Put*', Resource: '*' }],
      request,
      'implicit-deny',
    ],
    ['NotAction lets the rest', [{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }], request, 'allow'],
    [
      'resources keep their case',
      [allow({ Resource: TABLE.replace('leads', 'Leads') })],
      request,
      'implicit-deny',
    ],
    [
      'an index is not its table',
      [allow()],
      { ...request, resource: `${TABLE}/index/byEmail` },
      'implicit-deny',
    ],
    [
      'indexes',
      [allow({ Resource: `${TABLE}/index/*` })],
      { ...request, resource: `${TABLE}/index/byEmail` },
      'allow',
    ],
    [
      'a wildcard stays within its part',
      [allow({ Resource: 'arn:aws:dynamodb:*:table/leads' })],
      request,
      'implicit-deny',
    ],
    ['any region', [allow({ Resource: 'arn:aws:dynamodb:*:000000000000:table/leads' })], request, 'allow'],
    ['NotResource', [{ Effect: 'Allow', Action: '*', NotResource: TABLE }], request, 'implicit-deny'],
    ['a denial wins', [{ ...allow(), Effect: 'Deny' }, allow()], request, 'explicit-deny'],
    [
      'a denial of something else',
      [{ ...allow({ Action: 's3:*' }), Effect: 'Deny' }, allow()],
      request,
      'allow',
    ],
    ['no resource is no permission', [{ Effect: 'Allow', Action: '*' }], request, 'implicit-deny'],
    ['dots are dots', [allow({ Action: 'dynamodb.PutItem' })], request, 'implicit-deny'],
  ]
  test.each(table)('%s', (_, statements, asked, expected) => {
    expect(evaluate(statements, asked)).toBe(expected)
  })
})

describe('conditions', () => {
  const key = 'dynamodb:LeadingKeys'
  const table: [Statement['Condition'], AccessRequest['context'], boolean][] = [
    [{ StringEquals: { 'aws:region': 'eu' } }, { 'aws:region': 'eu' }, true],
    [{ StringEquals: { 'AWS:Region': 'eu' } }, { 'aws:region': 'eu' }, true],
    [{ StringEquals: { 'aws:region': ['us', 'eu'] } }, { 'aws:region': 'eu' }, true],
    [{ StringEquals: { 'aws:region': 'eu' } }, {}, false],
    [{ StringEqualsIfExists: { 'aws:region': 'eu' } }, {}, true],
    [{ StringNotEquals: { 'aws:region': 'eu' } }, {}, true],
    [{ StringNotEquals: { 'aws:region': ['eu', 'us'] } }, { 'aws:region': 'us' }, false],
    [{ StringEqualsIgnoreCase: { k: 'ABC' } }, { k: 'abc' }, true],
    [{ StringLike: { k: 'LEAD#*' } }, { k: 'LEAD#1' }, true],
    [{ StringNotLike: { k: 'LEAD#*' } }, { k: 'LEAD#1' }, false],
    [
      { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/x' } },
      { 'aws:SourceArn': 'arn:aws:events:a:b:rule/x' },
      true,
    ],
    [
      { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:rule/x' } },
      { 'aws:SourceArn': 'arn:aws:events:a:b:rule/x' },
      false,
    ],
    [{ ArnNotLike: { a: 'arn:aws:s3:::x' } }, { a: 'arn:aws:s3:::y' }, true],
    [{ Bool: { 'aws:SecureTransport': true } }, { 'aws:SecureTransport': 'true' }, true],
    [{ Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:SecureTransport': 'true' }, false],
    [{ Null: { k: 'true' } }, {}, true],
    [{ Null: { k: false } }, { k: 'x' }, true],
    [{ Null: { k: true } }, { k: 'x' }, false],
    [{ NumericLessThanEquals: { n: 10 } }, { n: '10' }, true],
    [{ NumericGreaterThan: { n: '10' } }, { n: '9' }, false],
    [{ NumericEquals: { n: 10 } }, { n: 'ten' }, false],
    [{ DateGreaterThan: { t: '2026-01-01T00:00:00Z' } }, { t: '2026-01-02T00:00:00Z' }, true],
    [{ DateLessThan: { t: '1767225600' } }, { t: '2025-12-31T00:00:00Z' }, true],
    [{ IpAddress: { ip: '10.0.0.0/8' } }, { ip: '10.1.2.3' }, true],
    [{ NotIpAddress: { ip: '10.0.0.0/8' } }, { ip: '10.1.2.3' }, false],
    [{ 'ForAllValues:StringEquals': { [key]: ['a', 'b'] } }, { [key]: ['a', 'b', 'a'] }, true],
    [{ 'ForAllValues:StringEquals': { [key]: ['a'] } }, { [key]: ['a', 'b'] }, false],
    [{ 'ForAllValues:StringEquals': { [key]: ['a'] } }, {}, true],
    [{ 'ForAllValues:StringLike': { [key]: ['LEAD#*'] } }, { [key]: ['LEAD#1', 'LEAD#2'] }, true],
    [{ 'ForAnyValue:StringEquals': { [key]: ['a'] } }, { [key]: ['a', 'b'] }, true],
    [{ 'ForAnyValue:StringEquals': { [key]: ['a'] } }, {}, false],
    [{ 'ForAllValues:StringNotEquals': { [key]: ['a'] } }, { [key]: ['b', 'a'] }, false],
    [{ StringEquals: { a: '1' }, StringLike: { b: '2*' } }, { a: '1', b: '3' }, false],
    [{ StringEquals: { k: '$'.concat('{aws:username}') } }, { k: 'eve', 'aws:username': 'eve' }, true],
  ]
  test.each(table)('%j with %j', (Condition, context, expected) => {
    const statement = allow(Condition && { Condition })
    const asked = { ...request, ...(context && { context }) }
    expect(evaluate([statement], asked)).toBe(expected ? 'allow' : 'implicit-deny')
  })
  test('an operator that IAM does not know is a fault of the template', () => {
    expect(() => evaluate([allow({ Condition: { StringSame: { k: 'x' } } })], request)).toThrow(/StringSame/)
  })
})

describe('resource policies', () => {
  const statement: Statement = {
    Effect: 'Allow',
    Action: 'sqs:SendMessage',
    Resource: 'arn:aws:sqs:eu-central-1:000000000000:q',
    Principal: { Service: 'events.amazonaws.com' },
  }
  const send = { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:eu-central-1:000000000000:q' }
  test('speak to their principal alone', () => {
    expect(evaluate([statement], { ...send, principal: 'events.amazonaws.com' })).toBe('allow')
    expect(evaluate([statement], { ...send, principal: 'scheduler.amazonaws.com' })).toBe('implicit-deny')
    expect(evaluate([statement], send)).toBe('implicit-deny')
    expect(evaluate([{ ...statement, Principal: '*' }], { ...send, principal: 'anyone' })).toBe('allow')
  })
  test.each([
    ['arn:aws:iam::000000000000:root', 'allow'],
    ['000000000000', 'allow'],
    ['arn:aws:iam::111111111111:root', 'implicit-deny'],
    ['arn:aws:iam::000000000000:role/other', 'implicit-deny'],
  ])('%s for a role of account 000000000000: %s', (named, expected) => {
    const request = { ...send, principal: 'arn:aws:iam::000000000000:role/sender' }
    expect(evaluate([{ ...statement, Principal: { AWS: named } }], request)).toBe(expected)
  })
})

test('the order of statements does not matter', () => {
  const effect = fc.constantFrom('Allow', 'Deny')
  const action = fc.constantFrom('dynamodb:*', 'dynamodb:PutItem', 's3:*', '*')
  const statement = fc.record({ Effect: effect, Action: action, Resource: fc.constantFrom('*', TABLE) })
  fc.assert(
    fc.property(fc.array(statement), (statements) => {
      expect(evaluate(statements.toReversed(), request)).toBe(evaluate(statements, request))
    }),
  )
})

describe('conditions that are not understood', () => {
  test.each([
    [{ StringEquals: { 'aws:PrincipalTag/team': 'a' } }, 'the key aws:PrincipalTag/team'],
    [{ StringLike: { 'ses:FromAddress': '*' } }, 'the key ses:FromAddress'],
    [{ StringMatches: { 'events:source': 'a' } }, 'the operator StringMatches'],
    [{ Null: { 'aws:TokenIssueTime': 'true' } }, 'the key aws:TokenIssueTime'],
    [{ toString: { 'events:source': 'a' } }, 'the operator toString'],
    [
      { StringEquals: { 'events:source': 'a' }, Bool: { 'aws:ViaAWSService': 'true' } },
      'the key aws:ViaAWSService',
    ],
  ])('%j', (condition, what) => {
    expect(unknownIn(condition)).toBe(what)
  })

  test.each([
    { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['L#*'] } },
    {
      'ForAnyValue:StringEqualsIfExists': { 'events:detail-type': 'Activity' },
      Null: { 'events:source': 'false' },
    },
    { StringNotEquals: { 'Events:Source': 'trichter' }, Bool: { 'aws:SecureTransport': 'true' } },
  ])('are none in %j', (condition) => {
    expect(unknownIn(condition)).toBeUndefined()
  })
})

describe('who may put what on the bus, and reach which items', () => {
  const bus = 'arn:aws:events:eu-central-1:000000000000:event-bus/trichter'
  const put = (source: string, type: string) => ({
    action: 'events:PutEvents',
    resource: bus,
    context: { 'events:source': source, 'events:detail-type': type },
  })
  const statement: Statement = {
    Effect: 'Allow',
    Action: 'events:PutEvents',
    Resource: bus,
    Condition: {
      StringEquals: { 'events:source': 'trichter', 'events:detail-type': ['Activity', 'LeadCreated'] },
    },
  }
  test.each([
    ['trichter', 'Activity', 'allow'],
    ['trichter', 'LeadCreated', 'allow'],
    ['trichter', 'ErasureRequested', 'implicit-deny'],
    ['other', 'Activity', 'implicit-deny'],
  ])('%s may announce %s: %s', (source, type, decision) => {
    expect(evaluate([statement], put(source, type))).toBe(decision)
  })

  test.each([
    [['L#1', 'TEAM#a'], 'allow'],
    [['L#1', 'PLAYBOOK'], 'implicit-deny'],
    [['PLAYBOOK'], 'implicit-deny'],
  ])('items of %j: %s', (leading, decision) => {
    const Condition = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['L#*', 'TEAM#*'] } }
    const context = { 'dynamodb:LeadingKeys': leading }
    expect(evaluate([allow({ Condition })], { ...request, context })).toBe(decision)
  })
})
