import type { Known, KnownKind, KnownValues } from '../condition/known-kind.ts'
import { builtInAttributes } from './built-in-names.ts'
import { isRecord, rawAt, rawList } from './raw.ts'

const number: Known = { kind: 'number' }
const text: Known = { kind: 'text' }
const list: Known = { kind: 'list' }
const object: Known = { kind: 'object' }
const rating: Known = { ...number, least: 1, most: 5 }
/** A number, or a text like "1234.50". */
const amount: Known = { least: 0 }
const money = { amount, currency: text }

/** Properties that CONTRACT section 3 names, by activity type. */
const builtInProperties: Readonly<Record<string, Readonly<Record<string, Known>>>> = {
  'page.engaged': { seconds: { ...number, least: 0 } },
  'sales.engaged': { channel: text },
  'offer.rated': { rating },
  'order.completed': { orderId: text, renewsAt: text, ...money },
  'form.submitted': { form: text, fields: object },
  'profile.updated': { fields: object },
  'handoff.rejected': { reason: text },
  'needs.recorded': { needs: list },
  'proposal.sent': { proposalId: text, ...money },
  'proposal.declined': { reason: text },
  'negotiation.ended': { outcome: text },
  'deal.opened': money,
  'deal.moved': { phase: text, reason: text, ...money },
  'deal.won': { renewsAt: text, ...money },
  'deal.lost': { reason: text },
  'customer.rated': { rating },
  'consent.granted': { purpose: text },
  'consent.withdrawn': { purpose: text },
}

/** What is known of the properties of an activity of this type. */
export const knownProperties = (type: string | undefined): KnownValues['activity'] => {
  const properties =
    type !== undefined && Object.hasOwn(builtInProperties, type) ? builtInProperties[type] : {}
  return new Map(Object.entries({ ...properties, type: text }))
}

/** One name and the kind that some part of the playbook gives it; undefined where that part does not say. */
export type Given = readonly [name: string, kind: KnownKind | undefined]

const numbers = ['employees', 'rating']

const builtIn: readonly Given[] = builtInAttributes.map((name) => [
  name,
  numbers.includes(name) ? 'number' : 'text',
])

const kindOfField = (type: unknown): KnownKind | undefined => {
  if (typeof type !== 'string') return undefined
  if (type === 'number') return 'number'
  if (type === 'multiselect') return 'list'
  return type === 'checkbox' ? 'flag' : 'text'
}

const fieldsOf = (form: unknown): readonly Given[] =>
  rawList(form, 'fields').flatMap((field): readonly Given[] => {
    const name = rawAt(field, 'name')
    return typeof name === 'string' ? [[name, kindOfField(rawAt(field, 'type'))]] : []
  })

const kindOfRaw = (value: unknown): KnownKind | undefined => {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'number'
  return typeof value === 'boolean' ? 'flag' : undefined
}

/** What `set` steps fill in, however deep they stand. */
export const setAttributes = (value: unknown): readonly Given[] => {
  if (Array.isArray(value)) return value.flatMap(setAttributes)
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, inner]): readonly Given[] =>
    key === 'set' && isRecord(inner)
      ? Object.entries(inner).map(([name, given]): Given => [name, kindOfRaw(given)])
      : setAttributes(inner),
  )
}

/**
 * The kinds of lead attributes: of those with a meaning of their own, and of those that forms ask for, where all that
 * gives one agrees. Of others nothing is known: the user's own programs may give them.
 */
export const knownAttributes = (forms: readonly unknown[], set: readonly Given[]): KnownValues['lead'] => {
  const asked = [...builtIn, ...forms.flatMap(fieldsOf)]
  const known = new Map<string, Known>()
  for (const [name, given] of Map.groupBy([...asked, ...set], ([name]) => name)) {
    const kinds = new Set(given.map(([, kind]) => kind))
    const [kind] = kinds
    if (kinds.size === 1 && kind !== undefined && asked.some(([one]) => one === name))
      known.set(name, { kind })
  }
  return known
}

/** Answers of the fields that leave a choice, and what `set` gives; an attribute that anything else may fill is not in it. */
export const knownChoices = (
  forms: readonly unknown[],
  steps: readonly unknown[],
): ReadonlyMap<string, ReadonlySet<string>> => {
  const choices = new Map<string, Set<string>>()
  const open = new Set<string>(builtInAttributes)
  for (const field of forms.flatMap((form) => rawList(form, 'fields'))) {
    const [name, options] = [rawAt(field, 'name'), rawList(field, 'options')]
    if (typeof name !== 'string') continue
    const values = options.map((one) => rawAt(one, 'value') ?? one).filter((one) => typeof one === 'string')
    if (values.length === 0) open.add(name)
    else choices.set(name, new Set([...(choices.get(name) ?? []), ...values]))
  }
  for (const [name, value] of steps.flatMap(setTexts)) choices.get(name)?.add(value)
  for (const name of open) choices.delete(name)
  return choices
}

const setTexts = (value: unknown): readonly (readonly [string, string])[] => {
  if (Array.isArray(value)) return value.flatMap(setTexts)
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'set' && isRecord(inner)
      ? Object.entries(inner).flatMap(([name, given]): (readonly [string, string])[] =>
          typeof given === 'string' ? [[name, given]] : [],
        )
      : setTexts(inner),
  )
}
