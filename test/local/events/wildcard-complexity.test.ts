import { describe, expect, it } from 'vitest'
import { compileRulePattern } from '../../../local/events/pattern.ts'

const pattern = (...wildcards: string[]) =>
  JSON.stringify({ detail: { arn: wildcards.map((wildcard) => ({ wildcard })) } })
const excluding = (...wildcards: string[]) =>
  JSON.stringify({ detail: { arn: [{ 'anything-but': { wildcard: wildcards } }] } })
const letters = 'abcdefghijklmnopqrstuvwxyz'

describe('wildcard patterns that are too much for EventBridge', () => {
  it.each([
    ['many stars with the same character between them', pattern('*:*:*:*:*:*:event-bus/*')],
    ['one character repeating after a star', pattern('*aaaaaaaaaaaaaaaa')],
    [
      'many alternatives that begin with a star',
      pattern(...[...letters.slice(0, 11)].map((one) => `*${one}`)),
    ],
    [
      'many alternatives with one beginning',
      pattern(...[...letters.slice(0, 11)].map((one) => `abc*${one}`)),
    ],
    ['sequences that repeat', pattern('*abababababababababababab*')],
    ['letters of several bytes', pattern('*üüüüüüüüüüüü')],
    [
      'alternatives of $or for one field',
      JSON.stringify({
        $or: [...letters.slice(0, 11)].map((one) => ({ arn: [{ wildcard: `*${one}*` }] })),
      }),
    ],
  ])('%s', (_, text) => {
    expect(() => compileRulePattern(text)).toThrow(/Rule is too complex/)
  })
})

describe('wildcard patterns that are taken', () => {
  it.each([
    ['the example of the documentation', pattern('arn:aws:events:us-east-1:*:event-bus/*')],
    ['several stars with different texts between', pattern('*one*two*three*')],
    ['ten that begin apart', pattern(...[...letters.slice(0, 10)].map((one) => `${one}*`))],
    ['a long text after a star', pattern(`*${letters}${letters.toUpperCase()}0123456789*`)],
    ['many texts that one anything-but leaves out', excluding(...[...letters].map((one) => `*${one}x`))],
    ['stars that are meant', pattern(String.raw`\*\*\*\*\*\*\*\*\*\*\*\*\*\*`)],
    [
      'one in each of many fields',
      JSON.stringify(Object.fromEntries([...letters].map((one) => [one, [{ wildcard: '*a*' }]]))),
    ],
    [
      'one in each alternative of $or that is told apart by a field before',
      JSON.stringify({
        $or: [...letters].map((one) => ({ a: [one], b: [{ wildcard: `*${one}*` }] })),
      }),
    ],
  ])('%s', (_, text) => {
    expect(compileRulePattern(text)).toBeTypeOf('function')
  })
})
