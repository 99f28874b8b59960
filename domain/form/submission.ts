import { parseAddress, sendable } from '../activity/subject.ts'
import type { Form, FormField } from '../model/form.ts'
import type { FieldError } from '../model/json.ts'
import type { IdentityRules, Tone } from '../model/settings.ts'
import { type FieldFault, faultMessage } from './field-messages.ts'

type ReadNumber =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'none' }
  /** `1,000` is a thousand in English and one in German: where a form's language means one, people mostly mean a thousand. */
  | { readonly type: 'ambiguous' }

/** The decimal separator; in Switzerland a point. */
const decimalOf = (language: string): ',' | '.' =>
  new Intl.NumberFormat(language)
    .formatToParts(0.5)
    .some(({ type, value }) => type === 'decimal' && value === ',')
    ? ','
    : '.'

/** Apostrophes and spaces always group digits, and never separate decimals. */
const plainGroups = "'’ʼ`\\s\u00a0\u202f\u2009"

const none: ReadNumber = { type: 'none' }
const number = (sign: string, digits: string, fraction: string | undefined): ReadNumber => {
  const value = Number(`${sign}${digits.replace(/\D/g, '')}${fraction === undefined ? '' : `.${fraction}`}`)
  return Number.isFinite(value) ? { type: 'number', value } : none
}

/** Numbers like `1.234.567,5`: one separator between all groups of three, and another before the decimals. */
const grouped = (text: string, groups: string, decimals: string): ReadNumber => {
  const shape = new RegExp(
    `^([+-]?)([1-9]\\d{0,2}(?:([${groups}])\\d{3})(?:\\3\\d{3})*)(?:([${decimals}])(\\d+))?$`,
  )
  const [, sign = '', digits, mark, point, fraction] = shape.exec(text) ?? []
  return digits === undefined || mark === point ? none : number(sign, digits, fraction)
}

const plain = (text: string): RegExpExecArray | null => /^([+-]?)(\d+)(?:([.,])(\d+))?$/.exec(text)

/**
 * Parses a number as written in `language`: `1.000` is a thousand in German, `1,000` in English, `1’000` and `1 000`
 * everywhere. Unambiguous numbers are accepted in any language: `1.234,5`, `2.5`.
 */
export const parseNumber = (written: string, language: string): ReadNumber => {
  const text = written.trim().replace(/^[\u2212\u2013]/, '-')
  const decimal = decimalOf(language)
  const other = decimal === ',' ? '.' : ','
  const own = grouped(text, `${plainGroups}${other}`, decimal)
  if (own.type === 'number') return own
  const [, sign = '', digits, point, fraction] = plain(text) ?? []
  // Both separators, in the other language's order.
  if (digits === undefined) return text.includes(other) ? grouped(text, decimal, other) : none
  if (point === undefined) return number(sign, digits, undefined)
  const looksGrouped = fraction?.length === 3 && /^[1-9]\d{0,2}$/.test(digits)
  if (looksGrouped || /^0{3,}$/.test(fraction ?? '')) return { type: 'ambiguous' }
  // Programs write a point; a comma is ambiguous in a language with points.
  return point === decimal || point === '.' ? number(sign, digits, fraction) : none
}

/** `ext. 4`, `x12`, `Durchwahl 7`, `#9`, `;ext=4` (RFC 3966). */
const extension =
  /\s*[,;]?\s*(?:ext(?:ension|n)?|x|durchwahl|dw|app(?:arat)?|nst|nebenstelle)[.:=]?\s*\d{1,8}$|\s*#\s*\d{1,8}$/i

/** Digits with common separators: spaces, brackets, slashes, points, dashes of any length. */
const digits = /^\+?[\d\s()[\]/.\p{Pd}\u2212\u00b7]+$/u

/** Whether it is a plausible telephone number: at least four digits, possibly an extension. */
export const isPhone = (text: string): boolean => {
  const main = text.replace(/^tel:\s*/i, '').replace(extension, '')
  return digits.test(main) && main.replace(/\D/g, '').length >= 4
}

/** A posted value: text of a form, a JSON scalar, or something that no field accepts. */
export type Posted =
  /** `all`: each value of a repeated field; `value` is the last. */
  | { readonly type: 'scalar'; readonly value: string | number | boolean; readonly all?: readonly string[] }
  | { readonly type: 'list'; readonly values: readonly (string | number | boolean)[] }
  | { readonly type: 'other' }
  | { readonly type: 'file' }

/** Rules for reading posted text. */
interface ReadingRules {
  /** BCP 47, for the format of numbers. */
  readonly language: string
  /** Whether addresses are case-sensitive. */
  readonly identity?: Pick<IdentityRules, 'case'> | undefined
  /** Today in the company's time zone, `YYYY-MM-DD`; absent: no check against today. */
  readonly today?: string | undefined
}

/** Several answers appear once each, in the order of the form. */
type FieldValue = string | number | boolean | readonly string[]

type CheckedField =
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

