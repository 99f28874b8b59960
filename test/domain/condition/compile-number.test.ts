import { describe, expect, test } from 'vitest'
import { compileNumber } from '../../../domain/condition/compile-condition.ts'

const faultOf = (source: string) => {
  const result = compileNumber(source, 'activity')
  return result.type === 'fault' ? { message: result.message, offset: result.offset } : undefined
}

describe('an expression that gives a number', () => {
  test.each([
    '5',
    '2.5',
    'activity.amount',
    'double(activity.amount) / 100',
    'score * 0.1',
    'count("page.viewed") + 1',
    'activity.items.size()',
  ])('%s', (source) => {
    expect(compileNumber(source, 'activity').type).toBe('number')
  })

  test.each([
    ['', 'the expression is empty', 0],
    ['"5"', 'a number is needed; this is string', 0],
    ['activity.amount > 5', 'a number is needed; this is bool', 0],
    ['1 + activty.amount', 'unknown name "activty"', 4],
    ['activity.amount /', 'something is missing here: the condition ends too early', 17],
    ['1 + count(activity.type)', 'the activity type must be written out, in quotes', 10],
  ])('%s is refused', (source, message, offset) => {
    expect(faultOf(source)).toEqual({ message, offset })
  })

  test('mentions what it asks for', () => {
    const result = compileNumber('activity.amount * lead.weight + count("a.b", "2d")', 'activity')
    expect(result.type === 'number' && result.number.mentions).toMatchObject({
      properties: [{ name: 'amount' }],
      attributes: [{ name: 'weight' }],
      types: [{ name: 'a.b', within: 2 * 86_400_000 }],
    })
  })
})
