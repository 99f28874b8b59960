import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../local/json.ts'
import { StackModel } from '../../local/template/model.ts'

const endpoints = { app: 'http://127.0.0.1:3000', aws: 'http://127.0.0.1:4000' }

/** The resolved properties of one harmless resource with these properties. */
function resolved(Properties: JsonObject, rest: JsonObject = {}): JsonObject {
  const Resources = {
    Probe: { Type: 'AWS::CDK::Metadata', Properties },
    Queue: { Type: 'AWS::SQS::Queue' },
    Api: { Type: 'AWS::ApiGatewayV2::Api' },
  }
  const template = { ...rest, Resources }
  const model = new StackModel({ stacks: [{ stackName: 'Own', template }], assets: new Map() }, endpoints)
  return model.ofType('AWS::CDK::Metadata')[0]?.properties ?? {}
}

describe('intrinsic functions', () => {
  it.each<[string, JsonObject, unknown]>([
    ['pseudo parameters', { Ref: 'AWS::Region' }, 'eu-central-1'],
    [
      'a queue by its URL',
      { Ref: 'Queue' },
      expect.stringMatching(/^http:\/\/127.0.0.1:4000\/0{12}\/Own-Queue-\w{12}$/),
    ],
    [
      'an attribute',
      { 'Fn::GetAtt': ['Queue', 'Arn'] },
      expect.stringMatching(/^arn:aws:sqs:eu-central-1:0{12}:Own-Queue-/),
    ],
    ['an attribute in dots', { 'Fn::GetAtt': 'Queue.QueueName' }, expect.stringMatching(/^Own-Queue-/)],
    ['a join over a split', { 'Fn::Join': ['-', { 'Fn::Split': ['/', 'a/b'] }] }, 'a-b'],
    ['a selection', { 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
    ['a parameter', { Ref: 'Given' }, 'default'],
    ['a condition', { 'Fn::If': ['Here', 'yes', 'no'] }, 'yes'],
    ['a mapping', { 'Fn::FindInMap': ['Map', 'a', 'b'] }, 'c'],
    [
      'the address of the API',
      { 'Fn::Join': ['', ['https://', { Ref: 'Api' }, '.execute-api.eu-central-1.amazonaws.com/']] },
      'http://127.0.0.1:3000/',
    ],
  ])('resolve %s', (_name, value, expected) => {
    const rest = {
      Parameters: { Given: { Type: 'String', Default: 'default' } },
      Conditions: { Here: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] }] } },
      Mappings: { Map: { a: { b: 'c' } } },
    }
    expect(resolved({ value }, rest).value).toEqual(expected)
  })

  it('substitute names, attributes, own variables and literals', () => {
    const text = ['$', '{Queue.QueueName} $', '{own} $', '{!kept}'].join('')
    expect(resolved({ value: { 'Fn::Sub': [text, { own: { Ref: 'AWS::AccountId' } }] } }).value).toMatch(
      /^Own-Queue-\w{12} 000000000000 \$\{kept\}$/,
    )
  })

  it('leave out what has no value', () => {
    expect(resolved({ gone: { Ref: 'AWS::NoValue' }, list: [1, { Ref: 'AWS::NoValue' }] })).toEqual({
      list: [1],
    })
  })

  it.each<[string, JsonObject]>([
    ['Nowhere is no resource', { Ref: 'Nowhere' }],
    ['no stack exports x', { 'Fn::ImportValue': 'x' }],
    ['the intrinsic function Fn::Transform is not supported locally', { 'Fn::Transform': {} }],
  ])('say that %s', (message, value) => {
    expect(() => resolved({ value })).toThrow(`Own/Probe (AWS::CDK::Metadata): ${message}`)
  })
})

it('gives resources the same names on every start', () => {
  expect(resolved({ a: { Ref: 'Queue' } })).toEqual(resolved({ a: { Ref: 'Queue' } }))
})
