import { isSendable, parseAddress } from '../activity/subject.ts'
import { isBlank } from '../lead/attributes.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { type Activity, factsOfImport, type LeadId } from '../model/activity.ts'
import type { Json, JsonObject } from '../model/json.ts'
import type { IdentityRules } from '../model/settings.ts'
import { parseInstant } from '../time/local-time.ts'

/** What happens to an attribute that the lead has already. */
export const modes = ['fill', 'overwrite', 'skip'] as const
export type Mode = (typeof modes)[number]

/** Columns that say something else than an attribute: who does not want mail, and when somebody agreed to it. */
export const specialTargets = ['$unsubscribed', '$consentAt'] as const

/** What an import does with its rows. Made once, so that a row that comes again is planned as it was. */
export interface ImportSettings {
  readonly importId: string
  /** Column → attribute, `email`, one of `specialTargets`, or null for what is left out. */
  readonly mapping: Readonly<Record<string, string | null>>
  /** By attribute; absent: `fill`. */
  readonly mode: Readonly<Record<string, Mode>>
  /** Marketing consent for every row, with its evidence; null: none. */
  readonly consent: {
    readonly purpose: string
    readonly evidence: string
    /** RFC 3339 UTC. */
    readonly at: string
  } | null
  /** When what the rows say was so, RFC 3339 UTC. */
  readonly occurredAt: string
  /** Sequences begin, and sales is told, as if people had done it themselves. */
  readonly enter: boolean
}

type RowValue = string | number | boolean | null

/** @param line of the file, from 1. */
export interface ImportRow {
  readonly line: number
  readonly values: Readonly<Record<string, RowValue>>
  /** It could not be read: it is counted, and left out. */
  readonly fault?: RowFault
}

/** What whoever reads the file finds wrong with a row. */
export const rowFaults = ['more or fewer values than columns'] as const
export type RowFault = (typeof rowFaults)[number]

/** Why a row is left out, without a word of what it holds. */
export type Rejection =
  | 'no email address'
  | 'not an email address'
  | 'a value has more than 4000 characters'
  | 'a value holds characters that cannot be stored'
  | 'the time of consent is not a time, or lies ahead'
  | 'the person asked to be erased'
  | RowFault
  | 'the row has more than 6000 characters'
  | 'too many long rows about one person'

export interface ReadRow {
  readonly line: number
  readonly email: string
  readonly fields: JsonObject
  readonly unsubscribed: boolean
  /** When this person agreed, where a column says so. */
  readonly consentAt?: string
}

const longestValue = 4_000

const yes =
  /^(1|y|yes|ja|true|wahr|x|unsubscribed|opted[ -]?out|optout|cleaned|bounced|blocklisted|abgemeldet)$/i

const isText = (value: RowValue | undefined): value is string => typeof value === 'string'

/** Marks of direction and width: they come with what was copied, and nobody sees them. */
const invisible = /[\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g

const trimmed = (value: RowValue): RowValue => (isText(value) ? value.normalize('NFC').trim() : value)

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

/** ISO 3166-1 alpha-2 by name, in English and German; made when the first name is met. */
let countries: ReadonlyMap<string, string> | undefined

const namesOfCountries = (): ReadonlyMap<string, string> => {
  const codes = letters.flatMap((first) => letters.map((second) => `${first}${second}`))
  const entries = ['en', 'de'].flatMap((language) => {
    const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' })
    return codes.flatMap((code) => {
      const name = names.of(code)
      return name === undefined ? [] : [[name.toLowerCase(), code] as const]
    })
  })
  return new Map(entries)
}

/** Exports name countries; conditions and time zones go by their codes. What is no country stays as it is. */
const countryOf = (text: string): string => {
  if (/^[a-z]{2}$/i.test(text)) return text.toUpperCase()
  countries ??= namesOfCountries()
  return countries.get(text.toLowerCase()) ?? text
}

/** Dates as exports write them: RFC 3339, or a date (`2026-11-03`, `3.11.2026`) with or without a time, taken as UTC. */
const readTime = (given: string): string | undefined => {
  const text = given.replace(
    /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?=$|[T ])/,
    (_, day: string, month: string, year: string) =>
      `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`,
  )
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}:?\d{2})?$/.exec(
    text,
  )
  if (!iso) return undefined
  const [, date = '', time = '00:00:00', offset = 'Z'] = iso
  return parseInstant(`${date}T${time.length === 5 ? `${time}:00` : time}${offset}`)
}

/**
 * Reads a row by the mapping: who it is, and what it says of them. Empty values say nothing.
 * @param now RFC 3339 UTC: consent lies before it.
 */
