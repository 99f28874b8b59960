import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { z } from 'zod'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { Line } from '../../domain/model/event-words.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { faultLine, isError } from '../../domain/playbook/fault.ts'
import { type Moment, momentAfter } from '../../domain/playbook/schema/rehearsal-schema.ts'
import { localMinute, type Rehearsed } from '../../domain/rehearsal/journal.ts'
import { type KnownFact, rehearsalOfKnown } from '../../domain/rehearsal/known-lead.ts'
import { parseRehearsal, type Rehearsal, usualLength } from '../../domain/rehearsal/rehearsal.ts'
import { wordEntry, wordOutcome } from '../../domain/rehearsal/words.ts'
import { isTimeZone } from '../../domain/time/local-time.ts'
import { rehearse } from '../../functions/rehearse/rehearse.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'
import { unanswered } from '../unanswered.ts'
import type { RehearseOptions } from './options.ts'

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

export interface KnownLeadOptions {
  /** Address or id. */
  readonly lead: string
  readonly url: string
  readonly token: string
  readonly until?: Moment
  /** RFC 3339 UTC: where the system has no clock of its own. */
  readonly now: string
}

const leads = z.object({ items: z.array(z.object({ leadId: z.string() })) })
const leadShape = z.object({
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  email: z.string().nullable(),
})
const page = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      occurredAt: z.string(),
      recordedAt: z.string().nullish(),
      properties: z.record(z.string(), z.json()),
    }),
  ),
  next: z.string().optional(),
})
const clock = z.object({ now: z.string() })

/** A lead of a running system as a rehearsal: its activities as they came, and then the time from now on. @throws with a message for people when the system does not answer, or knows no such lead. */
export const rehearsalOfLead = async (options: KnownLeadOptions): Promise<Rehearsal> => {
  const { lead, url, token, until } = options
  const ask = async <Shape>(path: string, shape: z.ZodType<Shape>): Promise<Shape | undefined> => {
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(new URL(path, url), { headers }).catch((error: unknown) => {
      throw unanswered(url, error)
    })
    if (response.status === 404) return undefined
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`)
    return shape.parse(await response.json())
  }

  const found = lead.includes('@')
    ? (await ask(`/api/leads?email=${encodeURIComponent(lead)}`, leads))?.items[0]?.leadId
    : lead
  const path = `/api/leads/${encodeURIComponent(found ?? '')}`
  const shown = found === undefined ? undefined : await ask(path, leadShape)
  if (!shown) throw new Error(`${url} knows no lead ${lead}`)

  const timeline: KnownFact[] = []
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const answer = await ask(`${path}/timeline?limit=100${query}`, page)
    timeline.push(...(answer?.items ?? []))
    cursor = answer?.next
  }
  const now = (await ask('/_local/clock', clock).catch(() => undefined))?.now ?? options.now
  return rehearsalOfKnown({
    leadId: shown.leadId,
    email: shown.email ?? undefined,
    facts: timeline.reverse(),
    now,
    until: momentAfter(now, until ?? { after: usualLength }),
  })
}

const templates = join(import.meta.dirname, '../../templates')

const readRehearsal = async (
  { source, ...given }: RehearseOptions,
  playbook: Playbook,
): Promise<Rehearsal | undefined> => {
  const now = new Date().toISOString()
  switch (source.type) {
    case 'lead':
      return rehearsalOfLead({ ...source, ...given, now })
    case 'file': {
      const text = await readFile(source.path, 'utf8')
      const { rehearsal, faults } = parseRehearsal(source.path, text, { ...given, playbook, now })
      for (const fault of faults) console.error(faultLine(fault))
      return rehearsal
    }
    default:
      return source satisfies never
  }
}

/** @returns the exit code: 1 where something is wrong with the playbook or the file, or a function failed. */
export const playRehearsal = async (options: RehearseOptions): Promise<number> => {
  const dir = options.playbook ?? templates
  const { playbook, faults } = await loadPlaybook(dir)
  if (playbook === undefined) {
    for (const fault of faults.filter(isError)) console.error(join(dir, faultLine(fault)))
    return 1
  }
  const rehearsal = await readRehearsal(options, playbook)
  if (rehearsal === undefined) return 1
  const rehearsed = await rehearse(rehearsal, playbook)
  if (options.json) {
    for (const entry of rehearsed.entries) console.log(JSON.stringify(entry))
    if (rehearsed.outcome) console.log(JSON.stringify({ type: 'outcome', ...rehearsed.outcome }))
  } else {
    const colour = process.stdout.isTTY && !process.env.NO_COLOR
    for (const line of timelineText(rehearsed, rehearsal, playbook, { ...options, colour })) console.log(line)
  }
  return rehearsed.entries.some(({ type }) => type === 'failed') ? 1 : 0
}
