import type { Fact } from '../activity/activity.ts'
import { isOwnersForm } from '../activity/evidence.ts'
import { originOf } from '../activity/expand.ts'
import type { Json, JsonObject } from '../json.ts'
import { isDateValue } from '../time/date-value.ts'
import type { Attribute } from './attribute.ts'
import type { Draft } from './draft.ts'
import { isConfirmed } from './effect-of-grant.ts'
import { attributeSize, type OverflowWatcher, sizeOf, stateLimits } from './state-limits.ts'

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

/** The address comes from whom a fact is about, never from among its fields: a lead has one. */
const isTaken = ([name]: readonly [name: string, value: Json]): boolean =>
  name !== '__proto__' && name !== 'email'

export const attributesIn = (fact: Fact): Entries => {
  const { type, properties } = fact
  if (type !== 'profile.updated' && type !== 'form.submitted') return toldBy(fact)
  const { fields, language } = properties
  if (!isObject(fields)) return []
  // Who fills in a German form reads German: the language it was shown in is an attribute like any other.
  const spoken = type === 'form.submitted' && typeof language === 'string' ? { language } : {}
  return Object.entries<Json>({ ...spoken, ...fields }).filter(isTaken)
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
const put = (draft: Draft, name: string, told: Attribute): boolean => {
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
/**
 * Attributes come from profiles and forms, an address from the subject, and a few from what else is told of a customer.
 * Anybody may fill in a form with anybody's address. What it says counts at once only of somebody of whom nothing surer
 * is known; it stands beside, unconfirmed, once the address was confirmed, and next to what a program or a colleague said.
 * What has no place any more stays as it was.
 * @returns whether some attribute was set.
 */
export const takeAttributes = (draft: Draft, fact: Fact, watcher?: OverflowWatcher): boolean => {
  const { id, occurredAt, email, member } = fact
  // The address of a merged lead is another one of the same person: the lead keeps its own.
  const addressed =
    email !== undefined && member === undefined && draft.attributes.get('email')?.value !== email
  const isUnproven = isByForm(fact) && !isOwnersForm(fact.properties)
  const isShown = showsMailbox(fact) && confirm(draft, fact)
  const left: string[] = []
  let isSet = isShown
  const take = (name: string, value: Json, isSure: boolean): void => {
    const told: Attribute = { value, at: occurredAt, factId: id }
    const taken = isSure ? takeSure(draft, name, told) : takeUnproven(draft, name, told)
    if (taken === 'full') left.push(name)
    else if (taken === 'counts') isSet = true
  }
  if (addressed) take('email', email, true)
  for (const [name, value] of attributesIn(fact)) take(name, value, !isUnproven)
  if (left.length > 0) watcher?.overflowed?.(fact, { type: 'attributes', names: [...new Set(left)] })
  return isSet
}

/** A form itself, or the activity that follows from it. */
const isByForm = ({ id, type, properties }: Fact): boolean =>
  type === 'form.submitted' ||
  (originOf(id) !== undefined && type !== 'consent.granted' && typeof properties.form === 'string')

type Taken = 'counts' | 'beside' | 'full'

const takeUnproven = (draft: Draft, name: string, told: Attribute): Taken => {
  const known = draft.attributes.get(name)
  const isSure = known !== undefined && known.given === undefined
  const unproven: Attribute = { ...told, given: 'form' }
  if (draft.confirmed === undefined && !isSure) return put(draft, name, unproven) ? 'counts' : 'full'
  if (known?.value !== told.value) return putBeside(draft, name, unproven) ? 'beside' : 'full'
  draft.unconfirmed.delete(name)
  return 'beside'
}

const takeSure = (draft: Draft, name: string, told: Attribute): Taken => {
  if (!put(draft, name, told)) return 'full'
  draft.unconfirmed.delete(name)
  return 'counts'
}

const putBeside = (draft: Draft, name: string, told: Attribute): boolean => {
  let bytes = attributeSize(name, told.value, told.factId)
  for (const [other, { value, factId }] of draft.unconfirmed)
    if (other !== name) bytes += attributeSize(other, value, factId)
  if (bytes > stateLimits.unconfirmedBytes) return false
  draft.unconfirmed.set(name, told)
  return true
}

/** Whether somebody has shown by it that they read what comes to the address. */
const showsMailbox = ({ type, properties }: Fact): boolean =>
  type === 'form.submitted'
    ? isOwnersForm(properties) && properties.via === 'link'
    : type === 'consent.granted' && isConfirmed(properties)

/** What a form says that is to be confirmed is kept until it is, whatever others write meanwhile. */
export const keepClaim = (draft: Draft, fact: Fact): void => {
  const asked = new Set(draft.confirmations.map(({ factId }) => factId))
  for (const factId of draft.claims.keys()) if (!asked.has(factId)) draft.claims.delete(factId)
  const values = Object.fromEntries(attributesIn(fact))
  const kept = [...draft.claims.values()].reduce((sum, claim) => sum + sizeOf(claim), 0)
  if (Object.keys(values).length === 0 || kept + sizeOf(values) > stateLimits.claimBytes) return
  draft.claims.set(fact.id, { at: fact.occurredAt, values })
}

/**
 * The address is its owner's from now on. What the confirmed form said counts, unless something surer was said since;
 * what other forms said steps aside. @returns whether some attribute was set or stepped aside.
 */
const confirm = (draft: Draft, { id, occurredAt, properties }: Fact): boolean => {
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

const stepAside = (draft: Draft): boolean => {
  const unproven = [...draft.attributes].filter(([, { given }]) => given === 'form')
  for (const [name, attribute] of unproven) {
    draft.attributes.delete(name)
    putBeside(draft, name, attribute)
  }
  draft.attributeBytes = undefined
  return unproven.length > 0
}
