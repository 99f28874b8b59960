import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileCondition } from '../../../domain/condition/compile-condition.ts'
import { holds } from '../../../domain/condition/condition.ts'
import { whyUnjudged } from '../../../domain/condition/missing-parts.ts'
import { runs } from '../../support/runs.ts'
import { anyLead, condition } from './arbitrary-condition.ts'
import { contextOf } from './given-context.ts'

const given = contextOf(
  {
    country: 'DE',
    tags: ['vip'],
    address: { city: 'Köln' },
    nothing: null,
    zero: 0,
    word: '12x',
    many: Array<number>(2_000).fill(1),
  },
  {
    type: 'page.viewed',
    properties: {
      seconds: '70',
      path: 7,
      amount: 5,
      flag: 'yes',
      items: [{ sku: 'a' }, { sku: 'b', price: '3' }],
    },
  },
)

const conditionOf = (source: string) => {
  const compiled = compileCondition(source, 'activity')
  if (compiled.type === 'fault') throw new Error(`${source}: ${compiled.message}`)
  return compiled.condition
}
const why = (source: string) => whyUnjudged(conditionOf(source), given)

describe('a part that could not be judged is told', () => {
  test.each([
    ['activity.rating >= 4', 'activity.rating is missing'],
    ['lead.phone == "1"', 'lead.phone is missing'],
    ['lead.phone.number == 1', 'lead.phone is missing'],
    ['lead.address.street == "x"', 'lead.address.street is missing'],
    ['lead["zip code"] == "5"', 'lead["zip code"] is missing'],
    ['lead.tags[4] == "x"', 'lead.tags[4] is missing'],
    ['lead.country.city == "x"', 'lead.country is a text, not an object'],
    ['daysSince("quote.requested") < 3', 'daysSince("quote.requested") is missing: there was none'],
    ['activity.seconds >= 60', 'activity.seconds is a text, not a number'],
    ['60 <= activity.seconds', 'activity.seconds is a text, not a number'],
    ['activity.seconds - 1 > 3', 'activity.seconds is a text, not a number'],
    ['-activity.seconds < 3', 'activity.seconds is a text, not a number'],
    ['lead.nothing > 3', 'lead.nothing is empty, not a number'],
    ['lead.tags == "vip"', 'lead.tags is a list, not a text'],
    ['activity.path.startsWith("/")', 'activity.path is a number, not a text'],
    ['"/a".startsWith(activity.path)', 'activity.path is a number, not a text'],
    ['activity.path.matches("^/")', 'activity.path is a number, not a text'],
    ['activity.path.lowerAscii() == "x"', 'activity.path is a number, not a text'],
    ['activity.path + "x" == "7x"', 'activity.path is a number, not a text'],
    ['activity.path in ["/a", "/b"]', 'activity.path is a number, not a text'],
    ['activity.path.size() > 3', 'activity.path is a number, not a text or a list'],
    ['size(activity.path) > 3', 'activity.path is a number, not a text or a list'],
    ['"x" in lead.country', 'lead.country is a text, not a list'],
    ['1 in lead.many', 'lead.many has too many elements'],
    ['lead.country.exists(c, c == "x")', 'lead.country is a text, not a list'],
    ['lead.many.exists(c, c == 1)', 'lead.many has too many elements'],
    ['activity.items.exists(i, i.price > 5)', 'i.price is missing'],
    ['activity.items.all(i, i.sku == "a" || i.price > 5)', 'i.price is a text, not a number'],
    ['activity.amount / lead.zero > 1', 'activity.amount / lead.zero divides by zero'],
    ['activity.amount % 0 > 1', 'activity.amount % 0 divides by zero'],
    ['activity.amount * 1e300 * 1e300 > 1', /is too large a number$/],
    ['int(lead.word) > 3', 'lead.word is a text that cannot be read as a whole number'],
    ['double(lead.word) > 3', 'lead.word is a text that cannot be read as a number'],
    ['activity.flag', 'activity.flag is a text, not true or false'],
    ['lead.country.substring(9) == ""', 'lead.country.substring(9) has no value'],
    ['has(lead.country) ? activity.seconds > 3 : false', 'activity.seconds is a text, not a number'],
    ['!!(activity.rating > 3)', 'activity.rating is missing'],
  ])('%s', (source, reason) => {
    expect(why(source)).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason))
  })
})

describe('between parts, the one that decides counts', () => {
  test.each([
    ['activity.rating >= 4 && activity.amount == 5', 'activity.rating is missing'],
    ['activity.amount == 5 && activity.rating >= 4 && activity.seconds > 1', 'activity.rating is missing'],
    ['activity.rating >= 4 && activity.amount == 6', undefined],
    ['activity.amount == 6 && activity.rating >= 4', undefined],
    ['activity.rating >= 4 || activity.amount == 6', 'activity.rating is missing'],
    ['activity.rating >= 4 || activity.amount == 5', undefined],
    ['!(activity.rating > 3) && activity.amount == 6', undefined],
    ['has(lead.phone) && lead.phone == "1"', undefined],
    ['!(activity.amount == 5)', undefined],
    ['activity.amount > 300', undefined],
    ['"press" in lead.tags', undefined],
    ['lead.country in []', undefined],
    ['activity.items.exists(i, i.sku == "c")', undefined],
    ['did("quote.requested")', undefined],
  ])('%s: %s', (source, reason) => {
    expect(holds(conditionOf(source), given)).toBe(reason === undefined && source.includes('||'))
    expect(why(source)).toBe(reason)
  })
})

test('where nothing is missing or of the wrong kind, nothing is told', () => {
  fc.assert(
    fc.property(condition, anyLead, (source, lead) => {
      expect(whyUnjudged(conditionOf(source), contextOf(lead))).toBeUndefined()
    }),
    { numRuns: runs(1000) },
  )
})

test('a condition that is false of whatever is there is told by a name in it, and never by a value', () => {
  const values = fc.constantFrom('hidden', 4711, true, null, ['hidden'], { b: 'hidden' })
  fc.assert(
    fc.property(
      condition,
      fc.dictionary(fc.constantFrom('a', 'b', 's', 'f', 'list'), values),
      (source, lead) => {
        const compiled = conditionOf(source)
        const reason = whyUnjudged(compiled, contextOf(lead))
        if (reason !== undefined) {
          expect(holds(compiled, contextOf(lead))).toBe(false)
          expect(reason).not.toMatch(/hidden|4711/)
        }
      },
    ),
    { numRuns: runs(2000) },
  )
})
