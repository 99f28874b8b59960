import type { Known, KnownKind, KnownValues } from '../condition/kinds.ts'
import { builtInActivityTypes, builtInAttributes, builtInDates } from '../model/built-in-names.ts'
import { nearestName } from '../model/did-you-mean.ts'
import { isRecord, rawAt, rawEntries, rawList, rawText } from '../model/raw.ts'
import { activityTypePattern, isLanguage } from './schema/common-schema.ts'

const number: Known = { kind: 'number' }
const text: Known = { kind: 'text' }
const list: Known = { kind: 'list' }
const object: Known = { kind: 'object' }
const rating: Known = { ...number, least: 1, most: 5 }
/** A number, or a text like "1234.50". */
const amount: Known = { least: 0 }
const money = { amount, currency: text }

/** Properties with a meaning of their own, by activity type. */
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
type Given = readonly [name: string, kind: KnownKind | undefined]

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
const setAttributes = (value: unknown): readonly Given[] => {
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
const knownAttributes = (forms: readonly unknown[], set: readonly Given[]): KnownValues['lead'] => {
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
const knownChoices = (
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

/** Every name that some part of the playbook gives, for the others to refer to. */
export interface Names {
  readonly emails: readonly string[]
  readonly teams: readonly string[]
  readonly sequences: readonly string[]
  /** Undefined where `scoring.yaml` cannot be read: then any may be right. */
  readonly bands: readonly string[] | undefined
  readonly languages: readonly string[]
  readonly attributes: readonly string[]
  /** What is known of their values. */
  readonly attributeValues: KnownValues['lead']
  /** All that the attributes with a choice can hold. */
  readonly choices?: ReadonlyMap<string, ReadonlySet<string>>
  /** Attributes that hold a day: forms ask for them as dates, or they mean one. */
  readonly dates?: readonly string[]
  /** Attributes that forms ask for as what is never a date. */
  readonly dateless?: readonly string[]
  /** Activity types that are built in, or that a form or a hook records. */
  readonly activityTypes: readonly string[]
  /** Those that scoring, stages, handoffs and sequences go by. */
  readonly namedTypes?: readonly string[]
}

/** Fields of these types may hold a date; hidden and text ones take whatever comes. */
const mayBeDates = ['date', 'text', 'hidden']

const datelessFields = (forms: readonly unknown[]): readonly string[] => {
  const fields = forms.flatMap((form) => rawList(form, 'fields'))
  const dates = fields
    .filter((field) => mayBeDates.includes(rawText(field, 'type') ?? ''))
    .map((field) => rawText(field, 'name'))
  return texts(fields.map((field) => rawText(field, 'name'))).filter((name) => !dates.includes(name))
}

/** Whatever else asks for one of them as another type: then it may hold anything. */
const dateFields = (forms: readonly unknown[]): readonly string[] => {
  const fields = forms.flatMap((form) => rawList(form, 'fields'))
  const named = (isDate: boolean): readonly string[] =>
    texts(
      fields
        .filter((field) => (rawText(field, 'type') === 'date') === isDate)
        .map((field) => rawText(field, 'name')),
    )
  const others = named(false)
  return [...builtInDates, ...named(true)].filter((name) => !others.includes(name))
}

const quotedType = /["']([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+)["']/g

/** Activity types anywhere in a file: as a value of its own, or in quotes within a condition. */
const typesIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string')
    return activityTypePattern.test(value)
      ? [value]
      : [...value.matchAll(quotedType)].map(([, type = '']) => type)
  return isRecord(value) || Array.isArray(value) ? Object.values(value).flatMap(typesIn) : []
}

/**
 * A form whose activity is no type, or one that nothing else goes by, has most likely misspelt another: that is told of the
 * form, and the other is none that nobody knows.
 */
const meantTypes = (given: readonly string[], named: readonly string[]): readonly string[] => {
  const unknown = named.filter((type) => !given.includes(type) && !builtInActivityTypes.includes(type))
  const idle = given.filter((type) => !named.includes(type) && !builtInActivityTypes.includes(type))
  if (idle.some((type) => !activityTypePattern.test(type))) return unknown
  return unknown.filter((type) => idle.some((other) => nearestName(other, [type]) !== undefined))
}

const texts = (values: readonly unknown[]): readonly string[] =>
  values.filter((value): value is string => typeof value === 'string')

interface RawFiles {
  readonly emails: readonly string[]
  readonly settings: unknown
  readonly scoring: unknown
  readonly funnel: unknown
  readonly handoff: unknown
  readonly forms: readonly unknown[]
  readonly sequences: readonly unknown[]
  readonly hooks: readonly unknown[]
  /** Names of their files. */
  readonly sequenceIds: readonly string[]
}

/** Reads the names out of files whose shape may still be wrong. */
export const collectNames = (files: RawFiles): Names => {
  const unique = (values: readonly string[]): readonly string[] => [...new Set(values)]
  const set = files.sequences.flatMap((sequence) => setAttributes(rawAt(sequence, 'steps')))
  const given = texts(files.forms.map((form) => rawText(form, 'activity')))
  const namedTypes = unique([files.scoring, files.funnel, files.handoff, ...files.sequences].flatMap(typesIn))
  return {
    emails: files.emails,
    teams: rawEntries(files.handoff, 'teams').map(([team]) => team),
    sequences: files.sequenceIds,
    bands: isRecord(rawAt(files.scoring, 'bands'))
      ? rawEntries(files.scoring, 'bands').map(([band]) => band)
      : undefined,
    languages: texts(rawList(files.settings, 'languages')).filter(isLanguage),
    attributes: unique([
      ...builtInAttributes,
      ...files.forms.flatMap((form) => texts(rawList(form, 'fields').map((field) => rawAt(field, 'name')))),
      ...set.map(([name]) => name),
    ]),
    attributeValues: knownAttributes(files.forms, set),
    dates: dateFields(files.forms),
    dateless: datelessFields(files.forms),
    choices: knownChoices(
      files.forms,
      files.sequences.map((sequence) => rawAt(sequence, 'steps')),
    ),
    activityTypes: unique([
      ...builtInActivityTypes,
      ...given,
      ...meantTypes(given, namedTypes),
      ...texts(files.hooks.flatMap((hook) => rawList(hook, 'activities').map((one) => rawText(one, 'type')))),
    ]),
    namedTypes,
  }
}
