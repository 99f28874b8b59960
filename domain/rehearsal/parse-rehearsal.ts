import { parseAddress } from '../activity/normalise-address.ts'
import { noChecks } from '../playbook/checks.ts'
import { compareFaults, type Fault, isError } from '../playbook/fault.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { readShape } from '../playbook/read-shape.ts'
import { readYaml } from '../playbook/yaml-file.ts'
import { addMilliseconds } from '../time/local-time.ts'
import { checkDeed } from './check-deed.ts'
import { type Moment, momentAfter } from './moment.ts'
import { type Deed, type Fields, type PlannedDeed, type Rehearsal, usualLength } from './rehearsal.ts'
import { type RawDeed, type RawRehearsal, rehearsalSchema } from './rehearsal-schema.ts'

export interface RehearsalGiven {
  readonly playbook: Playbook
  /** Instead of the file's own start. */
  readonly from?: string
  /** Instead of the file's own end. */
  readonly until?: Moment
  /** RFC 3339 UTC: the start of a file that names none. */
  readonly now: string
}

export interface ParsedRehearsal {
  /** There when no fault is an error. */
  readonly rehearsal?: Rehearsal
  /** In order of place. */
  readonly faults: readonly Fault[]
}

const deedOf = (raw: RawDeed, profile: Fields): Deed => {
  if (raw.form !== undefined) return { type: 'form', form: raw.form, fields: { ...profile, ...raw.fields } }
  if (raw.confirm !== undefined) return { type: 'confirm', form: raw.confirm }
  if (raw.opens !== undefined) return { type: 'open', email: raw.opens }
  if (raw.clicks !== undefined) return { type: 'click', email: raw.clicks }
  if (raw.sales === 'accept') return { type: 'accept' }
  if (raw.sales === 'reject') return { type: 'reject', reason: raw.reason ?? '' }
  return { type: 'activity', activity: raw.type ?? '', properties: raw.properties ?? {} }
}

/** What is known about the lead is known from the first moment on. */
const profileDeed = ({ email: _, ...fields }: RawRehearsal['lead']): readonly Deed[] =>
  Object.keys(fields).length === 0
    ? []
    : [{ type: 'activity', activity: 'profile.updated', properties: { fields } }]

/**
 * Reads a rehearsal: a lead, and what it does when (`file:line:column` for everything that is wrong with it).
 * @param file how faults name it.
 */
export const parseRehearsal = (file: string, text: string, given: RehearsalGiven): ParsedRehearsal => {
  const yaml = readYaml(file, text)
  const { value, faults: shape } = readShape(yaml, () => rehearsalSchema, noChecks)
  if (value === undefined) return { faults: shape }
  const { lead } = value
  const faults = [...shape]
  if (value.start !== undefined && 'after' in value.start)
    faults.push(yaml.fault(['start'], 'a rehearsal starts at a time: 2026-03-02T09:00:00+01:00'))
  const own = value.start !== undefined && 'at' in value.start ? value.start.at : given.now
  const start = given.from ?? own
  const end = given.until ?? value.until
  const until = end === undefined ? addMilliseconds(start, usualLength) : momentAfter(start, end)
  if (until <= start) faults.push(yaml.fault(['until'], `ends at ${until}, before it starts (${start})`))

  const deeds = value.activities.map((raw, index): PlannedDeed => {
    const at = momentAfter(start, raw.at)
    const deed = deedOf(raw, lead)
    const path = ['activities', index]
    if (at < start) faults.push(yaml.fault([...path, 'at'], `is before the start (${start})`))
    else if (at > until) faults.push(yaml.fault([...path, 'at'], `is after the end (${until})`))
    for (const found of checkDeed(deed, at, given.playbook))
      faults.push(yaml.fault([...path, ...found.path], found.message))
    return { at, deed }
  })
  if (faults.some(isError)) return { faults: faults.sort(compareFaults) }
  const profile = profileDeed(lead).map((deed) => ({ at: start, deed }))
  return {
    rehearsal: {
      subject: { email: parseAddress(lead.email) ?? lead.email },
      start,
      until,
      deeds: [...profile, ...deeds.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))],
      mailReportsFrom: start,
    },
    faults: faults.sort(compareFaults),
  }
}
