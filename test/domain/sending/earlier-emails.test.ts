import { expect, test } from 'vitest'
import { afterEarlier } from '../../../domain/sending/earlier-emails.ts'

const now = '2026-01-05T08:00:00.000Z'
const later = '2026-01-05T08:15:00.000Z'
const run = (step: number, runId = 'r') => ({ sequence: 'interest', runId, step, afterWait: true })
const email = (step: number, status: 'claimed' | 'held' | 'sent' | 'failed', runId = 'r') => ({
  status,
  request: { run: run(step, runId) },
  ...(status === 'held' && { until: now }),
})

test.each([
  ['one held until the same moment', [email(1, 'held')], '2026-01-05T08:01:00.000Z'],
  [
    'one that was held for a pause',
    [{ ...email(1, 'held'), until: later, reason: 'sequence-paused' }],
    '2026-01-05T08:01:00.000Z',
  ],
  ['one that somebody is at', [email(1, 'claimed')], '2026-01-05T08:01:00.000Z'],
  [
    'the latest of several',
    [{ ...email(1, 'held'), until: later }, email(0, 'claimed')],
    '2026-01-05T08:16:00.000Z',
  ],
] as const)('an email waits for an earlier one of its run: %s', (_name, emails, until) => {
  expect(afterEarlier(run(3), emails, now)).toEqual({ reason: 'order', until })
})

test.each([
  ['a later one', [email(5, 'held')]],
  ['itself', [email(3, 'held')]],
  ['one that has gone its way', [email(1, 'sent'), email(2, 'failed')]],
  ['one of another run', [email(1, 'held', 'other')]],
] as const)('not for %s', (_name, emails) => {
  expect(afterEarlier(run(3), emails, now)).toBeUndefined()
  expect(afterEarlier(undefined, emails, now)).toBeUndefined()
})
