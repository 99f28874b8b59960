import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import type { SendingHours } from '../../../domain/model/settings.ts'
import { nextSendingTime } from '../../../domain/sending/hold-email.ts'
import { runs } from '../../support/runs.ts'

const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const window = (from: string, to: string, parts: Partial<SendingHours> = {}): SendingHours => ({
  days: everyDay,
  from,
  to,
  ...parts,
})
const berlin = 'Europe/Berlin'
/** 20:00 to 06:00. */
const overnight = window('20:00', '06:00', { days: ['mon', 'tue', 'wed', 'thu', 'fri'] })
const weekdays = window('08:00', '20:00', { days: ['mon', 'tue', 'wed', 'thu', 'fri'] })

describe('marketing mail goes out from', () => {
  test.each([
    ['now on, within the window', '2026-01-07T09:00:00.123Z', weekdays, berlin, '2026-01-07T09:00:00.123Z'],
    ['its first minute on', '2026-01-07T07:00:00.000Z', weekdays, berlin, '2026-01-07T07:00:00.000Z'],
    ['the morning of the same day', '2026-01-07T06:59:59.999Z', weekdays, berlin, '2026-01-07T07:00:00.000Z'],
    [
      'the next morning, its last minute over',
      '2026-01-07T19:00:00.000Z',
      weekdays,
      berlin,
      '2026-01-08T07:00:00.000Z',
    ],
    ['Monday, after the week', '2026-01-09T19:00:00.000Z', weekdays, berlin, '2026-01-12T07:00:00.000Z'],
    [
      'the morning where the lead lives',
      '2026-01-07T09:00:00.000Z',
      weekdays,
      'America/New_York',
      '2026-01-07T13:00:00.000Z',
    ],
    [
      'the day that it is there already',
      '2026-01-11T22:30:00.000Z',
      weekdays,
      'Pacific/Auckland',
      '2026-01-11T22:30:00.000Z',
    ],
    [
      'the day after the holidays',
      '2026-12-24T20:00:00.000Z',
      { ...weekdays, holidays: ['2026-12-25', '2026-12-28'] },
      berlin,
      '2026-12-29T07:00:00.000Z',
    ],
    [
      'now on, in the last minute of a day',
      '2026-01-07T22:59:59.000Z',
      window('00:00', '24:00'),
      berlin,
      '2026-01-07T22:59:59.000Z',
    ],
    [
      'now on, in hours over midnight',
      '2026-01-07T23:30:00.000Z',
      overnight,
      berlin,
      '2026-01-07T23:30:00.000Z',
    ],
    [
      'the evening, once they are over',
      '2026-01-08T05:00:00.000Z',
      overnight,
      berlin,
      '2026-01-08T19:00:00.000Z',
    ],
    [
      'midnight, where the day before is none',
      '2026-01-11T12:00:00.000Z',
      overnight,
      berlin,
      '2026-01-11T23:00:00.000Z',
    ],
    [
      'Monday, for the hours after Friday',
      '2026-01-09T23:00:00.000Z',
      overnight,
      berlin,
      '2026-01-11T23:00:00.000Z',
    ],
    [
      'midnight',
      '2026-01-10T12:00:00.000Z',
      window('00:00', '24:00', { days: ['sun'] }),
      berlin,
      '2026-01-10T23:00:00.000Z',
    ],
  ])('%s', (_name, at, sending, zone, expected) => {
    expect(nextSendingTime(at, sending, zone)).toBe(expected)
  })
})

describe('where clocks change, marketing mail goes out from', () => {
  test.each([
    [
      'the same hour of the day, after spring',
      '2026-03-27T20:00:00.000Z',
      window('08:00', '20:00'),
      berlin,
      '2026-03-28T07:00:00.000Z',
    ],
    [
      'an hour earlier by UTC, in summer',
      '2026-03-28T20:00:00.000Z',
      window('08:00', '20:00'),
      berlin,
      '2026-03-29T06:00:00.000Z',
    ],
    [
      'an hour later by UTC, in winter',
      '2026-10-24T20:00:00.000Z',
      window('08:00', '20:00'),
      berlin,
      '2026-10-25T07:00:00.000Z',
    ],
    // Clocks jump from 02:00 to 03:00, at 01:00 UTC.
    [
      'the jump on, where it begins in the hour that is not there',
      '2026-03-29T00:30:00.000Z',
      window('02:30', '06:00'),
      berlin,
      '2026-03-29T01:00:00.000Z',
    ],
    [
      'the next day on, where all of it is not there',
      '2026-03-29T00:30:00.000Z',
      window('02:10', '02:50'),
      berlin,
      '2026-03-30T00:10:00.000Z',
    ],
    // Clocks show 02:00 to 03:00 twice: from 00:00 UTC and from 01:00 UTC.
    [
      'the first of two equal times',
      '2026-10-24T23:00:00.000Z',
      window('02:30', '06:00'),
      berlin,
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'the second, once clocks were set back before it',
      '2026-10-25T01:10:00.000Z',
      window('02:30', '06:00'),
      berlin,
      '2026-10-25T01:30:00.000Z',
    ],
    [
      'the change on, where the window is open again',
      '2026-10-25T00:45:00.000Z',
      window('01:00', '02:30'),
      berlin,
      '2026-10-25T01:00:00.000Z',
    ],
    // Midnight itself is left out: 00:00 becomes 01:00.
    [
      'one o’clock, on a day without midnight',
      '2026-04-23T21:30:00.000Z',
      window('00:00', '12:00', { days: ['fri'] }),
      'Africa/Cairo',
      '2026-04-23T22:00:00.000Z',
    ],
  ])('%s', (_name, at, sending, zone, expected) => {
    expect(nextSendingTime(at, sending, zone)).toBe(expected)
  })
})

test('the moment is in the window by the clocks of the zone, and none before it is', () => {
  const time = fc.integer({ min: 0, max: 1439 })
  const text = (minute: number): string =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
  const zones = fc.constantFrom(berlin, 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'UTC')
  /** Around the changes of 2026 in all of these zones. */
  const start = fc.constantFrom(
    '2026-03-07',
    '2026-03-28',
    '2026-04-04',
    '2026-04-23',
    '2026-10-03',
    '2026-10-24',
    '2026-10-29',
  )
  const minutes = fc.integer({ min: 0, max: 2 * 1440 })
  fc.assert(
    fc.property(
      time,
      time,
      fc.subarray([...everyDay], { minLength: 1 }),
      zones,
      start,
      minutes,
      (a, b, days, zone, date, later) => {
        fc.pre(a !== b)
        const sending = window(text(a), text(b), { days })
        const isOpen = (moment: number): boolean => {
          const local = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(zone)
          const shown = local.toPlainTime().toString().slice(0, 5)
          const day = everyDay[local.dayOfWeek - 1]
          if (day === undefined || !days.includes(day)) return false
          return a < b
            ? sending.from <= shown && shown < sending.to
            : sending.from <= shown || shown < sending.to
        }
        const at = Date.parse(`${date}T00:00:00.000Z`) + later * 60_000
        const found = Date.parse(nextSendingTime(new Date(at).toISOString(), sending, zone))
        expect(isOpen(found)).toBe(true)
        for (let moment = at; moment < found; moment += 600_000) expect(isOpen(moment)).toBe(false)
        if (found > at) expect(isOpen(found - 60_000)).toBe(false)
      },
    ),
    { numRuns: runs(50) },
  )
})

test('a window that never opens is a fault', () => {
  const never = window('08:00', '20:00', { days: [] })
  expect(() => nextSendingTime('2026-01-07T09:00:00.000Z', never, berlin)).toThrow(RangeError)
})
