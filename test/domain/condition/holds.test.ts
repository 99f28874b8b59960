import { describe, expect, test } from 'vitest'
import { ask, contextOf } from './given-context.ts'

const lead = {
  country: 'DE',
  employees: 250,
  newsletter: true,
  nothing: null,
  tags: ['vip', 'press'],
  address: { city: 'Köln', 'zip code': '50667' },
  visits: [{ n: 1 }, { n: 5 }],
  zero: 0,
}

const trueOf = (sources: readonly string[]) =>
  test.each(sources)('true: %s', (source) => {
    expect(ask(source, contextOf(lead))).toBe(true)
  })
const falseOf = (sources: readonly string[]) =>
  test.each(sources)('false: %s', (source) => {
    expect(ask(source, contextOf(lead))).toBe(false)
  })

describe('what is asked about a lead', () => {
  trueOf([
    'lead.country in ["DE", "AT", "CH"]',
    'lead.country == "DE" && lead.employees >= 100',
    'score >= 40 && score < 42.6 && fit == 10 && engagement > 32',
    'band == "warm" && grade != "A1" && grade.startsWith("B") && stage == "intent"',
    'stageAtLeast("interest") && stageAtLeast("intent") && !stageAtLeast("evaluation")',
    'did("demo.requested") && did("demo.requested", "2d") && !did("demo.requested", "1d")',
    'count("page.viewed") == 3 && count("page.viewed", "7d") == 2',
    'daysSince("demo.requested") > 1 && daysSince("demo.requested") < 2',
    'opened("welcome") && !clicked("welcome") && consented',
    'lead.newsletter',
    '"vip" in lead.tags && lead.tags.size() == 2 && lead.tags[0] == "vip"',
    'lead.address.city == "Köln" && lead["address"]["zip code"].matches("^[0-9]{5}$")',
    'lead.visits.exists(v, v.n > 4) && !lead.visits.all(v, v.n > 4) && lead.visits.exists_one(v, v.n == 5)',
    'lead.visits.filter(v, v.n > 4).size() == 1 && lead.visits.map(v, v.n * 2)[1] == 10',
    'lead.tags.exists(t, lead.visits.exists(v, v.n == 5 && t == "press"))',
    'has(lead.country) && !has(lead.phone) && has(lead.address.city) && !has(lead.address.street)',
    '"country" in lead && !("phone" in lead)',
    'lead.country.lowerAscii() == "de" && lead.country.substring(1) == "E" && lead.country + "!" == "DE!"',
    'timestamp("2026-01-02T00:00:00Z") > timestamp("2026-01-01T00:00:00Z")',
    'lead.tags == ["vip", "press"] && {"a": 1} == {"a": 1} && lead.nothing == null && lead.country != null',
    'lead.employees > 100 ? lead.country == "DE" : lead.country == "US"',
    '(lead.employees > 100 ? 1 : 2) == 1',
  ])
  falseOf([
    'lead.country in ["US"]',
    'score > 42.5',
    'band == "hot"',
    'lead.tags[7] == "x"',
    'lead.country == null',
  ])
})

describe('numbers', () => {
  trueOf([
    'score == 42.5 && fit == 10 && 10 == fit && 10.0 == fit && 1 == 1.0 && 1 < 1.5',
    'lead.employees / 100 == 2.5 && lead.employees % 100 == 50 && lead.employees * 2 == 500',
    'score + 7.5 == 50 && score - 2 > 40 && -score < 0 && 2 * score == 85',
    '7 / 2 == 3 && 7.0 / 2 == 3.5 && count("page.viewed") / 2 == 1',
    'lead.employees in [1, 250] && lead.employees in [250.0]',
  ])
})

describe('a part that needs what is not there is false by itself, and only that part', () => {
  falseOf([
    'lead.phone == "1"',
    'lead.phone != "1"',
    'lead.phone > 1',
    'lead.phone.startsWith("1")',
    'lead.phone in ["1"]',
    'lead.phone',
    'lead.phone.number == 1',
    'lead.address.street == "x"',
    'lead.country.city == "x"',
    'daysSince("quote.requested") > 0',
    'daysSince("quote.requested") < 1000',
    '[lead.phone] == ["x"]',
  ])
  trueOf([
    'lead.phone == "1" || lead.country == "DE"',
    'lead.country == "DE" || lead.phone == "1"',
    '!(lead.phone == "1")',
    '!lead.phone',
    'lead.phone == "1" ? false : true',
    'has(lead.phone) == false',
  ])
})

describe('a part of the wrong kind, or that divides by zero, is false', () => {
  falseOf([
    'lead.country > 5',
    'lead.country == 5',
    'lead.country != 5',
    'lead.employees == "250"',
    'lead.employees.startsWith("2")',
    'lead.employees in ["250"]',
    'lead.country.exists(c, c == "D")',
    'lead.country',
    '1 / lead.zero > 0',
    '1 / lead.zero < 0',
    '1.0 / 0.0 > 0',
    '1 / 0 == 1',
    '1 % 0 == 1',
    'lead.country.substring(9) == ""',
    'int(lead.country) == 1',
    'lead.country - 1 == 0',
  ])
  trueOf(['lead.country > 5 || true', '!(1 / lead.zero > 0)'])
})

describe('where', () => {
  const activity = {
    type: 'page.viewed',
    properties: { path: '/pricing/a', seconds: 12, type: 'own', items: [{ sku: 'a' }] },
  }
  const where = (source: string) => ask(source, contextOf(lead, activity), 'activity')

  test('sees the properties and the type of the activity, and the lead', () => {
    expect(where('activity.path.startsWith("/pricing") && activity.seconds >= 10')).toBe(true)
    expect(where('activity.type == "page.viewed"')).toBe(true)
    expect(where('"path" in activity && activity["path"] == "/pricing/a" && lead.country == "DE"')).toBe(true)
    expect(where('activity.items.exists(i, i.sku == "a")')).toBe(true)
  })

  test('a property that is not there, or of another kind, is false', () => {
    expect(where('activity.amount > 5')).toBe(false)
    expect(where('activity.amount <= 5 || activity.path > 5')).toBe(false)
    expect(where('activity.toString == "x" || activity.__proto__ != null')).toBe(false)
  })
})

test('attributes with names that every object has are not there unless somebody set them', () => {
  expect(ask('has(lead.address.constructor)', contextOf(lead))).toBe(false)
  expect(ask('"toString" in lead.address', contextOf(lead))).toBe(false)
})
