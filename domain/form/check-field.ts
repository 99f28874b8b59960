import type { IdentityRules } from '../activity/identity-key.ts'
import { parseAddress } from '../activity/normalise-address.ts'
import { sendable } from '../activity/unsendable.ts'
import type { FieldFault } from './field-messages.ts'
import type { FormField } from './form.ts'
import { parseNumber } from './parse-number.ts'
import { isPhone } from './phone.ts'

/** A value as posted: text of a form, a JSON scalar, or something that no field takes. */
export type Posted =
  /** `all`: of a field given several times, each value; `value` is the last. */
  | { readonly type: 'scalar'; readonly value: string | number | boolean; readonly all?: readonly string[] }
  | { readonly type: 'list'; readonly values: readonly (string | number | boolean)[] }
  | { readonly type: 'other' }
  | { readonly type: 'file' }

/** What a posted text is read by. */
export interface ReadingRules {
  /** BCP 47: numbers are written differently. */
  readonly language: string
  /** Whether cases of an address are told apart. */
  readonly identity?: Pick<IdentityRules, 'case'> | undefined
  /** The day it is where the company is, `YYYY-MM-DD`; absent: any day may be past. */
  readonly today?: string | undefined
}

/** Of several answers, each once, in the order of the form. */
export type FieldValue = string | number | boolean | readonly string[]

export type CheckedField =
  | { readonly type: 'value'; readonly value: FieldValue }
  | { readonly type: 'empty' }
  | { readonly type: 'fault'; readonly fault: FieldFault }

const longest: Readonly<Record<FormField['type'], number>> = {
  text: 200,
  email: 254,
  tel: 40,
  url: 2048,
  number: 40,
  date: 10,
  select: 200,
  radio: 200,
  multiselect: 200,
  checkbox: 10,
  textarea: 5000,
  hidden: 500,
}

/** Limit that applies to a field, in UTF-16 units as the browser counts them. */
export const maxLengthOf = (field: FormField): number => field.maxLength ?? longest[field.type]

const value = (checked: FieldValue): CheckedField => ({ type: 'value', value: checked })
const fault = (what: FieldFault): CheckedField => ({ type: 'fault', fault: what })

const lineBreakOrControl = /[\p{Cc}\u2028\u2029]/u
/** What a program puts where it could not read a letter. */
const unreadable = /\ufffd/
const controlButNotBreak = /[^\P{Cc}\n\t]/u

const isWebAddress = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text)

const isDate = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

const checkNumber = (field: FormField, text: string, language: string): CheckedField => {
  const read = parseNumber(text, language)
  if (read.type === 'ambiguous') return fault({ type: 'ambiguous-number' })
  if (read.type === 'none') return fault({ type: 'invalid', expected: 'number' })
  return withinBounds(field, read.value)
}

const withinBounds = (field: FormField, number: number): CheckedField => {
  if (field.min !== undefined && number < field.min) return fault({ type: 'too-small', min: field.min })
  if (field.max !== undefined && number > field.max) return fault({ type: 'too-big', max: field.max })
  return value(number)
}

const missing = (field: FormField): CheckedField => fault({ type: 'missing', expected: field.type })

const checkChoices = (field: FormField, answers: readonly string[]): CheckedField => {
  const chosen = new Set(answers.map((one) => one.trim()).filter((one) => one !== ''))
  if (chosen.size === 0) return field.required ? missing(field) : { type: 'empty' }
  const known = (field.options ?? []).map((option) => option.value).filter((one) => chosen.has(one))
  return known.length === chosen.size ? value(known) : fault({ type: 'invalid', expected: field.type })
}

const answersOf = (posted: Posted | undefined): readonly string[] => {
  if (posted?.type === 'list') return posted.values.map(String)
  return posted?.type === 'scalar' ? (posted.all ?? [String(posted.value)]) : []
}

const checkCheckbox = (field: FormField, text: string): CheckedField => {
  if (/^(on|true|1|yes)$/i.test(text)) return value(true)
  if (!/^(off|false|0|no)$/i.test(text)) return fault({ type: 'invalid', expected: 'checkbox' })
  return field.required ? missing(field) : value(false)
}

const withinDays = (
  { earliest, latest }: FormField,
  day: string,
  today: string | undefined,
): CheckedField => {
  const [first, last] = [earliest, latest].map((bound) => (bound === 'today' ? today : bound))
  if (first !== undefined && day < first) return fault({ type: 'too-early', earliest: first })
  return last !== undefined && day > last ? fault({ type: 'too-late', latest: last }) : value(day)
}

const checkText = (
  field: FormField,
  text: string,
  { language, identity, today }: ReadingRules,
): CheckedField => {
  const invalid = fault({ type: 'invalid', expected: field.type })
  switch (field.type) {
    case 'text':
    case 'hidden':
    case 'textarea':
      return value(text)
    case 'email': {
      const address = parseAddress(text, identity)
      return address === undefined ? invalid : value(address)
    }
    case 'tel':
      return isPhone(text) ? value(text) : invalid
    case 'url':
      return isWebAddress(text) ? value(text) : invalid
    case 'date':
      return isDate(text) ? withinDays(field, text, today) : invalid
    case 'select':
    case 'radio':
      return field.options?.some((option) => option.value === text) ? value(text) : invalid
    case 'multiselect':
      return checkChoices(field, [text])
    case 'number':
      return checkNumber(field, text, language)
    case 'checkbox':
      return checkCheckbox(field, text)
    default:
      return field.type satisfies never
  }
}

/** Format characters that come along when a number is copied from an address book; nobody sees them. */
const invisible = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

/** Nobody can correct a hidden field: what cannot be read there is left out. */
const textOf = (field: FormField, posted: string | number | boolean): string => {
  const text = sendable(String(posted)).replace(/\r\n?/g, '\n')
  const shown = field.type === 'hidden' ? text.replace(new RegExp(unreadable, 'g'), '') : text
  return (field.type === 'tel' || field.type === 'number' ? shown.replace(invisible, '') : shown).trim()
}

/** Reads one posted field as its type; space around it and an empty text count as nothing. */
export const checkField = (
  field: FormField,
  posted: Posted | undefined,
  rules: ReadingRules = { language: 'en' },
): CheckedField => {
  if (posted?.type === 'file') return fault({ type: 'file' })
  if (posted?.type === 'other') return fault({ type: 'not-a-text' })
  if (field.type === 'multiselect') return checkChoices(field, answersOf(posted))
  if (posted?.type === 'list') return fault({ type: 'not-a-text' })
  if (field.type === 'number' && typeof posted?.value === 'number') return withinBounds(field, posted.value)
  const text = textOf(field, posted?.value ?? '')
  if (text === '') return field.required ? missing(field) : { type: 'empty' }
  const unwanted = field.type === 'textarea' ? controlButNotBreak : lineBreakOrControl
  if (unwanted.test(text)) return fault({ type: 'control-characters' })
  if (text.length > maxLengthOf(field)) return fault({ type: 'too-long', max: maxLengthOf(field) })
  if (unreadable.test(text)) return fault({ type: 'unreadable' })
  return checkText(field, text, rules)
}
