import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { honeypotField, type Posted, validateSubmission } from '../../../domain/form/submission.ts'
import { runs } from '../../support/runs.ts'
import { anyCharacter } from '../support/arbitrary.ts'
import { sampleForm } from './sample-form.ts'

const submit = (fields: Readonly<Record<string, string | number | boolean>>, language = 'en') =>
  validateSubmission(
    sampleForm,
    new Map(
      Object.entries(fields).map(([name, value]): [string, Posted] => [name, { type: 'scalar', value }]),
    ),
    { language },
  )
const email = 'anna@example.com'
const valuesOf = (fields: Readonly<Record<string, string | number | boolean>>) => {
  const submission = submit({ email, ...fields })
  return submission.type === 'valid' ? submission.fields : submission
}
const pathsOf = (fields: Readonly<Record<string, string | number | boolean>>) => {
  const submission = submit({ email, ...fields })
  return submission.type === 'refused' ? submission.errors.map(({ path }) => path) : submission
}

describe('accepts', () => {
  test.each([
    ['text trimmed', { firstName: '  Anna ' }, { firstName: 'Anna' }],
    ['nothing as nothing', { firstName: '  ' }, {}],
    ['numbers as numbers', { employees: '12' }, { employees: 12 }],
    ['numbers of JSON', { employees: 12.5 }, { employees: 12.5 }],
    ['a phone number', { phone: '+49 (30) 123-45/6' }, { phone: '+49 (30) 123-45/6' }],
    ['a web address', { website: 'https://example.com/a?b=c' }, { website: 'https://example.com/a?b=c' }],
    ['a leap day', { start: '2028-02-29' }, { start: '2028-02-29' }],
    ['an option', { country: 'AT' }, { country: 'AT' }],
    ['a ticked box', { terms: 'on' }, { terms: true }],
    ['a box of JSON', { terms: false }, { terms: false }],
    ['lines in a textarea', { message: 'a\r\nb' }, { message: 'a\nb' }],
    ['markup as text', { firstName: '<b>&"' }, { firstName: '<b>&"' }],
    ['no field that the form does not have', { isAdmin: 'true', __proto__: 'x' }, {}],
  ])('%s', (_, given, expected) => {
    expect(valuesOf(given)).toEqual({ email, ...expected })
  })

  test('an address as leads are found by it', () => {
    expect(submit({ email: ' Anna@Example.COM ' })).toMatchObject({ type: 'valid', email })
  })
})

describe('refuses', () => {
  test.each([
    ['a missing address', { email: '' }, ['email']],
    ['an address that is none', { email: 'anna@' }, ['email']],
    ['a header in an address', { email: 'anna@example.com\nBcc: all@example.com' }, ['email']],
    ['a line break in a name', { firstName: 'Anna\r\nBcc: x@example.com' }, ['firstName']],
    ['a null character', { firstName: 'An\0na' }, ['firstName']],
    ['a line separator', { firstName: 'An\u2028na' }, ['firstName']],
    ['a control character in a textarea', { message: 'a\u0007b' }, ['message']],
    ['21 of 20 characters', { firstName: 'x'.repeat(21) }, ['firstName']],
    ['words for a number', { employees: 'many' }, ['employees']],
    ['too small and too big', { employees: 0 }, ['employees']],
    ['infinity', { employees: `1${'0'.repeat(39)}` }, ['employees']],
    ['a script as web address', { website: 'javascript:alert(1)' }, ['website']],
    ['30 February', { start: '2026-02-30' }, ['start']],
    ['what is no option', { country: 'XX' }, ['country']],
    ['several faults at once', { email: 'x', employees: 'y', start: 'z' }, ['email', 'employees', 'start']],
  ])('%s', (_, given, expected) => {
    expect(pathsOf(given)).toEqual(expected)
  })

  test('lists and files', () => {
    const posted = new Map<string, Posted>([
      ['email', { type: 'other' }],
      ['message', { type: 'file' }],
    ])
    expect(validateSubmission(sampleForm, posted, { language: 'de' })).toEqual({
      type: 'refused',
      errors: [
        { path: 'email', message: 'Bitte einen einfachen Wert angeben.' },
        { path: 'message', message: 'Dateien werden hier nicht angenommen.' },
      ],
    })
  })

  test('more text than a fact may hold', () => {
    const form = {
      ...sampleForm,
      fields: sampleForm.fields.map((field) => ({ ...field, maxLength: 20_000 })),
    }
    const posted = new Map<string, Posted>([
      ['email', { type: 'scalar', value: email }],
      ['message', { type: 'scalar', value: 'ü'.repeat(8_000) }],
    ])
    expect(validateSubmission(form, posted, { language: 'en' })).toMatchObject({
      errors: [{ path: 'message' }],
    })
  })

  test('in the language asked for', () => {
    expect(submit({}, 'de')).toMatchObject({ errors: [{ message: 'Bitte füllen Sie dieses Feld aus.' }] })
    expect(submit({}, 'fr')).toMatchObject({ errors: [{ message: 'Please fill in this field.' }] })
  })
})

test('a filled honeypot is a robot, whatever else is wrong', () => {
  expect(submit({ [honeypotField]: 'https://spam.example' })).toEqual({ type: 'robot' })
})

test('never throws, and what it accepts is small, known and without line breaks outside textareas', () => {
  const value = fc.oneof(fc.string({ unit: anyCharacter, maxLength: 40 }), fc.double(), fc.boolean())
  const names = [...sampleForm.fields.map(({ name }) => name), 'other', '__proto__', 'constructor']
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (given) => {
      const submission = submit({ ...given, email })
      if (submission.type !== 'valid') return
      for (const [name, accepted] of Object.entries(submission.fields)) {
        expect(names.slice(0, sampleForm.fields.length)).toContain(name)
        if (name !== 'message') expect(String(accepted)).not.toMatch(/\p{Cc}/u)
      }
    }),
    { numRuns: runs(1000) },
  )
})
