import { styleText } from 'node:util'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Rehearsed } from '../../domain/rehearsal/entry.ts'
import { type Line, localMinute } from '../../domain/rehearsal/line.ts'
import type { Rehearsal } from '../../domain/rehearsal/rehearsal.ts'
import { wordEntry } from '../../domain/rehearsal/word-entry.ts'
import { wordOutcome } from '../../domain/rehearsal/word-outcome.ts'
import { isTimeZone } from '../../domain/time/local-time.ts'

export interface PrintOptions {
  readonly emails: boolean
  readonly colour: boolean
}

const styles = {
  plain: 'reset',
  deed: 'bold',
  email: 'cyan',
  advance: 'magenta',
  handoff: 'green',
  amiss: 'yellow',
} as const satisfies Record<Line['tone'], Parameters<typeof styleText>[0]>

const timeWidth = 'Mon 2026-03-02 09:05'.length
const kindWidth = 'qualified'.length
const indent = ' '.repeat(timeWidth + 2)

/** The timeline in the lead's own time, each moment written once, and how things stand at the end. */
export const timelineText = function* (
  { entries, outcome }: Rehearsed,
  rehearsal: Rehearsal,
  playbook: Playbook,
  { emails, colour }: PrintOptions,
): Generator<string> {
  const zone = outcome?.timeZone
  const timeZone = isTimeZone(zone) ? zone : playbook.settings.timeZone
  const who = 'email' in rehearsal.subject ? rehearsal.subject.email : (rehearsal.leadId ?? 'a visitor')
  const [start, end] = [rehearsal.start, rehearsal.until].map((at) => localMinute(at, timeZone))
  yield `${who}, ${start} to ${end}, times of ${timeZone}`
  yield ''
  let shown = ''
  let isPast = rehearsal.mailReportsFrom > rehearsal.start
  for (const entry of entries) {
    if (isPast && entry.at >= rehearsal.mailReportsFrom) {
      yield `${localMinute(rehearsal.mailReportsFrom, timeZone)}  --- up to here it happened, from here on it is rehearsed ---`
      isPast = false
    }
    const line = wordEntry(entry, { playbook, timeZone })
    if (!line) continue
    const minute = localMinute(entry.at, timeZone)
    const words = `${line.kind.padEnd(kindWidth)}  ${line.text}`
    const styled = colour ? styleText(styles[line.tone], words, { validateStream: false }) : words
    yield `${(minute === shown ? '' : minute).padEnd(timeWidth)}  ${styled}`
    shown = minute
    if (emails && entry.type === 'mail')
      for (const row of ['', ...entry.text.trimEnd().split('\n'), ''])
        yield `${indent}${' '.repeat(kindWidth)}  ${row}`.trimEnd()
  }
  yield ''
  if (!outcome) {
    yield 'Nothing was recorded.'
    return
  }
  yield `At the end, ${localMinute(outcome.at, timeZone)}`
  for (const [label, text] of wordOutcome(outcome, entries, timeZone))
    yield `  ${label.padEnd(kindWidth)}  ${text}`
}
