import type { Known, KnownKind, KnownValues } from '../condition/kinds.ts'
import { builtInActivityTypes, builtInAttributes, builtInDates } from '../model/built-in-names.ts'
import { nearestName } from '../model/did-you-mean.ts'
import type { Playbook } from '../model/playbook.ts'
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

/** Known properties of an activity type. */
export const knownProperties = (type: string | undefined): KnownValues['activity'] => {
  const properties =
    type !== undefined && Object.hasOwn(builtInProperties, type) ? builtInProperties[type] : {}
  return new Map(Object.entries({ ...properties, type: text }))
}

/** A name, and its type if the playbook defines it. */
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

/** Attributes of `set` steps at any depth. */
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
 * Types of lead attributes: of built-in ones, and of form fields if all sources agree. Others are unknown: the user's own
 * programs may set them.
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

/** Options of choice fields, and values of `set`; leaves out attributes with any other source. */
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

/** Every name that the playbook defines, for other parts to refer to. */
export interface Names {
  /** Variants by email, beside what its front matter itself says. */
  readonly variants?: ReadonlyMap<string, readonly string[]>
  readonly emails: readonly string[]
  readonly teams: readonly string[]
  readonly sequences: readonly string[]
  /** The condition of each segment; empty where it has none that can be read. */
  readonly segments?: ReadonlyMap<string, string>
  /** Undefined if `scoring.yaml` is unreadable: then any name is accepted. */
  readonly bands: readonly string[] | undefined
  readonly languages: readonly string[]
  readonly attributes: readonly string[]
  /** Types and ranges of attributes. */
  readonly attributeValues: KnownValues['lead']
  /** Possible values of attributes with choices. */
  readonly choices?: ReadonlyMap<string, ReadonlySet<string>>
  /** Date attributes: date fields of forms, and built-in ones. */
  readonly dates?: readonly string[]
  /** Attributes that are fields of another type than a date. */
  readonly dateless?: readonly string[]
  /** Built-in activity types, and those that forms or inbound webhooks record. */
  readonly activityTypes: readonly string[]
  /** Types used by scoring, stages, handoffs and sequences. */
  readonly namedTypes?: readonly string[]
}

/** Field types that may hold a date; hidden and text fields accept anything. */
const mayBeDates = ['date', 'text', 'hidden']

const datelessFields = (forms: readonly unknown[]): readonly string[] => {
  const fields = forms.flatMap((form) => rawList(form, 'fields'))
  const dates = fields
    .filter((field) => mayBeDates.includes(rawText(field, 'type') ?? ''))
    .map((field) => rawText(field, 'name'))
  return texts(fields.map((field) => rawText(field, 'name'))).filter((name) => !dates.includes(name))
}

/** An attribute that is also a field of another type may hold anything. */
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

/** Activity types anywhere in a file: as a value, or quoted in a condition. */
const typesIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string')
    return activityTypePattern.test(value)
      ? [value]
      : [...value.matchAll(quotedType)].map(([, type = '']) => type)
  return isRecord(value) || Array.isArray(value) ? Object.values(value).flatMap(typesIn) : []
}

/**
 * A form whose activity is invalid or used nowhere probably misspells one of these; that is reported at the form, so the other
 * name is not reported as unknown.
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
  readonly segments: ReadonlyMap<string, unknown>
  readonly hooks: readonly unknown[]
  /** File names. */
  readonly sequenceIds: readonly string[]
}

/** Reads the names out of files whose shape may still be wrong. */
export const collectNames = (files: RawFiles): Names => {
  const unique = (values: readonly string[]): readonly string[] => [...new Set(values)]
  const set = files.sequences.flatMap((sequence) => setAttributes(rawAt(sequence, 'steps')))
  const given = texts(files.forms.map((form) => rawText(form, 'activity')))
  const namedTypes = unique(
    [files.scoring, files.funnel, files.handoff, ...files.sequences, ...files.segments.values()].flatMap(
      typesIn,
    ),
  )
  return {
    emails: files.emails,
    teams: rawEntries(files.handoff, 'teams').map(([team]) => team),
    sequences: files.sequenceIds,
    segments: new Map([...files.segments].map(([id, segment]) => [id, rawText(segment, 'where') ?? ''])),
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

/** The names of a playbook that was checked before, for conditions that are not part of it. */
export const namesInPlaybook = (playbook: Playbook): Names => {
  const { settings, scoring, funnel, handoff, forms, sequences, segments = {}, hooks = {}, emails } = playbook
  return {
    ...collectNames({
      ...{ settings, scoring, funnel, handoff },
      emails: Object.keys(emails),
      forms: Object.values(forms),
      sequences: Object.values(sequences).map((sequence) => ({
        ...sequence,
        steps: sequence.program.map((step) => (step.type === 'set' ? { set: step.attributes } : step)),
      })),
      segments: new Map(Object.entries(segments)),
      hooks: Object.values(hooks),
      sequenceIds: Object.keys(sequences),
    }),
    bands: scoring.bands.map(({ id }) => id),
  }
}
