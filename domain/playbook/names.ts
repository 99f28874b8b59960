import { builtInActivityTypes, builtInAttributes } from './built-in-names.ts'
import { isRecord, rawAt, rawEntries, rawList, rawText } from './raw.ts'
import { isLanguage } from './schema/common-schema.ts'

/** Every name that some part of the playbook gives, for the others to refer to. */
export interface Names {
  readonly emails: readonly string[]
  readonly teams: readonly string[]
  readonly bands: readonly string[]
  readonly languages: readonly string[]
  readonly attributes: readonly string[]
  /** Activity types that are built in, or that a form records. */
  readonly activityTypes: readonly string[]
}

const texts = (values: readonly unknown[]): readonly string[] =>
  values.filter((value): value is string => typeof value === 'string')

/** Attributes that `set` steps fill, however deep they stand. */
const setAttributes = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(setAttributes)
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'set' && isRecord(inner) ? Object.keys(inner) : setAttributes(inner),
  )
}

/** Reads the names out of files whose shape may still be wrong. */
export const collectNames = (files: {
  readonly emails: readonly string[]
  readonly settings: unknown
  readonly scoring: unknown
  readonly handoff: unknown
  readonly forms: readonly unknown[]
  readonly sequences: readonly unknown[]
}): Names => {
  const unique = (values: readonly string[]): readonly string[] => [...new Set(values)]
  return {
    emails: files.emails,
    teams: rawEntries(files.handoff, 'teams').map(([team]) => team),
    bands: rawEntries(files.scoring, 'bands').map(([band]) => band),
    languages: texts(rawList(files.settings, 'languages')).filter(isLanguage),
    attributes: unique([
      ...builtInAttributes,
      ...files.forms.flatMap((form) => texts(rawList(form, 'fields').map((field) => rawAt(field, 'name')))),
      ...files.sequences.flatMap((sequence) => setAttributes(rawAt(sequence, 'steps'))),
    ]),
    activityTypes: unique([
      ...builtInActivityTypes,
      ...texts(files.forms.map((form) => rawText(form, 'activity'))),
    ]),
  }
}
