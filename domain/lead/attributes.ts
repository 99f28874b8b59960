import { isConfirmed, isOwnersForm, originOf } from '../activity/subject.ts'
import type { Fact } from '../model/activity.ts'
import type { Cause } from '../model/decision.ts'
import { isObject, type Json, type JsonObject } from '../model/json.ts'
import type { Settings } from '../model/settings.ts'
import { attributeSize, type OverflowWatcher, stateLimits } from '../model/state-limits.ts'
import { zoneOfCountry } from '../time/country-zones.ts'
import { isDateValue } from '../time/date-value.ts'
import { isTimeZone } from '../time/local-time.ts'
import { type DraftOf, map, optional, optionalMap, type StateOf, type Step, transient } from './slice.ts'

/** An attribute's value, and the fact that set it. */
export interface Attribute extends Cause {
  readonly value: Json
  /**
   * From a form: not yet confirmed to come from the owner of the mailbox (`form`), or confirmed (`confirmed`). Absent: from a
   * program, a colleague, or a form opened through an email's link.
   */
  readonly given?: 'form' | 'confirmed'
}

interface Claim {
  readonly at: string
  readonly values: JsonObject
}

const fields = {
  attributes: map<Attribute>(),
  /** Their bytes in the stored state; undefined until needed. */
  attributeBytes: transient<number | undefined>(undefined),
  /** Unconfirmed form values beside a more reliable or confirmed one: they count for nothing. */
  unconfirmed: optionalMap<Attribute>(),
  /** Values by submission, until they are confirmed or expire. */
  claims: optionalMap<Claim>(),
  /** Since when the owner of the mailbox is known to have dealt with us. A withdrawal does not end it. */
  confirmed: optional<Cause>(),
}

export type AttributeDraft = DraftOf<typeof fields>

/** Cleared values count as missing: `null`, and blank texts. */
export const isBlank = (value: Json | undefined): value is undefined | null | '' =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')

/** Numeric attributes; CRMs and files send them as text. */
const numbers: readonly string[] = ['employees']

/** The value for conditions; undefined if cleared. */
export const valueAsAsked = (name: string, value: Json | undefined): Json | undefined => {
  if (isBlank(value)) return undefined
  return numbers.includes(name) && typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value)
    ? Number(value)
    : value
}

/** Properties of other activities that become attributes of the lead, if their value is valid. */
const derived: Readonly<Record<string, Readonly<Record<string, (value: Json) => boolean>>>> = {
  'deal.won': { renewsAt: isDateValue },
  'order.completed': { renewsAt: isDateValue },
  'customer.rated': { rating: (value) => typeof value === 'number' },
}

type Entries = readonly (readonly [name: string, value: Json])[]

const nothing: Entries = []

const toldBy = ({ type, properties }: Fact): Entries => {
  if (!Object.hasOwn(derived, type)) return nothing
  return Object.entries(derived[type] ?? {}).flatMap(([name, isRight]) => {
    const value = properties[name]
    return value !== undefined && isRight(value) ? [[name, value] as const] : []
  })
}

/** The address is set by the subject, never by a field: a lead has one. */
const isTaken = ([name]: readonly [name: string, value: Json]): boolean =>
  name !== '__proto__' && name !== 'email'

export const attributesIn = (fact: Fact): Entries => {
  const { type, properties } = fact
  if (type !== 'profile.updated' && type !== 'form.submitted') return toldBy(fact)
  const { fields, language } = properties
  if (!isObject(fields)) return []
  // The language of a form becomes an attribute: who fills in a German form reads German.
  const spoken = type === 'form.submitted' && typeof language === 'string' ? { language } : {}
  return Object.entries<Json>({ ...spoken, ...fields }).filter(isTaken)
}

/** Activities that attributes come from. */
export const attributeTypes: readonly string[] = [
  'profile.updated',
  'form.submitted',
  ...Object.keys(derived),
]

/** Whether a fact sets one of these attributes. */
export const tellsOneOf = (names: ReadonlySet<string>, fact: Fact): boolean =>
  names.size > 0 && attributesIn(fact).some(([name]) => names.has(name))

/** IANA zone of a lead: the one in its profile, else that of its country, else the company's. */
export const zoneOf = (
  { attributes }: Pick<StateOf<typeof fields>, 'attributes'>,
  { timeZone }: Pick<Settings, 'timeZone'>,
): string => {
  const own = attributes.timeZone?.value
  if (isTimeZone(own)) return own
  return zoneOfCountry(attributes.country?.value) ?? timeZone
}

/** Attributes with a meaning of their own: a few bytes are kept free for them. */
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

const bytesOf = (draft: AttributeDraft): number => {
  if (draft.attributeBytes !== undefined) return draft.attributeBytes
  let bytes = 0
  for (const [name, { value, factId }] of draft.attributes) bytes += attributeSize(name, value, factId)
  return bytes
}

/** @returns whether it fits: the total size is limited, and a smaller value always fits. */
const put = (draft: AttributeDraft, name: string, told: Attribute): boolean => {
  const before = draft.attributes.get(name)
  const bytes = bytesOf(draft)
  const after =
    bytes +
    attributeSize(name, told.value, told.factId) -
    (before === undefined ? 0 : attributeSize(name, before.value, before.factId))
  const { attributeBytes, reservedBytes } = stateLimits
  const most = attributeBytes - (meant.has(name) ? 0 : reservedBytes)
  draft.attributeBytes = bytes
  if (after > most && after > bytes) return false
  draft.attributes.set(name, told)
  draft.attributeBytes = after
  return true
}

