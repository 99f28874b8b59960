import { parseActivity } from '../activity/parse-activity.ts'
import { parseAddress } from '../activity/subject.ts'
import { type Posted, validateSubmission } from '../form/submission.ts'
import type { LeadId } from '../model/activity.ts'
import { didYouMeanOneOf } from '../model/did-you-mean.ts'
import type { JsonObject } from '../model/json.ts'
import type { Playbook } from '../model/playbook.ts'
import { compareFaults, type Fault, isError } from '../playbook/fault.ts'
import { noChecks, readShape } from '../playbook/faults.ts'
import {
  type Moment,
  momentAfter,
  type RawDeed,
  type RawRehearsal,
  rehearsalSchema,
} from '../playbook/schema/rehearsal-schema.ts'
import { readYaml, type YamlPath } from '../playbook/yaml-file.ts'
import { addMilliseconds } from '../time/local-time.ts'

/** A fault of an action, with its path. */
interface DeedFault {
  readonly path: YamlPath
  readonly message: string
}

export const postedOf = (fields: Extract<Deed, { type: 'form' }>['fields']): ReadonlyMap<string, Posted> =>
  new Map(Object.entries(fields).map(([name, value]) => [name, { type: 'scalar', value }]))

const unknown = (key: string, kind: string, name: string, names: readonly string[]): readonly DeedFault[] =>
  names.includes(name)
    ? []
    : [{ path: [key], message: `there is no ${kind} "${name}"${didYouMeanOneOf(name, names)}` }]

const checkForm = (
  { form: id, fields }: Extract<Deed, { type: 'form' }>,
  { forms }: Playbook,
): readonly DeedFault[] => {
  const form = Object.hasOwn(forms, id) ? forms[id] : undefined
  if (form === undefined) return unknown('form', 'form', id, Object.keys(forms))
  const submission = validateSubmission(form, postedOf(fields), { language: 'en' })
  if (submission.type !== 'refused') return []
  return submission.errors.map(({ path, message }) => ({
    path: ['form'],
    message: `the form takes no such ${path}: ${message}`,
  }))
}

/** Faults that any system would refuse: unknown names, invalid form fields or properties. */
const checkDeed = (deed: Deed, at: string, playbook: Playbook): readonly DeedFault[] => {
  switch (deed.type) {
    case 'form':
      return checkForm(deed, playbook)
    case 'confirm': {
      const { forms } = playbook
      if (!Object.hasOwn(forms, deed.form)) return unknown('confirm', 'form', deed.form, Object.keys(forms))
      const asks = forms[deed.form]?.consent === 'double-opt-in'
      return asks ? [] : [{ path: ['confirm'], message: `the form "${deed.form}" asks for no confirmation` }]
    }
    case 'activity': {
      const { activity: type, properties } = deed
      const input = { id: 'checked', type, subject: { visitorId: 'checked' }, occurredAt: at, properties }
      const parsed = parseActivity(input, at)
      if (parsed.type === 'activity') return []
      return parsed.errors.map(({ path, message }) => ({ path: path.split('.'), message }))
    }
    case 'open':
    case 'click':
      return unknown(
        deed.type === 'open' ? 'opens' : 'clicks',
        'email',
        deed.email,
        Object.keys(playbook.emails),
      )
    case 'enter':
      return unknown('enters', 'sequence', deed.sequence, Object.keys(playbook.sequences))
    case 'reject':
      return unknown('reason', 'reason', deed.reason, Object.keys(playbook.handoff.reject))
    case 'accept':
      return []
    default:
      return deed satisfies never
  }
}

/** An action from outside. */
export type Deed =
  | { readonly type: 'form'; readonly form: string; readonly fields: Fields }
  /** Clicks the link in the confirmation email of that form. */
  | { readonly type: 'confirm'; readonly form: string }
  /** An activity from the bus or `POST /events`. */
  | {
      readonly type: 'activity'
      readonly activity: string
      readonly properties: JsonObject
      /** Id and time of a past activity; absent: a new one, at its arrival. */
      readonly known?: { readonly id: string; readonly occurredAt: string }
    }
  | { readonly type: 'open' | 'click'; readonly email: string }
  /** A sequence begins, whatever it usually begins with. */
  | { readonly type: 'enter'; readonly sequence: string }
  | { readonly type: 'accept' }
  | { readonly type: 'reject'; readonly reason: string }

type Fields = Readonly<Record<string, string | number | boolean>>

export interface PlannedDeed {
  /** RFC 3339 UTC with milliseconds. */
  readonly at: string
  readonly deed: Deed
}

/** A lead, its actions, and the length of the rehearsal. */
export interface Rehearsal {
  readonly subject: { readonly email: string } | { readonly visitorId: string }
  /** Absent: a new lead. */
  readonly leadId?: LeadId
  readonly start: string
  readonly until: string
  /** In order of time. */
  readonly deeds: readonly PlannedDeed[]
  /** From then on the mail service reports on emails; before, the actions do. */
  readonly mailReportsFrom: string
  /** What the lead does with every email an hour after it came, from `mailReportsFrom` on. @default nothing */
  readonly reads?: 'opens' | 'clicks'
}

/** Default length. */
export const usualLength = 60 * 24 * 3_600_000

export interface RehearsalGiven {
  readonly playbook: Playbook
  /** Overrides the file's start. */
  readonly from?: string
  /** Overrides the file's end. */
  readonly until?: Moment
  /** RFC 3339 UTC: the start if the file has none. */
  readonly now: string
}

interface ParsedRehearsal {
  /** Present unless a fault is an error. */
  readonly rehearsal?: Rehearsal
  /** In order of place. */
  readonly faults: readonly Fault[]
}

const deedOf = (raw: RawDeed, profile: Fields): Deed => {
  if (raw.form !== undefined) return { type: 'form', form: raw.form, fields: { ...profile, ...raw.fields } }
  if (raw.confirm !== undefined) return { type: 'confirm', form: raw.confirm }
  if (raw.enters !== undefined) return { type: 'enter', sequence: raw.enters }
  if (raw.opens !== undefined) return { type: 'open', email: raw.opens }
  if (raw.clicks !== undefined) return { type: 'click', email: raw.clicks }
  if (raw.sales === 'accept') return { type: 'accept' }
  if (raw.sales === 'reject') return { type: 'reject', reason: raw.reason ?? '' }
  return { type: 'activity', activity: raw.type ?? '', properties: raw.properties ?? {} }
}

/** The lead's attributes are known from the start. */
const profileDeed = ({ email: _, ...fields }: RawRehearsal['lead']): readonly Deed[] =>
  Object.keys(fields).length === 0
    ? []
    : [{ type: 'activity', activity: 'profile.updated', properties: { fields } }]

/**
 * Parses a rehearsal; faults have the form `file:line:column`.
 * @param file name in faults.
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
