import { describe, expect, test } from 'vitest'
import { ask, contextOf } from './given-context.ts'

const zeros = Array<number>(8_000).fill(0)
const long = 'a'.repeat(16_000)

describe('what would go on for ever, or grow without bounds, is false', () => {
  const lead = { zeros, long, few: zeros.slice(0, 100), items: zeros.slice(0, 1_000) }

  test.each([
    'lead.zeros.exists(a, lead.zeros.exists(b, a + b == 1))',
    'lead.zeros.all(a, lead.zeros.all(b, a == b))',
    'lead.items.all(a, lead.items.all(b, a == b))',
    'lead.zeros.exists(a, a == 0)',
    '0 in lead.zeros',
    `lead.long${'.split("").join("aaaaaaaaaaaaaaaa")'.repeat(15)} != ""`,
    `size(lead.long${' + lead.long'.repeat(300)}) > 0`,
    `size(lead.zeros${' + lead.zeros'.repeat(300)}) > 0`,
    'lead.long.matches("^a")',
  ])('%s', (source) => {
    expect(ask(source, contextOf(lead))).toBe(false)
  })

  test.each([
    'lead.items.all(a, lead.few.all(b, a == b))',
    '0 in lead.items && lead.zeros.size() == 8000 && lead.zeros[7999] == 0',
    'lead.long.contains("aaaa") && lead.long.startsWith("a") && lead.long.size() == 16000',
    'lead.long.split("").size() == 16000 && size(lead.long + lead.long) == 32000',
    'lead.few.map(z, string(z)).join(", ").size() == 298',
  ])('what is long as facts may be is judged: %s', (source) => {
    expect(ask(source, contextOf(lead))).toBe(true)
  })
})

describe('what is no number, or cannot be read as one, is false whichever way it is asked', () => {
  const lead = { zero: 0, text: 'x', nan: 'NaN', infinite: 'inf', huge: 1e308, path: '/a' }

  test.each([
    ...['>', '<', '>=', '<=', '==', '!='].flatMap((comparison) => [
      `1 / lead.zero ${comparison} 1`,
      `1 % lead.zero ${comparison} 1`,
      `lead.zero / lead.zero ${comparison} 1`,
      `7 / 0 ${comparison} 1`,
      `7 % 0 ${comparison} 1`,
      `lead.huge * lead.huge ${comparison} 1`,
      `lead.huge + lead.huge ${comparison} 1`,
      `int(lead.text) ${comparison} 1`,
      `double(lead.text) ${comparison} 1`,
      `double(lead.nan) ${comparison} 1`,
      `double(lead.infinite) ${comparison} 1`,
    ]),
    'timestamp(lead.text) > timestamp("2026-01-01T00:00:00Z")',
    'duration(lead.text) == duration("1h")',
    'bool(lead.text)',
    'lead.path.substring(7) == ""',
    'lead.path.substring(-1) == ""',
    'lead.path.split(1) == []',
    'timestamp("2026-01-01T00:00:00Z").getHours("Nowhere/Else") >= 0',
  ])('%s', (source) => {
    expect(ask(source, contextOf(lead))).toBe(false)
  })
})
