import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { nextTime, parseTiming, type Timing } from '../../../local/scheduler/cron.ts'

const utc = (text: string) => Date.parse(text)

function timing(expression: string, zone = 'UTC'): Timing {
  const parsed = parseTiming(expression, zone)
  if (!parsed) throw new Error(`${expression} was refused`)
  return parsed
}

function next(expression: string, after: string, zone = 'UTC'): string | null {
  const at = nextTime(timing(expression, zone), utc(after), { from: 0, until: undefined })
  return at === null ? null : new Date(at).toISOString().replace(':00.000Z', 'Z')
}

describe('cron', () => {
  const table: [expression: string, after: string, expected: string | null][] = [
    ['cron(15 10 * * ? *)', '2026-03-04T10:15:00Z', '2026-03-05T10:15Z'],
    ['cron(0/10 * ? * MON-FRI *)', '2026-03-06T23:50:00Z', '2026-03-09T00:00Z'],
    ['cron(0 8 1 * ? *)', '2026-01-01T08:00:00Z', '2026-02-01T08:00Z'],
    ['cron(0 8 L * ? *)', '2028-02-01T00:00:00Z', '2028-02-29T08:00Z'],
    ['cron(0 8 L-2 * ? *)', '2026-02-01T00:00:00Z', '2026-02-26T08:00Z'],
    ['cron(0 8 31W * ? *)', '2026-02-01T00:00:00Z', '2026-03-31T08:00Z'],
    ['cron(0 8 15W * ? *)', '2026-03-01T00:00:00Z', '2026-03-16T08:00Z'],
    ['cron(0 8 1W * ? *)', '2026-08-01T00:00:00Z', '2026-08-03T08:00Z'],
    ['cron(0 8 LW * ? *)', '2026-05-01T00:00:00Z', '2026-05-29T08:00Z'],
    ['cron(0 8 ? * 6L *)', '2026-03-01T00:00:00Z', '2026-03-27T08:00Z'],
    ['cron(0 8 ? * TUE#2 *)', '2026-03-01T00:00:00Z', '2026-03-10T08:00Z'],
    ['cron(0 8 ? * MON#5 *)', '2026-04-01T00:00:00Z', '2026-06-29T08:00Z'],
    ['cron(0 8 ? * L *)', '2026-03-01T00:00:00Z', '2026-03-07T08:00Z'],
    ['cron(0 8 ? * SAT-SUN *)', '2026-03-07T09:00:00Z', '2026-03-08T08:00Z'],
    ['cron(0 0 29 FEB ? *)', '2026-01-01T00:00:00Z', '2028-02-29T00:00Z'],
    ['cron(0 0 1 JAN,JUL ? 2026-2027)', '2027-07-01T00:00:00Z', null],
    ['cron(0 0 31 2 ? *)', '2026-01-01T00:00:00Z', null],
  ]
  test.each(table)('%s after %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected)
  })

  test('follows the zone through the year', () => {
    expect(next('cron(0 8 * * ? *)', '2026-03-28T12:00:00Z', 'Europe/Berlin')).toBe('2026-03-29T06:00Z')
    expect(next('cron(0 8 * * ? *)', '2026-10-25T12:00:00Z', 'Europe/Berlin')).toBe('2026-10-26T07:00Z')
  })
  test('a time that spring skips does not fire', () => {
    expect(next('cron(30 2 * * ? *)', '2026-03-28T12:00:00Z', 'Europe/Berlin')).toBe('2026-03-30T00:30Z')
  })
  test('a time that autumn repeats fires once', () => {
    const zone = 'Europe/Berlin'
    expect(next('cron(30 2 * * ? *)', '2026-10-24T12:00:00Z', zone)).toBe('2026-10-25T00:30Z')
    expect(next('cron(30 2 * * ? *)', '2026-10-25T00:30:00Z', zone)).toBe('2026-10-26T01:30Z')
  })

  const field = (max: number, min = 0) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min, max }).map(String),
      fc
        .tuple(fc.integer({ min, max }), fc.integer({ min: 1, max: 30 }))
        .map(([from, step]) => `${from}/${step}`),
    )
  const days = fc.constantFrom(
    '* * ?',
    '? * MON-FRI',
    'L * ?',
    '15W * ?',
    '? * TUE#2',
    '1,15 * ?',
    '? 3,10 1L',
  )
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
  )

  test('the next time is later, on the minute, as the fields say, and nothing lies between', () => {
    const start = fc.integer({ min: utc('2020-01-01T00:00:00Z'), max: utc('2040-01-01T00:00:00Z') })
    fc.assert(
      fc.property(field(59), field(23), days, zones, start, (minute, hour, day, zone, after) => {
        const parsed = timing(`cron(${minute} ${hour} ${day} *)`, zone)
        if (parsed.type !== 'cron') throw new Error('not a cron')
        const at = nextTime(parsed, after, { from: 0, until: undefined })
        if (at === null) throw new Error('there is always a next time')
        expect(at).toBeGreaterThan(after)
        expect(at % 60_000).toBe(0)
        const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
        expect(parsed.cron.minutes).toContain(local.minute)
        expect(parsed.cron.hours).toContain(local.hour)
        const between = after + Math.floor((at - after) / 2)
        expect(nextTime(parsed, between, { from: 0, until: undefined })).toBe(at)
      }),
    )
  })
})

describe('rate', () => {
  test('counts from where it began', () => {
    const every = timing('rate(5 minutes)')
    const window = { from: 1000, until: undefined }
    expect(nextTime(every, 0, window)).toBe(1000)
    expect(nextTime(every, 1000, window)).toBe(301_000)
    expect(nextTime(every, 700_000, window)).toBe(901_000)
  })
  test('ends with its window', () => {
    expect(nextTime(timing('rate(1 hour)'), 0, { from: 0, until: 3_599_999 })).toBe(null)
    expect(nextTime(timing('rate(1 hour)'), 0, { from: 0, until: 3_600_000 })).toBe(3_600_000)
  })
})

test('at is local time in its zone', () => {
  expect(timing('at(2026-07-01T09:30:00)', 'Europe/Berlin')).toEqual({
    type: 'at',
    at: utc('2026-07-01T07:30:00Z'),
  })
})

test.each([
  'at(2026-02-30T00:00:00)',
  'at(2026-01-01)',
  'rate(0 minutes)',
  'rate(1 minutes)',
  'rate(2 minute)',
  'rate(5 seconds)',
  'cron(0 8 * * * *)',
  'cron(0 8 ? * ? *)',
  'cron(60 8 * * ? *)',
  'cron(0 24 * * ? *)',
  'cron(0 8 * * ?)',
  'cron(0 8 32 * ? *)',
  'cron(0 8 ? * MON#6 *)',
  'cron(0 8 ? * 8 *)',
  'cron(*/0 8 * * ? *)',
  'every day',
])('%s is refused', (expression) => {
  expect(parseTiming(expression, 'UTC')).toBe(undefined)
})
