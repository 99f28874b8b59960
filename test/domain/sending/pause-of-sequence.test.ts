import { describe, expect, test } from 'vitest'
import { pauseOfSequence } from '../../../domain/sending/hold-email.ts'
import type { ResumeMode } from '../../../domain/sequence/run.ts'

const now = '2026-01-07T09:00:00.500Z'
const pausedAt = '2026-01-05T09:00:00.000Z'
const due = '2026-01-05T12:00:00.000Z'
const resumed = (mode: ResumeMode) => ({ resumed: { at: '2026-01-07T09:00:00.000Z', pausedAt, due: mode } })
const held = { reason: 'sequence-paused', due }

test('while it is paused an email is held for an hour at a time, due when it first was', () => {
  const paused = { paused: { since: pausedAt } }
  const hold = { reason: 'sequence-paused', until: '2026-01-07T10:00:01.000Z' }
  expect(pauseOfSequence(paused, undefined, now)).toEqual({ type: 'held', hold, due: now })
  expect(pauseOfSequence(paused, { reason: 'window' }, now)).toEqual({ type: 'held', hold, due: now })
  expect(pauseOfSequence(paused, held, now)).toEqual({ type: 'held', hold, due })
})

describe('resumed', () => {
  test.each([
    ['send', { type: 'goes' }],
    ['skip', { type: 'skipped' }],
    [
      'shift',
      {
        type: 'held',
        hold: { reason: 'shifted', until: '2026-01-07T12:00:00.000Z' },
        due: '2026-01-07T12:00:00.000Z',
      },
    ],
  ] as const)('%s', (mode, verdict) => {
    expect(pauseOfSequence(resumed(mode), held, now)).toEqual(verdict)
  })

  test('what is shifted to a time that is over goes', () => {
    expect(pauseOfSequence(resumed('shift'), held, '2026-01-07T12:00:00.000Z')).toEqual({ type: 'goes' })
  })

  test.each(['skip', 'shift'] as const)('%s is not for what fell due otherwise', (mode) => {
    for (const standing of [undefined, { reason: 'window' }, { reason: 'shifted', due }])
      expect(pauseOfSequence(resumed(mode), standing, now)).toEqual({ type: 'goes' })
  })
})
