import { expect, test } from 'vitest'
import { compilePattern } from '../../../domain/condition/safe-pattern.ts'

const faultOf = (pattern: string): string | undefined => {
  const compiled = compilePattern(pattern)
  return 'fault' in compiled ? compiled.fault : undefined
}

const instead =
  'write a character class such as [a-z/]+, or several parts with startsWith, endsWith or contains'

test.each([
  ['(a+)+$', `a group cannot be repeated: ${instead}`],
  ['(a|a)*$', `a group cannot be repeated: ${instead}`],
  ['(a{0,99}){2}', `a group cannot be repeated: ${instead}`],
  ['[](a+)+[b]', `a group cannot be repeated: ${instead}`],
  ['[]*(a+)+$[b]', `a group cannot be repeated: ${instead}`],
  ['[\\]](a+)+[b]', `a group cannot be repeated: ${instead}`],
  ['\\[(a+)+\\]', `a group cannot be repeated: ${instead}`],
  ['a*b*c*', `at most 2 of *, + and {n,} in one pattern: ${instead}`],
  ['a{100}', 'a pattern repeats at most 99 times'],
  ['a{100,}', 'a pattern repeats at most 99 times'],
  ['(a)\\1', 'back references are not available'],
  ['(?=a)', 'groups that begin with (? are not available'],
  ['(', 'this is not a regular expression'],
  ['a{2}{3}', 'this is not a regular expression'],
  ['a'.repeat(201), 'the pattern is longer than 200 characters'],
])('%s is refused', (pattern, fault) => {
  expect(faultOf(pattern)).toBe(fault)
})

test.each([
  [`${'a?'.repeat(30)}${'a'.repeat(30)}$`],
  [`${'(a|a)'.repeat(30)}$`],
  ['a{0,99}a{0,99}a{0,99}a{0,99}b'],
  ['(a*|b)(a*|c)(d|e)(f|g)(h|i)(j|k)$'],
])('%s would try too many ways', (pattern) => {
  expect(faultOf(pattern)).toMatch(/^the pattern can be read in too many ways/)
})

test.each([
  ['^[0-9]{5}$', '50667', true],
  ['^.+@(gmail|yahoo|gmx)\\.(com|de|net)$', 'ada@gmx.de', true],
  ['^.+@(gmail|yahoo|gmx)\\.(com|de|net)$', 'ada@gmx.org', false],
  ['^(DE|AT|CH|FR|IT|ES|NL|BE|LU|DK)$', 'CH', true],
  ['^/(en|de)?/?pricing', '/en/pricing', true],
  ['colou?r', 'color', true],
  ['^\\p{L}+ \\p{L}+$', 'Jörg Groß', true],
  ['\\u{1F600}', 'a😀', true],
  ['a{2,4}b{1}', 'xaaab', true],
])('%s asked of %s is %s', (pattern, text, answer) => {
  const compiled = compilePattern(pattern)
  expect('fault' in compiled ? compiled.fault : compiled.test(text)).toBe(answer)
})

test('what a comprehension asks of each element is simpler', () => {
  const refused = (pattern: string, depth: number) => 'fault' in compilePattern(pattern, depth)
  expect([0, 1, 2].map((depth) => refused('^.*a.*b$', depth))).toEqual([false, true, true])
  expect([0, 1, 2].map((depth) => refused('^(DE|AT).*$', depth))).toEqual([false, false, true])
  expect([0, 1, 2].map((depth) => refused('^(DE|AT|CH)[0-9]{3}$', depth))).toEqual([false, false, false])
})

test.each([
  ['^a+$', 0, 2048],
  ['^/shop/.*[?&]utm_source=news', 0, 2048],
  ['utm_(source|medium)=[a-z]+', 0, 1024],
  ['a+$', 0, 2048],
  ['^(a|b)(c|d)e*f*$', 0, 1024],
  ['^a|b*c*$', 0, 256],
  ['a*b*c', 0, 256],
  ['a{0,40}a{0,40}b', 0, 512],
  ['^a+$', 1, 256],
])('%s asked at depth %i judges texts of up to %i characters', (pattern, depth, longest) => {
  const compiled = compilePattern(pattern, depth)
  if ('fault' in compiled) throw new Error(compiled.fault)
  expect(compiled.longest).toBe(longest)
  expect(compiled.test('a'.repeat(longest))).toBeTypeOf('boolean')
  expect(compiled.test('a'.repeat(longest + 1))).toBeUndefined()
})
