import { describe, expect, test } from 'vitest'
import type { Step } from '../../../domain/model/sequence.ts'
import { forecastRun } from '../../../domain/sequence/forecast.ts'

const day = 86_400_000
const until = '2026-03-15T09:00:00.000Z'

/** Of a run that waits at the first step until the second of March, 9:00. */
const forecast = (...program: readonly Step[]) =>
  forecastRun(
    { step: 0, status: { type: 'waiting', until: '2026-03-02T09:00:00.000Z' } },
    { program: [{ type: 'wait', for: day }, ...program] },
    { until, zone: 'Europe/Berlin' },
  ).map(({ email, at, isSure }) => `${email} ${at.slice(5, 16)}${isSure ? '' : ' perhaps'}`)

const email = (name: string): Step => ({ type: 'email', email: name })
const wait = (days: number): Step => ({ type: 'wait', for: days * day })

describe('the emails that a run comes to', () => {
  test('come after its waits, as long as they lie ahead of the end', () => {
    expect(forecast(email('a'), wait(3), email('b'), wait(9), email('c'), wait(1), email('d'))).toEqual([
      'a 03-02T09:00',
      'b 03-05T09:00',
      'c 03-14T09:00',
    ])
  })

  test('come at a moment of the day, or when the time for an activity is up', () => {
    expect(forecast({ type: 'wait-until', weekday: 'friday', time: '10:00' }, email('a'))).toEqual([
      'a 03-06T09:00',
    ])
    expect(forecast({ type: 'wait-for', activity: 'page.viewed', timeout: 2 * day }, email('a'))).toEqual([
      'a 03-04T09:00',
    ])
  })

  test('are those of both ways behind a condition, and of all behind a split', () => {
    expect(
      forecast(
        { type: 'branch', if: 'consented', otherwise: 4 },
        email('yes'),
        { type: 'jump', goto: 5 },
        email('no'),
        email('both'),
      ),
    ).toEqual(['yes 03-02T09:00 perhaps', 'no 03-02T09:00 perhaps', 'both 03-02T09:00 perhaps'])
    expect(
      forecast(
        {
          type: 'split',
          name: 's',
          ways: [
            { id: 'a', goto: 2 },
            { id: 'b', goto: 4 },
          ],
        },
        email('a'),
        { type: 'exit' },
        email('b'),
      ),
    ).toEqual(['a 03-02T09:00 perhaps', 'b 03-02T09:00 perhaps'])
  })

  test('end where nobody can tell when it goes on, or with the run', () => {
    const date: Step = { type: 'wait-date', attribute: 'renewsAt', days: -30, time: '09:00' }
    expect(forecast(email('a'), date, email('b'))).toEqual(['a 03-02T09:00'])
    expect(forecast({ type: 'exit' }, email('b'))).toEqual([])
  })

  test('are none of a run that does not wait', () => {
    const status = { type: 'completed', at: '2026-03-01T00:00:00.000Z' } as const
    expect(forecastRun({ step: 0, status }, { program: [email('a')] }, { until, zone: 'UTC' })).toEqual([])
  })
})
