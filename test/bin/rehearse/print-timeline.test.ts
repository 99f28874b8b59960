import { expect, test } from 'vitest'
import { timelineText } from '../../../bin/rehearse/play-rehearsal.ts'
import type { Entry } from '../../../domain/rehearsal/journal.ts'
import { samplePlaybook } from '../../functions/rehearse/sample-playbook.ts'

const start = '2026-03-02T08:00:00.000Z'
const noon = '2026-03-02T12:00:00.000Z'
const rehearsal = {
  subject: { email: 'a@b.example' },
  start,
  until: noon,
  deeds: [],
  mailReportsFrom: start,
}
const entries: readonly Entry[] = [
  { at: start, type: 'deed', deed: { type: 'accept' } },
  { at: start, type: 'failed', message: 'send', reason: 'broken' },
  { at: noon, type: 'decision', decision: 'ConsentGranted', data: { purpose: 'news' } },
]
const print = (more: Partial<typeof rehearsal> = {}, colour = false) => [
  ...timelineText({ entries }, { ...rehearsal, ...more }, samplePlaybook(), { emails: false, colour }),
]

test('every moment is written once, in the time of the place', () => {
  expect(print()).toEqual([
    'a@b.example, Mon 2026-03-02 09:00 to Mon 2026-03-02 13:00, times of Europe/Berlin',
    '',
    'Mon 2026-03-02 09:00  sales      accepts',
    '                      failed     send: broken',
    'Mon 2026-03-02 13:00  consent    granted for news',
    '',
    'Nothing was recorded.',
  ])
})

test('what happened is set apart from what is rehearsed', () => {
  expect(print({ mailReportsFrom: noon }).filter((line) => line.includes('---'))).toEqual([
    'Mon 2026-03-02 13:00  --- up to here it happened, from here on it is rehearsed ---',
  ])
})

test('colour is there when asked for, and nowhere else', () => {
  const escapes = (lines: readonly string[]) => lines.filter((line) => line.includes('\u001b['))
  expect(escapes(print())).toEqual([])
  expect(escapes(print({}, true))).toHaveLength(entries.length)
})