/** Length limit of a field, in UTF-16 units as browsers count. */
export const maxLengthOf = (field: FormField): number => field.maxLength ?? longest[field.type]

const value = (checked: FieldValue): CheckedField => ({ type: 'value', value: checked })
const fault = (what: FieldFault): CheckedField => ({ type: 'fault', fault: what })

const lineBreakOrControl = /[\p{Cc}\u2028\u2029]/u
/** The replacement character for undecodable bytes. */
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

/** Invisible format characters from numbers copied out of an address book. */
const invisible = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

/** Unreadable characters in hidden fields are removed, as nobody can correct them. */
const textOf = (field: FormField, posted: string | number | boolean): string => {
  const text = sendable(String(posted)).replace(/\r\n?/g, '\n')
  const shown = field.type === 'hidden' ? text.replace(new RegExp(unreadable, 'g'), '') : text
  return (field.type === 'tel' || field.type === 'number' ? shown.replace(invisible, '') : shown).trim()
}

/** Reads a posted field by its type; surrounding space is ignored, and empty text counts as missing. */
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

/** Honeypot field: invisible to people, filled in by robots. */
export const honeypotField = '_homepage'
/** Hidden field with the id of the submission. */
export const submissionIdField = '_id'

/** Limit of the fields, within the 16 KiB of a fact's properties. */
const maxFieldBytes = 12 * 1024

type Submission =
  | {
      readonly type: 'valid'
      readonly email: string
      readonly fields: Readonly<Record<string, FieldValue>>
    }
  | { readonly type: 'robot' }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

/**
 * Validates posted values against the form. Unknown fields are ignored; all faults are listed in `language`, in the order of
 * the fields. The address is always required: it is the subject.
 */
export const validateSubmission = (
  form: Form,
  posted: ReadonlyMap<string, Posted>,
  { tone, ...rules }: ReadingRules & { readonly tone?: Tone | undefined },
): Submission => {
  const trap = posted.get(honeypotField)
  if (trap !== undefined && !(trap.type === 'scalar' && trap.value === '')) return { type: 'robot' }

  const errors: FieldError[] = []
  const refuse = (path: string, fault: FieldFault) =>
    errors.push({ path, message: faultMessage(fault, rules.language, tone) })
  const values = new Map<string, FieldValue>()
  let bytes = 0
  for (const field of form.fields) {
    const checked = checkField(field, posted.get(field.name), rules)
    if (checked.type === 'fault') refuse(field.name, checked.fault)
    if (checked.type !== 'value') continue
    values.set(field.name, checked.value)
    const size = new TextEncoder().encode(JSON.stringify(checked.value)).length
    bytes += size
    if (bytes > maxFieldBytes)
      refuse(field.name, { type: 'too-long', max: Math.max(0, maxFieldBytes - bytes + size) })
  }
  const email = values.get('email')
  if (email === undefined && !errors.some((error) => error.path === 'email'))
    refuse('email', { type: 'missing' })
  if (errors.length > 0 || typeof email !== 'string') return { type: 'refused', errors }
  return { type: 'valid', email, fields: Object.fromEntries(values) }
}

/** Hidden field with the signed time of display. */
export const stampField = '_t'

/** Least time (ms) in which a person can read the form and type an address. */
const shortest = 2_000
/** Longest validity of a stamp (ms): an eternal one would serve a robot for ever. An older page is resubmitted. */
const longestFilling = 24 * 3_600_000

/**
 * Whether a form was submitted faster than people can fill it in. This stops robots that load a page and post at once. Programs
 * and handwritten forms have no stamp, so it cannot be required, and a smarter robot would omit it: the honeypot, the double
 * opt-in and the limit on confirmations remain.
 * @param shownAt RFC 3339 UTC; undefined if the stamp is not ours.
 */
export const isTooFast = (shownAt: string | undefined, now: string): boolean =>
  shownAt === undefined || Date.parse(now) - Date.parse(shownAt) < shortest

/** Whether the page is so old that the form must be sent again. */
export const isTooOld = (shownAt: string | undefined, now: string): boolean =>
  shownAt !== undefined && Date.parse(now) - Date.parse(shownAt) > longestFilling

/** Stamp of a page shown again with errors: its visitor has read it, and may be quick. */
export const readBefore = (now: string): string => new Date(Date.parse(now) - shortest).toISOString()

/** Name of the opt-in box. */
const optInName = 'optIn'

/** The form's fields, and the opt-in box, which is never pre-ticked. */
export const shownFields = ({ fields, optIn }: Form): readonly FormField[] =>
  optIn ? [...fields, { name: optInName, type: 'checkbox', required: false, label: optIn.wording }] : fields

/** Whether the opt-in box was ticked, by browsers or programs. */
export const isOptedIn = ({ optIn }: Form, posted: ReadonlyMap<string, Posted>): boolean => {
  const field = posted.get(optInName)
  return optIn !== undefined && field?.type === 'scalar' && /^(on|true|1|yes)$/i.test(String(field.value))
}