export const readRow = (
  { line, values, fault }: ImportRow,
  { mapping }: Pick<ImportSettings, 'mapping'>,
  identity: IdentityRules,
  now: string,
): ReadRow | { readonly line: number; readonly reason: Rejection } => {
  if (fault !== undefined) return { line, reason: fault }
  const told = Object.entries(values).flatMap(([column, value]) => {
    const target = Object.hasOwn(mapping, column) ? mapping[column] : null
    const given = trimmed(value)
    return target === null || target === undefined || isBlank(given) ? [] : [[target, given] as const]
  })
  const texts = told.flatMap(([, value]) => (isText(value) ? [value] : []))
  if (texts.some((text) => text.length > longestValue))
    return { line, reason: 'a value has more than 4000 characters' }
  if (!texts.every(isSendable)) return { line, reason: 'a value holds characters that cannot be stored' }
  const of = (name: string): RowValue | undefined => told.find(([target]) => target === name)?.[1]
  const address = of('email')
  if (address === undefined) return { line, reason: 'no email address' }
  const email = parseAddress(isText(address) ? address.replace(invisible, '').trim() : address, identity)
  if (email === undefined) return { line, reason: 'not an email address' }
  const agreed = of('$consentAt')
  const consentAt = agreed === undefined ? undefined : readTime(String(agreed))
  if (agreed !== undefined && (consentAt === undefined || consentAt > now))
    return { line, reason: 'the time of consent is not a time, or lies ahead' }
  const fields = told
    .filter(([target]) => target !== 'email' && !target.startsWith('$'))
    .map(
      ([target, value]) =>
        [target, target === 'country' && isText(value) ? countryOf(value) : value] as const,
    )
  return {
    line,
    email,
    fields: Object.fromEntries(fields),
    unsubscribed: yes.test(String(of('$unsubscribed') ?? '')),
    ...(consentAt !== undefined && { consentAt }),
  }
}

const isSet = (mode: Mode, known: Json | undefined, value: Json): boolean => {
  switch (mode) {
    case 'skip':
      return false
    case 'fill':
      return isBlank(known)
    case 'overwrite':
      return isBlank(known) || String(known) !== String(value)
    default:
      return mode satisfies never
  }
}

const changedFields = (
  fields: JsonObject,
  attributes: LeadState['attributes'],
  mode: ImportSettings['mode'],
): JsonObject =>
  Object.fromEntries(
    Object.entries<Json>({ ...fields }).filter(([name, value]) =>
      isSet(mode[name] ?? 'fill', attributes[name]?.value, value),
    ),
  )

/** An import gives consent to whoever has none; what was withdrawn, or denied by the owner of the mailbox, stays so. */
const mayConsent = (state: LeadState | undefined, purpose: string): boolean => {
  const status = state?.consent[purpose]?.status
  return state?.refused === undefined && status !== 'granted' && status !== 'withdrawn'
}

/** Lines sort as text as they do as numbers: of two that set one attribute, the later one counts. */
const factId = (importId: string, line: number): string =>
  `${factsOfImport(importId)}${String(line).padStart(9, '0')}`

/** Ids of all that one row may have recorded and that can be taken back. */
const factsOfRow = (importId: string, line: number): readonly string[] => [
  factId(importId, line),
  `${factId(importId, line)}:consent`,
]

type Said = Pick<Activity, 'id' | 'type' | 'occurredAt' | 'properties'>

const withdrawals = (
  { line }: ReadRow,
  state: LeadState | undefined,
  { importId, occurredAt }: ImportSettings,
  purposes: readonly string[],
): readonly Said[] =>
  purposes
    .filter((purpose) => state?.consent[purpose]?.status !== 'withdrawn')
    .map((purpose, index) => ({
      id: `${factId(importId, line)}:withdrawn${index}`,
      type: 'consent.withdrawn',
      occurredAt,
      properties: { purpose, how: 'import', import: importId },
    }))

const consents = (
  { line, consentAt }: ReadRow,
  state: LeadState | undefined,
  { importId, consent }: ImportSettings,
): readonly Said[] =>
  consent && mayConsent(state, consent.purpose)
    ? [
        {
          id: `${factId(importId, line)}:consent`,
          type: 'consent.granted',
          occurredAt: consentAt ?? consent.at,
          properties: {
            purpose: consent.purpose,
            evidence: consent.evidence,
            how: 'import',
            import: importId,
          },
        },
      ]
    : []

export interface PlannedRow {
  readonly outcome: 'created' | 'updated' | 'unchanged'
  readonly activities: readonly Activity[]
}

/**
 * What a row changes of a lead.
 * @param state undefined for somebody new.
 * @param purposes all that there are: whoever does not want mail wants none for any of them.
 */
export const planRow = (
  row: ReadRow,
  state: LeadState | undefined,
  settings: ImportSettings,
  purposes: readonly string[],
): PlannedRow => {
  const { importId, mode, occurredAt } = settings
  const fields = changedFields(row.fields, state?.attributes ?? {}, mode)
  const isNews = state === undefined || Object.keys(fields).length > 0
  const profile: Said = {
    id: factId(importId, row.line),
    type: 'profile.updated',
    occurredAt,
    properties: { fields, import: importId },
  }
  const said: readonly Said[] = [
    ...(isNews ? [profile] : []),
    ...(row.unsubscribed ? withdrawals(row, state, settings, purposes) : consents(row, state, settings)),
  ]
  return {
    outcome: state === undefined ? 'created' : said.length > 0 ? 'updated' : 'unchanged',
    activities: said.map((one) => ({ ...one, subject: { email: row.email }, timeAssumed: false })),
  }
}

/** What takes back what a row recorded of a lead that stays. Who does not want mail is still not written to. */
export const takeBack = (
  { importId, leadId, line }: { readonly importId: string; readonly leadId: LeadId; readonly line: number },
  now: string,
): readonly Activity[] =>
  factsOfRow(importId, line).map((activityId) => ({
    id: `${activityId}:undone`,
    type: 'activity.voided',
    subject: { leadId },
    occurredAt: now,
    timeAssumed: false,
    properties: { activityId },
  }))
