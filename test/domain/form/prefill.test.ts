import { expect, test } from 'vitest'
import { askedForm, knownFields, prefill } from '../../../domain/form/form-page.ts'
import type { Form } from '../../../domain/model/form.ts'
import { sampleForm } from './sample-form.ts'

const hidden = { type: 'hidden', required: false, label: {} } as const
const form: Form = {
  ...sampleForm,
  fields: [
    ...sampleForm.fields,
    { ...hidden, name: 'utm_source' },
    { ...hidden, name: 'medium', source: 'utm_medium', maxLength: 5 },
  ],
}

test('a link fills fields by name, hidden ones by the parameter that they say', () => {
  const filled = prefill(form, {
    firstName: 'Anna',
    utm_source: 'fair',
    utm_medium: 'print',
    medium: 'x',
    other: 'y',
  })
  expect(Object.fromEntries(filled)).toEqual({ firstName: 'Anna', utm_source: 'fair', medium: 'print' })
})

test('what nobody could correct is made to fit', () => {
  const filled = prefill(form, { utm_medium: 'a\nb\u2028cdef', firstName: 'x'.repeat(30) })
  expect(filled.get('medium')).toBe('a b c')
  expect(filled.get('firstName')).toBe('x'.repeat(30))
})

test('names of the machine are no parameters', () => {
  const odd = { ...form, fields: [{ ...hidden, name: 'x', source: 'constructor' }] }
  expect(prefill(odd, {}).size).toBe(0)
})

const asking: Form = {
  ...sampleForm,
  fields: sampleForm.fields.map((field) =>
    field.name === 'firstName' || field.name === 'country' ? { ...field, ask: 'whenUnknown' } : field,
  ),
}

test('what is known is not asked again, where the form says so', () => {
  const names = (known: readonly string[]) => askedForm(asking, known).fields.map(({ name }) => name)
  expect(names(['firstName', 'phone', 'email'])).toEqual(
    sampleForm.fields.map(({ name }) => name).filter((name) => name !== 'firstName'),
  )
  expect(askedForm(asking, [])).toBe(asking)
})

test('of what is known, only the names that the form may leave out are told', () => {
  expect(knownFields(asking, { firstName: 'Anna', phone: '1', email: 'a@b.example' })).toEqual(['firstName'])
})
