import type { KnownValues } from '../condition/known-kind.ts'
import { nearestName } from '../did-you-mean.ts'
import { builtInActivityTypes, builtInAttributes, builtInDates } from './built-in-names.ts'
import { knownAttributes, knownChoices, setAttributes } from './known-values.ts'
import { isRecord, rawAt, rawEntries, rawList, rawText } from './raw.ts'
import { activityTypePattern, isLanguage } from './schema/common-schema.ts'

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

/** Reads the names out of files whose shape may still be wrong. */
export const collectNames = (files: {
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
}): Names => {
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
