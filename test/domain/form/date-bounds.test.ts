import { expect, it } from 'vitest'
import { faultMessage } from '../../../domain/form/field-messages.ts'
import { checkField } from '../../../domain/form/submission.ts'
import type { FormField } from '../../../domain/model/form.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { changed } from '../playbook/small-playbook.ts'

const field: FormField = {
  ...{ name: 'day', type: 'date', required: true, label: {} },
  ...{ earliest: 'today', latest: '2027-01-01' },
}
const today = '2026-03-01'
const check = (value: string) => checkField(field, { type: 'scalar', value }, { language: 'de', today })

it.each(['2026-03-01', '2026-12-24', '2027-01-01'])('a date field takes %s', (day) => {
  expect(check(day)).toEqual({ type: 'value', value: day })
})

it.each([
  ['2026-02-28', 'Bitte ein Datum ab dem 01.03.2026.', 'Please enter a date no earlier than 2026-03-01.'],
  ['2019-01-01', 'Bitte ein Datum ab dem 01.03.2026.', 'Please enter a date no earlier than 2026-03-01.'],
  ['2027-01-02', 'Bitte ein Datum bis zum 01.01.2027.', 'Please enter a date no later than 2027-01-01.'],
])('and not %s', (day, german, english) => {
  const checked = check(day)
  if (checked.type !== 'fault') throw new Error('it was taken')
  expect([faultMessage(checked.fault, 'de'), faultMessage(checked.fault, 'en')]).toEqual([german, english])
})

it('bounds are written as they suit the field', () => {
  const withField = (rules: string) =>
    parsePlaybook(
      changed(
        'forms/newsletter.yaml',
        'fields:',
        `fields:\n  - { name: day, label: { de: Tag, en: Day }, ${rules} }`,
      ),
    )
  expect(withField('type: date, min: today').playbook?.forms.newsletter?.fields[0]).toMatchObject({
    earliest: 'today',
  })
  for (const [rules, message] of [
    ['type: date, min: 3', '"min" of a date must be today, or YYYY-MM-DD'],
    ['type: number, max: today', '"max" of a number must be a number'],
    ['type: text, min: today', '"min" has no meaning for a field of type text'],
    ['type: date, min: tomorrow', 'not a date (YYYY-MM-DD)'],
  ] as const)
    expect(withField(rules).faults.map((one) => one.message)).toContain(message)
})
