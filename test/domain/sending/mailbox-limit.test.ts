import { describe, expect, test } from 'vitest'
import {
  type AskedMailbox,
  mailboxOf,
  quotasOf,
  withPlace,
} from '../../../domain/sending/confirmation-limit.ts'

test.each([
  ['Anna+news@Example.com', 'anna@example.com'],
  ['anna+a+b@example.com', 'anna@example.com'],
  ['a.n.n.a+x@gmail.com', 'anna@gmail.com'],
  ['a.nna@example.com', 'a.nna@example.com'],
])('%s reaches the mailbox %s', (address, mailbox) => {
  expect(mailboxOf(address)).toBe(mailbox)
})

describe('one mailbox', () => {
  const attempts = (...times: readonly string[]) =>
    times.reduce<{ taken: readonly AskedMailbox[]; gone: readonly string[] }>(
      ({ taken, gone }, at, index) => {
        const next = withPlace(taken, `s${index}`, at)
        return { taken: next ?? taken, gone: next ? [...gone, at] : gone }
      },
      { taken: [], gone: [] },
    ).gone

  test('is asked three times in any day', () => {
    const day = ['08', '09', '10', '11'].map((hour) => `2026-03-01T${hour}:00:00.000Z`)
    expect(attempts(...day, '2026-03-02T08:00:00.000Z')).toEqual([
      ...day.slice(0, 3),
      '2026-03-02T08:00:00.000Z',
    ])
  })

  test('is asked five times in any 30 days', () => {
    const daily = [...Array(28).keys()].map(
      (day) => `2026-03-${String(day + 1).padStart(2, '0')}T08:00:00.000Z`,
    )
    expect(attempts(...daily, '2026-03-31T08:00:00.000Z')).toEqual([
      ...daily.slice(0, 5),
      '2026-03-31T08:00:00.000Z',
    ])
  })

  test('keeps the place of one that is taken up again', () => {
    const taken = withPlace([], 's', '2026-03-01T08:00:00.000Z') ?? []
    expect(withPlace(taken, 's', '2026-03-02T08:00:00.000Z')).toBe(taken)
  })
})

test('all together have a minute, a day and a month, and a form its half', () => {
  expect(quotasOf('news', { perDay: 100 }, '2026-02-28T23:59:30.000Z')).toEqual([
    { key: 'all:minute:2026-02-28T23:59', most: 120, until: '2026-03-01T00:00:00.000Z' },
    { key: 'form:news:day:2026-02-28', most: 50, until: '2026-03-01T00:00:00.000Z' },
    { key: 'all:day:2026-02-28', most: 100, until: '2026-03-01T00:00:00.000Z' },
    { key: 'form:news:month:2026-02', most: 750, until: '2026-03-01T00:00:00.000Z' },
    { key: 'all:month:2026-02', most: 1500, until: '2026-03-01T00:00:00.000Z' },
  ])
})
