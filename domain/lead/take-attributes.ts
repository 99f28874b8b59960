import type { Fact } from '../activity/activity.ts'
import { parseAddress } from '../activity/normalise-address.ts'
import type { Json, JsonObject } from '../json.ts'
import { isDateValue } from '../time/date-value.ts'
import type { Draft } from './draft.ts'
import { attributeSize, type OverflowWatcher, stateLimits } from './state-limits.ts'

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Properties of other activities that are attributes of the lead from then on, where they hold what the name means. */
const told: Readonly<Record<string, Readonly<Record<string, (value: Json) => boolean>>>> = {
  'deal.won': { renewsAt: isDateValue },
  'order.completed': { renewsAt: isDateValue },
  'customer.rated': { rating: (value) => typeof value === 'number' },
}

/** Activities that attributes come from. */
export const attributeTypes: readonly string[] = ['profile.updated', 'form.submitted', ...Object.keys(told)]

/** Attributes with a meaning of their own (CONTRACT section 3): a few bytes are kept free for them. */
const meant: ReadonlySet<string> = new Set([
  'email',
  'firstName',
  'lastName',
  'company',
  'country',
  'language',
  'timeZone',
  'phone',
  'role',
  'employees',
])

type Entries = readonly (readonly [name: string, value: Json])[]

const toldBy = ({ type, properties }: Fact): Entries =>
  Object.entries(Object.hasOwn(told, type) ? (told[type] ?? {}) : {}).flatMap(([name, isRight]) => {
    const value = properties[name]
    return value !== undefined && isRight(value) ? [[name, value] as const] : []
  })

const attributesIn = (fact: Fact): Entries => {
  const { type, properties } = fact
  if (type !== 'profile.updated' && type !== 'form.submitted') return toldBy(fact)
  const { fields, language } = properties
  if (!isObject(fields)) return []
  // Who fills in a German form reads German: the language it was shown in is an attribute like any other.
  const spoken = type === 'form.submitted' && typeof language === 'string' ? { language } : {}
  return Object.entries<Json>({ ...spoken, ...fields }).filter(([name]) => name !== '__proto__')
}

/** Whether a fact tells one of these attributes. */
export const tellsOneOf = (names: ReadonlySet<string>, fact: Fact): boolean =>
  names.size > 0 && attributesIn(fact).some(([name]) => names.has(name))

const bytesOf = (draft: Draft): number => {
  if (draft.attributeBytes !== undefined) return draft.attributeBytes
  let bytes = 0
  for (const [name, { value, factId }] of draft.attributes) bytes += attributeSize(name, value, factId)
  return bytes
}

/** @returns whether it has a place: all attributes together are bounded, and one that gets smaller always fits. */
const put = (draft: Draft, name: string, value: Json, { id, occurredAt }: Fact): boolean => {
  const before = draft.attributes.get(name)
  const bytes = bytesOf(draft)
  const after =
    bytes +
    attributeSize(name, value, id) -
    (before === undefined ? 0 : attributeSize(name, before.value, before.factId))
  const { attributeBytes, reservedBytes } = stateLimits
  const most = attributeBytes - (meant.has(name) ? 0 : reservedBytes)
  draft.attributeBytes = bytes
  if (after > most && after > bytes) return false
  draft.attributes.set(name, { value, at: occurredAt, factId: id })
  draft.attributeBytes = after
  return true
}

/**
 * What is wrong with attributes that one fact tells: so many that no lead could hold them.
 * @param id of the activity.
 */
export const tooManyFields = (fields: Json | undefined, id: string): string | undefined => {
  if (!isObject(fields)) return undefined
  const bytes = Object.entries(fields).reduce(
    (sum, [name, value]) => sum + attributeSize(name, value ?? null, id),
    0,
  )
  const most = stateLimits.attributeBytes - stateLimits.reservedBytes
  return bytes > most ? `must not take more than ${most} bytes with their names and origins` : undefined
}

/**
 * Attributes come from profiles and forms, an address also from the subject, and a few from what else is told of a customer.
 * What has no place any more stays as it was.
 * @returns whether some attribute was set.
 */
export const takeAttributes = (draft: Draft, fact: Fact, watcher?: OverflowWatcher): boolean => {
  const { email, member } = fact
  // The address of a merged lead is another one of the same person: the lead keeps its own.
  const addressed =
    email !== undefined && member === undefined && draft.attributes.get('email')?.value !== email
  const told = attributesIn(fact).map(
    ([name, value]) => [name, name === 'email' ? (parseAddress(value) ?? value) : value] as const,
  )
  const all: Entries = addressed ? [['email', email], ...told] : told
  const left = all.filter(([name, value]) => !put(draft, name, value, fact)).map(([name]) => name)
  if (left.length > 0) watcher?.overflowed?.(fact, { type: 'attributes', names: [...new Set(left)] })
  return all.length > left.length
}
