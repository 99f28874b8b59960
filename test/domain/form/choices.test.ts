import { describe, expect, test } from 'vitest'
import { renderField } from '../../../domain/form/form-page.ts'
import { type Posted, validateSubmission } from '../../../domain/form/submission.ts'
import type { FormField } from '../../../domain/model/form.ts'
import { sampleForm } from './sample-form.ts'

const options = ['rent', 'buy', 'both'].map((value) => ({ value, label: { en: value.toUpperCase() } }))
const radio: FormField = { name: 'terms', type: 'radio', required: true, label: { en: 'Terms' }, options }
const several: FormField = { ...radio, name: 'halls', type: 'multiselect' }
const email = sampleForm.fields[0]
const scalar = (value: string, all?: readonly string[]): Posted => ({
  type: 'scalar',
  value,
  ...(all && { all }),
})

const submit = (field: FormField, posted: Posted | undefined) => {
  const form = { ...sampleForm, fields: [...(email ? [email] : []), field] }
  const given = new Map<string, Posted>([['email', scalar('a@example.com')]])
  if (posted) given.set(field.name, posted)
  const result = validateSubmission(form, given, { language: 'en' })
  if (result.type === 'valid') return result.fields[field.name]
  return result.type === 'refused' ? result.errors.map(({ message }) => message) : result.type
}

describe('one of several', () => {
  test('is one of those offered', () => {
    expect(submit(radio, scalar('buy'))).toBe('buy')
    expect(submit(radio, scalar('steal'))).toEqual(['Please choose one of the values offered.'])
    expect(submit(radio, undefined)).toEqual(['Please choose an answer.'])
    expect(submit({ ...radio, required: false }, undefined)).toBeUndefined()
    expect(submit(radio, { type: 'list', values: ['buy'] })).toEqual(['Please enter a single value.'])
  })
})

describe('any of several', () => {
  test.each([
    ['one', scalar('buy'), ['buy']],
    ['a field given several times', scalar('rent', ['buy', 'rent']), ['rent', 'buy']],
    ['a list of JSON', { type: 'list', values: ['both', 'rent'] }, ['rent', 'both']],
    ['the same twice', scalar('buy', ['buy', 'buy']), ['buy']],
  ] as const)('%s', (_, posted, value) => {
    expect(submit(several, posted)).toEqual(value)
  })

  test('is refused where one is not offered, or none is chosen', () => {
    expect(submit(several, scalar('x', ['buy', 'x']))).toEqual(['Please choose one of the values offered.'])
    expect(submit(several, undefined)).toEqual(['Please choose at least one answer.'])
    expect(submit({ ...several, required: false }, { type: 'list', values: [] })).toBeUndefined()
  })
})

test('a box that has to be ticked has words of its own', () => {
  const box: FormField = {
    name: 'rules',
    type: 'checkbox',
    required: true,
    label: { en: 'I have read them' },
  }
  expect(submit(box, undefined)).toEqual(['Please tick this box.'])
  expect(submit(box, scalar('false'))).toEqual(['Please tick this box.'])
})

describe('its control', () => {
  test.each([radio, several])('is a group with a name, and every answer has its label', (field) => {
    const { text } = renderField(field, { language: 'en', entered: 'buy\nboth', error: 'Wrong.' })
    expect(text).toMatch(/^<fieldset class="field"><legend>Terms/)
    for (const [, id] of text.matchAll(/<input[^>]* id="([^"]+)"/g))
      expect(text).toContain(`<label for="${id}">`)
    expect(text.match(/ checked/g)).toHaveLength(2)
    expect(text).toContain(`aria-describedby="field-${field.name}-error"`)
  })

  test('says what helps, and names it', () => {
    const field: FormField = {
      name: 'phone',
      type: 'tel',
      required: false,
      label: { en: 'Phone' },
      help: { en: 'For [questions](https://a.example) only.' },
      placeholder: { en: '+49 "30"' },
    }
    const { text } = renderField(field, { language: 'en', error: 'Wrong.' })
    expect(text).toContain('placeholder="+49 &quot;30&quot;"')
    expect(text).toContain('aria-describedby="field-phone-error field-phone-help"')
    expect(text).toMatch(/<p class="note" id="field-phone-help">For <a href="https:\/\/a\.example"/)
  })
})
