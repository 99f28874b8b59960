import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Members, NumberText, parseExactly, parseMembers } from '../../../local/events/json-text.ts'
import { anyCharacter } from '../../domain/support/arbitrary.ts'
import { runs } from '../../support/runs.ts'

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: anyCharacter }), (text) => {
      expect(JSON.stringify(parseExactly(text))).toBe(JSON.stringify(JSON.parse(text)))
    }),
  )
})

test('accepts exactly the texts that JSON.parse accepts', () => {
  const accepts = (parse: (text: string) => unknown, text: string) => {
    try {
      parse(text)
      return true
    } catch {
      return false
    }
  }
  const character = fc.constantFrom(...'{}[],:"\\ 019-.eEtruefalsn\n\u0001'.split(''))
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 12 }), (text) => {
      expect(accepts(parseMembers, text)).toBe(accepts(JSON.parse, text))
    }),
    { numRuns: runs(2000) },
  )
})

test('keeps digits that a double would lose', () => {
  expect(parseExactly('{"a":1.50,"b":12345678901234567890}')).toEqual({
    a: new NumberText('1.50'),
    b: new NumberText('12345678901234567890'),
  })
})

test('keeps repeated keys for patterns', () => {
  const parsed = parseMembers('{"a":1,"a":2}')
  expect(parsed).toEqual(
    new Members([
      ['a', 1],
      ['a', 2],
    ]),
  )
})
