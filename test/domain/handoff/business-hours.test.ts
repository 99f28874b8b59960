import { describe, expect, it } from 'vitest'
import { addBusinessTime } from '../../../domain/handoff/business-hours.ts'

const hour = 3_600_000
const berlin = {
  timeZone: 'Europe/Berlin',
  hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
  holidays: ['2026-12-25', '2027-01-01'],
} as const
const newYork = { ...berlin, timeZone: 'America/New_York', holidays: ['2026-11-26'] }
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
