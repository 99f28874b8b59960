import { expect, test } from 'vitest'
import { zoneOf } from '../../../domain/lead/attributes.ts'
import type { Json } from '../../../domain/model/json.ts'
import { zoneOfCountry } from '../../../domain/time/country-zones.ts'
import { isTimeZone } from '../../../domain/time/local-time.ts'

const of = (attributes: Readonly<Record<string, Json>>) =>
  zoneOf(
    {
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [
          name,
          { value, at: '2026-01-05T09:00:00.000Z', factId: 'f' },
        ]),
      ),
    },
    { timeZone: 'Europe/Berlin' },
  )

test.each<[string, Readonly<Record<string, Json>>, string]>([
  ['the profile', { timeZone: 'Asia/Tokyo', country: 'US' }, 'Asia/Tokyo'],
  ['the country', { country: 'GB' }, 'Europe/London'],
  ['the country in small letters', { country: ' us ' }, 'America/New_York'],
  [
    'the country where the profile says nothing sensible',
    { timeZone: 'Mars', country: 'IN' },
    'Asia/Kolkata',
  ],
  ['the company where nothing is known', {}, 'Europe/Berlin'],
  ['the company for a country that is none', { country: 'constructor' }, 'Europe/Berlin'],
  ['the company for a country that is no text', { country: 49 }, 'Europe/Berlin'],
])('the zone comes from %s', (_name, attributes, zone) => {
  expect(of(attributes)).toBe(zone)
})

test('every country that is known has a zone that is one', () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const found = letters
    .flatMap((a) => letters.map((b) => zoneOfCountry(a + b)))
    .filter((zone) => zone !== undefined)
  expect(found.length).toBeGreaterThan(90)
  expect(found.filter((zone) => !isTimeZone(zone))).toEqual([])
})
