import type { FieldError } from '../field-error.ts'
import type { JsonObject } from '../json.ts'
import { tooManyFields } from '../lead/take-attributes.ts'
import type { Activity } from './activity.ts'
import { checkBuiltIn } from './check-built-in.ts'
import { checkProperties } from './check-json.ts'
import type { IdentityRules } from './identity-key.ts'
import { isId } from './is-id.ts'
import { parseInstant } from './parse-instant.ts'
import { parseSubject } from './parse-subject.ts'

export type ParsedActivity =
  | { readonly type: 'activity'; readonly activity: Activity }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

const typePattern = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/
const maximumTypeLength = 128
const maximumLead = 5 * 60_000
const maximumYears = 10

const refusal = (path: string, message: string): FieldError => ({ path, message })

/** Attributes so many that no lead could hold them. */
const checkFields = (type: string, { fields }: JsonObject, id: string): readonly FieldError[] => {
  if (type !== 'profile.updated' && type !== 'form.submitted') return []
  const message = tooManyFields(fields, id)
  return message === undefined ? [] : [refusal('properties.fields', message)]
}

const isTooOld = (instant: string, arrivedAt: string): boolean => {
  const oldest = new Date(arrivedAt)
  oldest.setUTCFullYear(oldest.getUTCFullYear() - maximumYears)
  return Date.parse(instant) < oldest.getTime()
}

const parseTime = (
  value: unknown,
  arrivedAt: string,
): { readonly at: string } | { readonly error: FieldError } => {
  if (value === undefined || value === null) return { at: arrivedAt }
  const instant = typeof value === 'string' ? parseInstant(value) : undefined
  const wrong = (message: string) => ({ error: refusal('occurredAt', message) })
  if (instant === undefined) {
    return wrong('must be a time with an offset (RFC 3339), such as 2026-01-31T09:30:00+01:00')
  }
  if (Date.parse(instant) - Date.parse(arrivedAt) > maximumLead) {
    return wrong('must not be more than 5 minutes in the future')
  }
  return isTooOld(instant, arrivedAt) ? wrong('must not be more than 10 years ago') : { at: instant }
}

/**
 * One activity as it comes in (CONTRACT section 3), its time in UTC and its address normalised.
 * @param arrivedAt RFC 3339 UTC with milliseconds; stands in where the activity gives no time.
 * @param fallbackId stands in where the activity gives no id.
 * @param identity how addresses are told apart; absent: in lower case.
 * @returns the activity, or everything that is wrong with it.
 */
export const parseActivity = (
  input: unknown,
  arrivedAt: string,
  fallbackId?: string,
  identity?: Pick<IdentityRules, 'case'>,
): ParsedActivity => {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { type: 'refused', errors: [refusal('', 'must be a JSON object')] }
  }
  const given = new Map<string, unknown>(Object.entries(input))
  const id = given.get('id') ?? fallbackId
  const type = given.get('type')
  const subject = parseSubject(given.get('subject'), identity)
  const time = parseTime(given.get('occurredAt'), arrivedAt)
  const checked = checkProperties(given.get('properties'))
  const hasId = isId(id)
  const hasType = typeof type === 'string' && type.length <= maximumTypeLength && typePattern.test(type)
  if (hasId && hasType && 'subject' in subject && 'at' in time && 'properties' in checked) {
    const errors = [...checkBuiltIn(type, checked.properties), ...checkFields(type, checked.properties, id)]
    if (errors.length > 0) return { type: 'refused', errors }
    const timeAssumed = (given.get('occurredAt') ?? null) === null || given.get('timeAssumed') === true
    const { properties } = checked
    return {
      type: 'activity',
      activity: { id, type, subject: subject.subject, occurredAt: time.at, properties, timeAssumed },
    }
  }
  return {
    type: 'refused',
    errors: [
      ...(hasId ? [] : [refusal('id', 'must be a text of 1 to 128 characters without control characters')]),
      ...(hasType ? [] : [refusal('type', 'must be noun.verb in lower case, such as page.viewed')]),
      ...('error' in subject ? [subject.error] : []),
      ...('error' in time ? [time.error] : []),
      ...('message' in checked
        ? [refusal('properties', checked.message)]
        : checkBuiltIn(typeof type === 'string' ? type : '', checked.properties)),
    ],
  }
}
