import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { addMilliseconds, isTimeZone, nextLocalTime } from '../../../domain/time/local-time.ts'
import { runs } from '../../support/runs.ts'

describe('nextLocalTime', () => {
  test.each([
    [
      'later today',
      '2026-06-01T06:00:00.000Z',
      { time: '10:00' },
      'Europe/Berlin',
      '2026-06-01T08:00:00.000Z',
    ],
    [
      'at that very moment: tomorrow',
      '2026-06-01T08:00:00.000Z',
      { time: '10:00' },
      'Europe/Berlin',
      '2026-06-02T08:00:00.000Z',
    ],
    [
      'past for today',
      '2026-06-01T08:00:00.001Z',
      { time: '10:00' },
      'Europe/Berlin',
      '2026-06-02T08:00:00.000Z',
    ],
    [
      'a weekday',
      '2026-11-23T10:00:00.000Z',
      { weekday: 'tuesday', time: '10:00' },
      'Europe/Berlin',
      '2026-11-24T09:00:00.000Z',
    ],
    [
      'the same weekday, past',
      '2026-11-24T09:00:00.000Z',
      { weekday: 'tue', time: '10:00' },
      'Europe/Berlin',
      '2026-12-01T09:00:00.000Z',
    ],
    [
      'over the start of summer time',
      '2026-03-28T12:00:00.000Z',
      { time: '10:00' },
      'Europe/Berlin',
      '2026-03-29T08:00:00.000Z',
    ],
    [
      'over the end of summer time',
      '2026-10-24T12:00:00.000Z',
      { time: '10:00' },
      'Europe/Berlin',
      '2026-10-25T09:00:00.000Z',
    ],
    [
      'a time left out in spring: an hour later',
      '2026-03-28T12:00:00.000Z',
      { time: '02:30' },
      'Europe/Berlin',
      '2026-03-29T01:30:00.000Z',
    ],
    [
      'a time that comes twice: the first',
      '2026-10-24T12:00:00.000Z',
      { time: '02:30' },
      'Europe/Berlin',
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'a time that comes twice, after the first: the second',
      '2026-10-25T00:45:00.000Z',
      { time: '02:30' },
      'Europe/Berlin',
      '2026-10-25T01:30:00.000Z',
    ],
    [
      'a weekday over a change of clocks',
      '2026-03-27T12:00:00.000Z',
      { weekday: 'monday', time: '09:00' },
      'America/New_York',
      '2026-03-30T13:00:00.000Z',
    ],
    [
      'where the date is already another',
      '2026-06-01T20:00:00.000Z',
      { weekday: 'tuesday', time: '09:00' },
      'Pacific/Auckland',
      '2026-06-01T21:00:00.000Z',
    ],
    [
      'in half an hour zones',
      '2026-06-01T00:00:00.000Z',
      { time: '09:00' },
      'Asia/Kolkata',
      '2026-06-01T03:30:00.000Z',
    ],
    [
      'on leap day',
      '2028-02-28T23:30:00.000Z',
      { time: '00:15' },
      'Europe/Berlin',
      '2028-02-29T23:15:00.000Z',
    ],
  ])('%s', (_name, after, local, zone, expected) => {
    expect(nextLocalTime(after, local, zone)).toBe(expected)
  })

  test('always lies ahead, within eight days, and shows the time asked for unless clocks leave it out', () => {
    const start = Date.parse('2026-01-01T00:00:00.000Z')
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 366 * 24 * 60 }),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.option(fc.constantFrom('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'), { nil: undefined }),
        fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Tokyo'),
        (minutes, hour, minute, weekday, zone) => {
          const after = new Date(start + minutes * 60_000).toISOString()
          const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
          const next = nextLocalTime(after, { time, ...(weekday && { weekday }) }, zone)
          expect(next > after).toBe(true)
          expect(Date.parse(next) - Date.parse(after)).toBeLessThanOrEqual(8 * 24 * 3_600_000)
          const shown = Temporal.Instant.from(next).toZonedDateTimeISO(zone).toPlainTime()
          const off = Math.abs(shown.hour * 60 + shown.minute - (hour * 60 + minute))
          expect([0, 30, 60]).toContain(off)
          if (hour >= 4) expect(off).toBe(0)
        },
      ),
      { numRuns: runs(500) },
    )
  })

  test('a word that is no weekday is a defect', () => {
    expect(() =>
      nextLocalTime('2026-01-01T00:00:00.000Z', { weekday: 'someday', time: '10:00' }, 'UTC'),
    ).toThrow(RangeError)
  })
})

test.each([
  ['Europe/Berlin', true],
  ['America/Argentina/Buenos_Aires', true],
  ['UTC', true],
  ['Europe/Atlantis', false],
  ['', false],
  [42, false],
])('isTimeZone(%j) is %s', (text, expected) => {
  expect(isTimeZone(text)).toBe(expected)
})

test('addMilliseconds counts through a change of clocks', () => {
  expect(addMilliseconds('2026-03-28T12:00:00.000Z', 24 * 3_600_000)).toBe('2026-03-29T12:00:00.000Z')
})
