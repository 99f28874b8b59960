import { describe, expect, test } from 'vitest'
import { targetInput } from '../../../local/events/target-input.ts'

const text = JSON.stringify({
  id: 'e-1',
  'detail-type': 'OrderPlaced',
  detail: { order: { id: 7, note: 'say "hi"' }, items: [{ sku: 'a' }, { sku: 'b' }], gift: true },
})
const context = { text, ingestionTime: '2026-01-01T00:00:00.000Z', ruleName: 'orders', ruleArn: 'arn:rule' }

function transformed(inputTemplate: string, inputPathsMap: Record<string, string> = {}): string {
  return targetInput({ id: 't', arn: 'a', inputTransformer: { inputPathsMap, inputTemplate } }, context)
}

test('without anything the target gets the event', () => {
  expect(targetInput({ id: 't', arn: 'a' }, context)).toBe(text)
})

test('a constant', () => {
  expect(targetInput({ id: 't', arn: 'a', input: '{"x":1}' }, context)).toBe('{"x":1}')
})

test('a part, with the digits it came with', () => {
  const exact = { ...context, text: '{"detail":{"amount":12.50}}' }
  expect(targetInput({ id: 't', arn: 'a', inputPath: '$.detail' }, exact)).toBe('{"amount":12.50}')
})

describe('templates', () => {
  test('JSON: strings gain quotes, other values stay what they are', () => {
    const paths = { note: '$.detail.order.note', id: '$.detail.order.id', gift: '$.detail.gift' }
    expect(JSON.parse(transformed('{"note": <note>, "id": <id>, "gift": <gift>}', paths))).toEqual({
      note: 'say "hi"',
      id: 7,
      gift: true,
    })
  })
  test('inside quotes the value becomes part of the string', () => {
    const paths = { note: '$.detail.order.note', order: '$.detail.order' }
    expect(JSON.parse(transformed('{"text": "they <note>", "whole": "<order>"}', paths))).toEqual({
      text: 'they say "hi"',
      whole: '{"id":7,"note":"say \\"hi\\""}',
    })
  })
  test('a quoted string template', () => {
    expect(transformed('"order <id>"', { id: '$.detail.order.id' })).toBe('"order 7"')
  })
  test('array indices and wildcards', () => {
    const paths = { first: '$.detail.items[0].sku', all: '$.detail.items[*].sku' }
    expect(transformed('{"first":<first>,"all":<all>}', paths)).toBe('{"first":"a","all":["a","b"]}')
  })
  test("EventBridge's own variables", () => {
    const template =
      '{"rule":<aws.events.rule-name>,"arn":<aws.events.rule-arn>,"at":<aws.events.event.ingestion-time>,' +
      '"head":<aws.events.event>,"event":<aws.events.event.json>}'
    expect(JSON.parse(transformed(template))).toEqual({
      rule: 'orders',
      arn: 'arn:rule',
      at: '2026-01-01T00:00:00.000Z',
      head: { id: 'e-1', 'detail-type': 'OrderPlaced' },
      event: JSON.parse(text),
    })
  })
  test('a path that leads nowhere leaves nothing', () => {
    expect(transformed('{"a": "<gone>"}', { gone: '$.detail.gone' })).toBe('{"a": ""}')
  })
})
