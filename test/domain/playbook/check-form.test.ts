import { expect, test } from 'vitest'
import { checkForm } from '../../../domain/playbook/check-form.ts'
import { readYaml } from '../../../domain/playbook/yaml-file.ts'

const told = (field: string) =>
  checkForm(
    readYaml(
      'forms/a.yaml',
      `id: a\nlanguages: [en]\nconsent: none\nfields:\n  - { name: email, type: email, required: true, label: { en: Email } }\n  - ${field}\n`,
    ),
  ).map(({ line, message }) => `${line}: ${message}`)

test.each([
  ['{ name: x, type: hidden, source: query.utm_source }', []],
  ['{ name: x, type: text, ask: whenUnknown, label: { en: X } }', []],
  [
    '{ name: x, type: text, source: query.x, label: { en: X } }',
    ['6: "source" has no meaning for a field of type text'],
  ],
  ['{ name: x, type: hidden, ask: whenUnknown }', ['6: "ask" has no meaning for a field of type hidden']],
  [
    '{ name: x, type: hidden, required: true }',
    ['6: a hidden field cannot be filled in: it must not be required'],
  ],
])('a form with the field %s', (field, faults) => {
  expect(told(field)).toEqual(faults)
})

test('the address is asked of everybody', () => {
  const yaml = readYaml(
    'forms/a.yaml',
    'id: a\nlanguages: [en]\nfields:\n  - { name: email, type: email, required: true, ask: whenUnknown, label: { en: Email } }\n',
  )
  expect(checkForm(yaml).map(({ message }) => message)).toEqual([
    'the address is always asked for: a link may have been passed on',
  ])
})

test.each([
  ['activity: a.b\nproperties: [n]', []],
  ['activity: a.b\nproperties: [m]', ['the form has no field "m"; did you mean "n"?']],
  ['properties: [n]', ['"properties" belong to "activity", which is missing']],
  [
    'activity: a.b\nproperties: [n]\nconsent: double-opt-in\npurpose: x\nwording: { en: Yes }',
    ['with double-opt-in the activity is recorded on confirmation, which has no fields'],
  ],
])('a form with %j', (keys, messages) => {
  const yaml = readYaml(
    'forms/a.yaml',
    `id: a\nlanguages: [en]\n${keys}\nfields:\n  - { name: email, type: email, required: true, label: { en: E } }\n  - { name: n, type: number, label: { en: N } }\n`,
  )
  expect(checkForm(yaml).map(({ message }) => message)).toEqual(messages)
})
