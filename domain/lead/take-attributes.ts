import type { Fact } from '../activity/activity.ts'
import { parseAddress } from '../activity/normalise-address.ts'
import type { Json, JsonObject } from '../json.ts'
import { isDateValue } from '../time/date-value.ts'
import type { Draft } from './draft.ts'

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

/**
 * Attributes come from profiles and forms, an address also from the subject, and a few from what else is told of a customer.
 * @returns whether some attribute was set.
 */
export const takeAttributes = (draft: Draft, fact: Fact): boolean => {
  const { id, occurredAt, email, member } = fact
  const from = { at: occurredAt, factId: id }
  // The address of a merged lead is another one of the same person: the lead keeps its own.
  const addressed =
    email !== undefined && member === undefined && draft.attributes.get('email')?.value !== email
  if (addressed) draft.attributes.set('email', { value: email, ...from })
  const attributes = attributesIn(fact)
  for (const [name, value] of attributes)
    draft.attributes.set(name, { value: name === 'email' ? (parseAddress(value) ?? value) : value, ...from })
  return addressed || attributes.length > 0
}
