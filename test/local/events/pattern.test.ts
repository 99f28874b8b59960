import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePattern, InvalidPattern } from '../../../local/events/pattern.ts'

function matches(pattern: object, event: string | object): boolean {
  return compilePattern(JSON.stringify(pattern))(event)
}

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))

describe('values', () => {
  const table: [name: string, pattern: object, event: object, expected: boolean][] = [
    ['null is a value', { a: [null] }, { a: null }, true],
    ['null is not absence', { a: [null] }, {}, false],
    ['the empty string', { a: [''] }, { a: '' }, true],
    ['a number is not its text', { a: [5] }, { a: '5' }, false],
    ['a text is not its number', { a: ['5'] }, { a: 5 }, false],
    ['an element of an array', { a: ['y'] }, { a: ['x', 'y'] }, true],
    ['nothing in an empty array', { a: [{ exists: true }] }, { a: [] }, false],
    ['an empty array is absence', { a: [{ exists: false }] }, { a: [] }, true],
    ['an object is no leaf', { a: [{ exists: true }] }, { a: { b: 1 } }, false],
    ['exists deep down', { a: { b: [{ exists: true }] } }, { a: { b: null } }, true],
    [
      'prefix in any case',
      { a: [{ prefix: { 'equals-ignore-case': 'EventB' } }] },
      { a: 'eventbridge' },
      true,
    ],
    ['suffix', { a: [{ suffix: '.png' }] }, { a: 'x.png' }, true],
    ['prefix asks for text', { a: [{ prefix: '1' }] }, { a: 12 }, false],
    ['wildcard in the middle', { a: [{ wildcard: 'a*b*c' }] }, { a: 'aXbYbc' }, true],
    ['wildcard pieces do not overlap', { a: [{ wildcard: 'ab*ba' }] }, { a: 'aba' }, false],
    ['an escaped asterisk', { a: [{ wildcard: 'a\\*b' }] }, { a: 'a*b' }, true],
    ['an escaped asterisk is no wildcard', { a: [{ wildcard: 'a\\*b' }] }, { a: 'axb' }, false],
    ['anything but texts lets numbers pass', { a: [{ 'anything-but': ['x'] }] }, { a: 1 }, true],
    ['anything but needs a value', { a: [{ 'anything-but': ['x'] }] }, {}, false],
    ['anything but one of several elements', { a: [{ 'anything-but': ['x'] }] }, { a: ['x', 'y'] }, true],
    ['range', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 5 }, true],
    ['range asks for numbers', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: '5' }, false],
    ['IPv6 block', { a: [{ cidr: '2001:db8::/32' }] }, { a: '2001:db8:0:1::42' }, true],
    ['IPv4 outside the block', { a: [{ cidr: '10.0.0.0/8' }] }, { a: '11.0.0.1' }, false],
    ['absent or equal', { a: ['x', { exists: false }] }, {}, true],
    ['one way of $or', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: 'y' }, true],
    ['no way of $or', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { a: 'y', b: 'x' }, false],
    ['a single $or is a field', { $or: ['x'] }, { $or: 'x' }, true],
    ['a key with a dot', { 'a.b': ['x'] }, { a: { b: 'x' } }, true],
    ['no member of the prototype', { constructor: [{ exists: true }] }, {}, false],
  ]
  test.each(table)('%s', (_, pattern, event, expected) => {
    expect(matches(pattern, event)).toBe(expected)
  })
})

describe('arrays of objects', () => {
  const event = {
    items: [
      { sku: 'a', size: 1 },
      { sku: 'b', size: 2, gift: true },
    ],
  }
  test('fields must come from the same element', () => {
    expect(matches({ items: { sku: ['a'], size: [1] } }, event)).toBe(true)
    expect(matches({ items: { sku: ['a'], size: [2] } }, event)).toBe(false)
  })
  test('absence is asked of the element that was taken', () => {
    expect(matches({ items: { sku: ['b'], zoo: [{ exists: false }] } }, event)).toBe(true)
    expect(matches({ items: { sku: ['b'], size: [2, { exists: false }] } }, event)).toBe(true)
    expect(matches({ items: { size: [1], sku: [{ exists: false }] } }, event)).toBe(false)
  })
})

describe('digits', () => {
  test('numbers that no double holds compare by text', () => {
    const matcher = compilePattern('{"a":[9007199254740993]}')
    expect(matcher('{"a":9007199254740993}')).toBe(true)
    expect(matcher('{"a":9007199254740992}')).toBe(false)
  })
  test('the same number written otherwise', () => {
    expect(compilePattern('{"a":[3.018e2]}')('{"a":301.80}')).toBe(true)
  })
})

describe('refusals', () => {
  test.each([
    '',
    '{}',
    '[]',
    '{"a":[]}',
    '{"a":"x"}',
    '{"a":{}}',
    '{"a":[["x"]]}',
    '{"a":[{"prefix":5}]}',
    '{"a":[{"wildcard":"a**b"}]}',
    '{"a":[{"wildcard":"a\\\\b"}]}',
    '{"a":[{"numeric":[">",5,"<",5]}]}',
    '{"a":[{"cidr":"10.0.0.0/33"}]}',
    '{"a":[{"anything-but":[]}]}',
    '{"a":[{"no-such":"x"}]}',
    `${'{"a":'.repeat(5000)}["x"]${'}'.repeat(5000)}`,
    `{${Array.from({ length: 4 }, (_, n) => `"x${n}":{"$or":[${Array.from({ length: 6 }, (_, m) => `{"k${m}":[1]}`)}]}`)}}`,
  ])('%.60s', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(InvalidPattern)
  })
})

describe('laws', () => {
  test('a scalar matches itself and nothing else', () => {
    fc.assert(
      fc.property(scalar, scalar, (one, other) => {
        expect(matches({ a: [one] }, { a: other })).toBe(Object.is(one, other) || one === other)
      }),
    )
  })
  test('anything-but is the opposite of the texts it names', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), scalar, (texts, value) => {
        const exact = matches({ a: texts }, { a: value })
        expect(matches({ a: [{ 'anything-but': texts }] }, { a: value })).toBe(!exact)
      }),
    )
  })
  test('an event as text and as object give the same answer', () => {
    const event = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof(scalar, fc.array(scalar), fc.object()),
    )
    const pattern = fc.dictionary(fc.constantFrom('a', 'b'), fc.array(scalar, { minLength: 1 }), {
      minKeys: 1,
    })
    fc.assert(
      fc.property(pattern, event, (wanted, given) => {
        const matcher = compilePattern(JSON.stringify(wanted))
        expect(matcher(given)).toBe(matcher(JSON.stringify(given)))
      }),
    )
  })
  test('a wildcard matches what its pieces were taken from', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', 'c') })
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1 }), piece, (pieces, filling) => {
        const pattern = pieces.join('*').replace(/\*+/g, '*')
        expect(matches({ a: [{ wildcard: pattern }] }, { a: pieces.join(filling) })).toBe(true)
      }),
    )
  })
})
