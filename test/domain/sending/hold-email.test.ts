import { expect, test } from 'vitest'
import { holdOf, isStale } from '../../../domain/sending/hold-email.ts'

const sending = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '20:00' } as const
const caps = [{ emails: 1, per: 24 * 3_600_000 }]
const zone = 'Europe/Berlin'
const noon = '2026-01-09T11:00:00.000Z'

test.each([
  ['goes out where nothing is said', noon, {}, [], undefined],
  ['goes out within window and caps', noon, { sending, caps }, ['2026-01-08T11:00:00.000Z'], undefined],
  [
    'waits for the window',
    '2026-01-09T19:00:00.000Z',
    { sending, caps },
    [],
    { reason: 'window', until: '2026-01-12T07:00:00.000Z' },
  ],
  [
    'waits for room, to the next whole second',
    noon,
    { caps },
    ['2026-01-09T10:00:00.001Z'],
    { reason: 'cap', until: '2026-01-10T10:00:01.000Z' },
  ],
  [
    'waits for room and then for the window',
    noon,
    { sending, caps },
    ['2026-01-09T10:00:00.000Z'],
    { reason: 'cap', until: '2026-01-12T07:00:00.000Z' },
  ],
] as const)('an email %s', (_name, now, settings, sent, expected) => {
  expect(holdOf(now, settings, zone, sent)).toEqual(expected)
})

test('an email is stale more than a week after it was asked for, or as its sequence says', () => {
  expect(isStale('2026-01-01T00:00:00.000Z', '2026-01-08T00:00:00.000Z')).toBe(false)
  expect(isStale('2026-01-01T00:00:00.000Z', '2026-01-08T00:00:00.001Z')).toBe(true)
  expect(isStale('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.001Z', 24 * 3_600_000)).toBe(true)
})
