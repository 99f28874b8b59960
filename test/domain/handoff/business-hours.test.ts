import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addBusinessTime } from '../../../domain/handoff/handoff.ts'

const hour = 3_600_000
const berlin = {
  timeZone: 'Europe/Berlin',
  hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
  holidays: ['2026-12-25', '2027-01-01'],
} as const
const newYork = {
  ...berlin,
  timeZone: 'America/New_York',
  holidays: ['2026-11-26', '2027-01-01', '2027-01-18'],
} as const
const aroundMidnight = {
  timeZone: 'Europe/Berlin',
  hours: { days: ['sat', 'sun', 'mon'], from: '00:00', to: '23:59' },
  holidays: [],
} as const
/** Open for the one hour that clocks skip in spring. */
const skipped = {
  timeZone: 'Europe/Berlin',
  hours: { days: ['sun'], from: '02:00', to: '03:00' },
  holidays: [],
} as const
const night = {
  timeZone: 'Europe/Berlin',
  hours: { days: ['sat', 'sun'], from: '00:00', to: '06:00' },
  holidays: [],
} as const

describe('business time', () => {
  it.each([
    ['within the day', '2026-11-23T09:00:00Z', 2, berlin, '2026-11-23T11:00:00.000Z'],
    ['to the closing minute', '2026-11-23T08:00:00Z', 8, berlin, '2026-11-23T16:00:00.000Z'],
    ['over night', '2026-11-23T15:00:00Z', 2, berlin, '2026-11-24T09:00:00.000Z'],
    ['from before opening', '2026-11-23T03:00:00Z', 2, berlin, '2026-11-23T10:00:00.000Z'],
    ['over the weekend', '2026-11-27T15:30:00Z', 4, berlin, '2026-11-30T11:30:00.000Z'],
    ['from a Saturday', '2026-11-28T12:00:00Z', 1, berlin, '2026-11-30T09:00:00.000Z'],
    ['over Christmas', '2026-12-24T15:00:00Z', 2, berlin, '2026-12-28T09:00:00.000Z'],
    ['in New York, Thanksgiving closed', '2026-11-25T21:00:00Z', 2, newYork, '2026-11-27T15:00:00.000Z'],
    ['into summer time', '2026-03-27T15:00:00Z', 2, berlin, '2026-03-30T08:00:00.000Z'],
    ['a night with the hour left out', '2026-03-28T23:00:00Z', 6, night, '2026-04-03T23:00:00.000Z'],
    ['a night with the hour twice', '2026-10-24T22:00:00Z', 7, night, '2026-10-25T05:00:00.000Z'],
    ['a minute before closing', '2026-11-23T15:59:00Z', 2, berlin, '2026-11-24T09:59:00.000Z'],
    ['at the closing minute', '2026-11-23T16:00:00Z', 2, berlin, '2026-11-24T10:00:00.000Z'],
    ['a moment after closing', '2026-11-23T16:00:00.001Z', 2, berlin, '2026-11-24T10:00:00.000Z'],
    ['exactly at opening', '2026-11-23T08:00:00Z', 2, berlin, '2026-11-23T10:00:00.000Z'],
    ['ending exactly at closing', '2026-11-23T14:00:00Z', 2, berlin, '2026-11-23T16:00:00.000Z'],
    ['at closing on a Friday', '2026-11-27T16:00:00Z', 2, berlin, '2026-11-30T10:00:00.000Z'],
    ['from a Sunday night', '2026-11-29T22:30:00Z', 2, berlin, '2026-11-30T10:00:00.000Z'],
    ['over the turn of the year', '2026-12-31T15:00:00Z', 4, berlin, '2027-01-04T11:00:00.000Z'],
    ['with the milliseconds kept', '2026-11-23T09:00:00.123Z', 2, berlin, '2026-11-23T11:00:00.123Z'],
    ['the same moment in New York', '2026-11-23T08:00:00Z', 2, newYork, '2026-11-23T16:00:00.000Z'],
    [
      'in New York, when Berlin has gone home',
      '2026-11-23T20:00:00Z',
      4,
      newYork,
      '2026-11-24T16:00:00.000Z',
    ],
    ['with a holiday on Monday', '2027-01-15T21:00:00Z', 2, newYork, '2027-01-19T15:00:00.000Z'],
    ['in New York over the turn of the year', '2026-12-31T21:00:00Z', 2, newYork, '2027-01-04T15:00:00.000Z'],
    ['in New York into summer time', '2026-03-06T21:00:00Z', 2, newYork, '2026-03-09T14:00:00.000Z'],
    ['in New York into winter time', '2026-10-30T20:00:00Z', 2, newYork, '2026-11-02T15:00:00.000Z'],
    ['into winter time', '2026-10-23T14:00:00Z', 2, berlin, '2026-10-26T09:00:00.000Z'],
    [
      'between the changes of both sides of the ocean',
      '2026-03-13T20:00:00Z',
      2,
      newYork,
      '2026-03-16T14:00:00.000Z',
    ],
    ['across midnight', '2026-11-28T22:00:00Z', 2, aroundMidnight, '2026-11-29T00:01:00.000Z'],
    ['an hour that is left out', '2026-03-28T12:00:00Z', 1, skipped, '2026-04-05T01:00:00.000Z'],
    ['an hour that comes twice', '2026-10-24T12:00:00Z', 2, skipped, '2026-10-25T02:00:00.000Z'],
    ['many weeks', '2026-11-23T08:00:00Z', 80, berlin, '2026-12-04T16:00:00.000Z'],
  ])('%s', (_name, from, hours, calendar, expected) => {
    expect(addBusinessTime(from, hours * hour, calendar)).toBe(expected)
  })

  it('refuses a calendar that never opens', () => {
    expect(() =>
      addBusinessTime('2026-11-23T08:00:00Z', hour, { ...berlin, hours: { ...berlin.hours, days: [] } }),
    ).toThrow(RangeError)
  })
})

