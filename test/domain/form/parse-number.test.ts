import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseNumber } from '../../../domain/form/submission.ts'

test.each([
  ['de', '1.000', 1000],
  ['de', '2.500', 2500],
  ['de', '1.234.567', 1_234_567],
  ['de', '1.234.567,5', 1_234_567.5],
  ['de', '2,5', 2.5],
  ['de', '0,125', 0.125],
  ['de', '2.5', 2.5],
  ['de', '0.125', 0.125],
  ['de', '1,234.5', 1234.5],
  ['de', '1 000', 1000],
  ['de', '1’000', 1000],
  ['de', '−5', -5],
  ['de-AT', '1.000', 1000],
  ['de-CH', '1’000', 1000],
  ['de-CH', "1'000.50", 1000.5],
  ['de-CH', '2.5', 2.5],
  ['en', '1,000', 1000],
  ['en', '12,345,678.9', 12_345_678.9],
  ['en', '2.5', 2.5],
  ['en', '1.234,5', 1234.5],
  ['en', '+7', 7],
  ['en', '1234.567', 1234.567],
  ['fr', '1\u202f000,5', 1000.5],
])('in %s %s is %d', (language, text, value) => {
  expect(parseNumber(text, language)).toEqual({ type: 'number', value })
})

test.each([
  ['de', '1,000'],
  ['en', '1.000'],
  ['de-CH', '1.000'],
  ['de', '1.0000'],
])('in %s %s may mean two things', (language, text) => {
  expect(parseNumber(text, language)).toEqual({ type: 'ambiguous' })
})

test.each([
  '',
  'x',
  '1e3',
  '0x10',
  '1..000',
  '1.000.00',
  '1.00.000',
  '1,000,00',
  '--1',
  '1 0 0',
  '.',
  '1.',
  'Infinity',
])('%j is no number in any language', (text) => {
  for (const language of ['de', 'en', 'de-CH', 'fr'])
    expect(parseNumber(text, language)).toEqual({ type: 'none' })
})

test('what a language writes is read back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
      fc.constantFrom('de', 'de-AT', 'de-CH', 'en', 'en-GB', 'fr', 'it', 'nl', 'pl'),
      (value, language) => {
        const text = new Intl.NumberFormat(language).format(value)
        expect(parseNumber(text, language)).toEqual({ type: 'number', value })
      },
    ),
  )
})

test('thousands are never read as ones', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 999 }),
      fc.constantFrom('.', ',', '’', ' '),
      fc.constantFrom('de', 'en', 'de-CH', 'fr'),
      (ones, mark, language) => {
        const read = parseNumber(`${ones}${mark}000`, language)
        if (read.type === 'number') expect(read.value).toBe(ones * 1000)
      },
    ),
  )
})
