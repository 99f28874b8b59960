import type { Form } from './form.ts'

/** The form as it is put to somebody of whom the attributes `known` are there already: what is known is not asked again. */
export const askedForm = (form: Form, known: readonly string[]): Form =>
  known.length === 0
    ? form
    : {
        ...form,
        fields: form.fields.filter(({ name, ask }) => ask !== 'whenUnknown' || !known.includes(name)),
      }

/** Names of the fields that are asked only when unknown, of those that `attributes` hold: names alone, and no values. */
export const knownFields = (form: Form, attributes: Readonly<Record<string, unknown>>): readonly string[] =>
  form.fields
    .filter(({ name, ask }) => ask === 'whenUnknown' && Object.hasOwn(attributes, name))
    .map(({ name }) => name)