/**
 * Sets attributes from profiles, forms, the subject's address and some properties of other activities. Anybody can submit a
 * form with anybody's address, so its values only count at once if nothing more reliable is known; otherwise they are stored
 * separately as unconfirmed. Values beyond the size limit are dropped.
 * @returns whether an attribute was set.
 */
const applyAttributes = (
  draft: AttributeDraft,
  fact: Fact,
  watcher: OverflowWatcher | undefined,
): boolean => {
  const { id, occurredAt, email, member } = fact
  // A merged lead's address is a further one: the lead keeps its own.
  const addressed =
    email !== undefined && member === undefined && draft.attributes.get('email')?.value !== email
  const isUnproven = isByForm(fact) && !isOwnersForm(fact.properties)
  const isShown = showsMailbox(fact) && confirm(draft, fact)
  const left: string[] = []
  let isSet = isShown
  const take = (name: string, value: Json, isSure: boolean): void => {
    const told: Attribute = { value, at: occurredAt, factId: id }
    const taken = isSure ? applySure(draft, name, told) : applyUnproven(draft, name, told)
    if (taken === 'full') left.push(name)
    else if (taken === 'counts') isSet = true
  }
  if (addressed) take('email', email, true)
  for (const [name, value] of attributesIn(fact)) take(name, value, !isUnproven)
  if (left.length > 0) watcher?.overflowed?.(fact, { type: 'attributes', names: [...new Set(left)] })
  return isSet
}

/** A form, or the activity derived from it. */
const isByForm = ({ id, type, properties }: Fact): boolean =>
  type === 'form.submitted' ||
  (originOf(id) !== undefined && type !== 'consent.granted' && typeof properties.form === 'string')

type Taken = 'counts' | 'beside' | 'full'

const applyUnproven = (draft: AttributeDraft, name: string, told: Attribute): Taken => {
  const known = draft.attributes.get(name)
  const isSure = known !== undefined && known.given === undefined
  const unproven: Attribute = { ...told, given: 'form' }
  if (draft.confirmed === undefined && !isSure) return put(draft, name, unproven) ? 'counts' : 'full'
  if (known?.value !== told.value) return putBeside(draft, name, unproven) ? 'beside' : 'full'
  draft.unconfirmed.delete(name)
  return 'beside'
}

const applySure = (draft: AttributeDraft, name: string, told: Attribute): Taken => {
  if (!put(draft, name, told)) return 'full'
  draft.unconfirmed.delete(name)
  return 'counts'
}

const putBeside = (draft: AttributeDraft, name: string, told: Attribute): boolean => {
  let bytes = attributeSize(name, told.value, told.factId)
  for (const [other, { value, factId }] of draft.unconfirmed)
    if (other !== name) bytes += attributeSize(other, value, factId)
  if (bytes > stateLimits.unconfirmedBytes) return false
  draft.unconfirmed.set(name, told)
  return true
}

/** Whether it proves that the person reads the mailbox. */
const showsMailbox = ({ type, properties }: Fact): boolean =>
  type === 'form.submitted'
    ? isOwnersForm(properties) && properties.via === 'link'
    : type === 'consent.granted' && isConfirmed(properties)

/**
 * Confirms the address. The confirmed form's values count unless something more reliable came later; those of other forms
 * become unconfirmed. @returns whether an attribute was set or moved.
 */
const confirm = (draft: AttributeDraft, { id, occurredAt, properties }: Fact): boolean => {
  const { submission } = properties
  const isFirst = draft.confirmed === undefined
  draft.confirmed ??= { at: occurredAt, factId: id }
  const claim = typeof submission === 'string' ? draft.claims.get(submission) : undefined
  const changed = isFirst && stepAside(draft)
  if (claim === undefined || typeof submission !== 'string') return changed
  for (const [name, value] of Object.entries(claim.values)) {
    const known = draft.attributes.get(name)
    if (known === undefined || known.at <= claim.at)
      put(draft, name, { value: value ?? null, at: claim.at, factId: submission, given: 'confirmed' })
    const beside = draft.unconfirmed.get(name)
    if (beside !== undefined && (beside.factId === submission || beside.value === value))
      draft.unconfirmed.delete(name)
  }
  draft.claims.delete(submission)
  return true
}

const stepAside = (draft: AttributeDraft): boolean => {
  const unproven = [...draft.attributes].filter(([, { given }]) => given === 'form')
  for (const [name, attribute] of unproven) {
    draft.attributes.delete(name)
    putBeside(draft, name, attribute)
  }
  draft.attributeBytes = undefined
  return unproven.length > 0
}

const apply = (draft: AttributeDraft, { fact, view, cycleView, watcher }: Step<OverflowWatcher>): void => {
  if (!applyAttributes(draft, fact, watcher)) return
  view.attributesChanged()
  cycleView.attributesChanged()
}

/** The attributes of a lead. */
export const attributeSlice = { fields, apply }