describe('business time, whatever the calendar', () => {
  const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
  const calendar = fc.record({
    timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'),
    hours: fc.record({
      days: fc.subarray([...weekdays], { minLength: 1 }),
      from: fc.constantFrom('00:00', '02:00', '02:30', '09:00'),
      to: fc.constantFrom('12:00', '17:00', '23:59'),
    }),
    holidays: fc.subarray(['2026-03-30', '2026-10-26', '2026-12-25', '2027-01-01']),
  })
  const from = fc
    .date({ min: new Date('2026-01-01'), max: new Date('2027-02-01'), noInvalidDate: true })
    .map((date) => date.toISOString())
  const duration = fc.integer({ min: 1, max: 30 * hour })

  it('later requests are never due earlier, and more time never ends sooner', () => {
    fc.assert(
      fc.property(calendar, from, from, duration, duration, (open, one, other, some, more) => {
        const [earlier, later] = one < other ? [one, other] : [other, one]
        expect(addBusinessTime(earlier, some, open) <= addBusinessTime(later, some, open)).toBe(true)
        expect(addBusinessTime(one, some, open) < addBusinessTime(one, some + more, open)).toBe(true)
        expect(addBusinessTime(one, some, open) > one).toBe(true)
      }),
    )
  })

  it('adds up: some and then more is the sum at once', () => {
    fc.assert(
      fc.property(calendar, from, duration, duration, (open, at, some, more) => {
        expect(addBusinessTime(addBusinessTime(at, some, open), more, open)).toBe(
          addBusinessTime(at, some + more, open),
        )
      }),
    )
  })

  it('ends within hours, on a day that is open', () => {
    fc.assert(
      fc.property(calendar, from, duration, (open, at, some) => {
        const end = new Date(addBusinessTime(at, some, open))
        const local = new Intl.DateTimeFormat('sv-SE', {
          timeZone: open.timeZone,
          dateStyle: 'short',
          timeStyle: 'medium',
        }).format(end)
        const [date = '', time = ''] = local.split(' ')
        const weekday = weekdays[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7]
        expect(open.holidays).not.toContain(date)
        expect(open.hours.days).toContain(weekday)
        expect(time > `${open.hours.from}:00` || end.getMilliseconds() > 0).toBe(true)
        expect(time <= `${open.hours.to}:00`).toBe(true)
      }),
    )
  })
})
