import { maxLengthOf } from './check-field.ts'
import type { Form, FormField } from './form.ts'

/** The parameter of a page's address that a field is filled by. */
export const parameterOf = (field: FormField): string => field.source ?? field.name

/** What an address may bring into a field: nobody can correct a hidden one, so it is made to fit. */
const fitting = (field: FormField, value: string): string =>
  field.type === 'hidden' ? value.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, maxLengthOf(field)) : value

/** Values that the link to a form brings along, by field name. */
export const prefill = (form: Form, query: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(
    form.fields.flatMap((field): [string, string][] => {
      const name = parameterOf(field)
      const value = Object.hasOwn(query, name) ? query[name] : undefined
      return value === undefined ? [] : [[field.name, fitting(field, value)]]
    }),
  )
