import { describe, expect, test } from 'vitest'
import { dayStarts } from '../../../domain/time/local-time.ts'

const hour = 3_600_000
const startOf = (timeZone: string, moment: string): string =>
  new Date(dayStarts(timeZone)(Date.parse(moment))).toISOString()

describe('the start of a calendar day', () => {
  test.each([
    ['Europe/Berlin', '2026-03-29T12:00:00.000Z', '2026-03-28T23:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29T22:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25T22:59:59.999Z', '2026-10-24T22:00:00.000Z'],
    ['Asia/Kathmandu', '2026-03-01T18:14:59.999Z', '2026-02-28T18:15:00.000Z'],
    ['UTC', '2026-03-01T23:59:59.999Z', '2026-03-01T00:00:00.000Z'],
    // Clocks went from midnight to one o'clock: the day began at 01:00, an hour late.
    ['America/Asuncion', '2023-10-01T12:00:00.000Z', '2023-10-01T04:00:00.000Z'],
    // 30 December was left out.
    ['Pacific/Apia', '2011-12-30T12:00:00.000Z', '2011-12-30T10:00:00.000Z'],
    ['Europe/Berlin', '1969-12-31T22:59:59.999Z', '1969-12-30T23:00:00.000Z'],
  ])('in %s at %s: %s', (timeZone, moment, start) => {
    expect(startOf(timeZone, moment)).toBe(start)
  })

  test('what is kept answers as what is worked out anew, whatever was asked before', () => {
    const kept = dayStarts('America/New_York')
    const begin = Date.parse('2026-10-30T00:00:00.000Z')
    const moments = Array.from({ length: 200 }, (_, index) => begin + ((index * 37) % 120) * hour)
    for (const moment of moments) expect(kept(moment)).toBe(dayStarts('America/New_York')(moment))
  })
})
