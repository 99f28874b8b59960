import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayOf, isDateValue, momentNear } from '../../../domain/time/date-value.ts'

describe('the day that a value stands for', () => {
  test.each([
    ['a day is itself everywhere', '2027-03-31', 'Pacific/Auckland', '2027-03-31'],
    ['a moment is the day it falls on', '2027-03-31T23:30:00Z', 'Europe/Berlin', '2027-04-01'],
    ['and the day before, further west', '2027-03-31T00:00:00+02:00', 'America/New_York', '2027-03-30'],
  ])('%s', (_name, value, zone, day) => {
    expect(dayOf(value, zone)).toBe(day)
    expect(isDateValue(value)).toBe(true)
  })

  test.each([
    '2027-02-29',
    '31.03.2027',
    '2027-3-1',
    '2027-03-31T10:00:00',
    '',
    ' 2027-03-31',
    20_270_331,
    null,
  ])('%j is none', (value) => {
    expect(dayOf(value, 'Europe/Berlin')).toBeUndefined()
    expect(isDateValue(value)).toBe(false)
  })
})

describe('so many days before a day or after it', () => {
  test.each([
    ['over the change to summer time', -60, '09:00', 'Europe/Berlin', '2027-01-30T08:00:00.000Z'],
    ['on the day', 0, '09:00', 'Europe/Berlin', '2027-03-31T07:00:00.000Z'],
    ['after it', 1, '09:00', 'America/New_York', '2027-04-01T13:00:00.000Z'],
    ['a time that is left out: an hour later', -3, '02:30', 'Europe/Berlin', '2027-03-28T01:30:00.000Z'],
  ])('%s', (_name, days, time, zone, moment) => {
    expect(momentNear('2027-03-31', days, time, zone)).toBe(moment)
  })

  test('more days are later, and one more is a calendar day more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -3650, max: 3650 }),
        fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
        (days, zone) => {
          const [one, next] = [days, days + 1].map((more) =>
            Date.parse(momentNear('2027-03-31', more, '09:00', zone)),
          )
          const hours = ((next ?? 0) - (one ?? 0)) / 3_600_000
          expect(hours).toBeGreaterThanOrEqual(23)
          expect(hours).toBeLessThanOrEqual(25)
        },
      ),
    )
  })
})
