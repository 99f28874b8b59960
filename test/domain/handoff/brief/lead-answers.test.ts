import { describe, expect, it } from 'vitest'
import { leadAnswers } from '../../../../domain/handoff/handoff-brief.ts'
import type { Form, FormField } from '../../../../domain/model/form.ts'
import type { JsonObject } from '../../../../domain/model/json.ts'
import { fact } from '../../support/facts.ts'

const field = (name: string, type: FormField['type'], parts: Partial<FormField> = {}): FormField => ({
  name,
  type,
  required: false,
  label: { de: `${name} (de)`, en: `${name} (en)` },
  ...parts,
})

const options = [
  { value: 'both', label: { de: 'Kauf und Wartung', en: 'Purchase and maintenance' } },
  { value: 'rent', label: { de: 'Miete', en: 'Rental' } },
]

const quote: Form = {
  id: 'quote',
  languages: ['de', 'en'],
  title: { de: 'Angebot', en: 'Quote' },
  consent: 'none',
  origins: [],
  fields: [
    field('email', 'email'),
    field('message', 'textarea'),
    field('compressorPower', 'number'),
    field('terms', 'select', { options }),
    field('wishes', 'multiselect', { options }),
    field('phone', 'tel'),
    field('begin', 'date'),
    field('rules', 'checkbox', {
      label: {
        de: 'Die [Hausordnung](https://x.example/h) gelesen',
        en: 'Read [the rules](https://x.example/h)',
      },
    }),
    field('utm_source', 'hidden'),
  ],
}

const submitted = (id: string, day: string, fields: JsonObject, form = 'quote') =>
  fact(id, 'form.submitted', `${day}T10:00`, { form, fields })

const [german, english] = [
  { language: 'de', timeZone: 'Europe/Berlin' },
  { language: 'en', timeZone: 'Europe/Berlin' },
]

const full = {
  email: 'anna@example.com',
  message: 'Zwei Hallen, dritte Schicht.\r\nBitte mit Wartung.',
  compressorPower: 1320.5,
  terms: 'both',
  wishes: ['both', 'rent'],
  phone: '+49 30 123-456',
  begin: '2026-12-24',
  rules: true,
  utm_source: 'ads',
}

describe('what the lead wrote', () => {
  it.each([
    [
      german,
      [
        ['message (de)', 'Zwei Hallen, dritte Schicht.\nBitte mit Wartung.', ''],
        ['compressorPower (de)', '1.320,5', ''],
        ['terms (de)', 'Kauf und Wartung', ''],
        ['wishes (de)', 'Kauf und Wartung, Miete', ''],
        ['phone (de)', '+49 30 123-456', '+4930123456'],
        ['begin (de)', '24.12.2026', ''],
        ['Die Hausordnung gelesen', 'ja', ''],
      ],
    ],
    [
      english,
      [
        ['message (en)', 'Zwei Hallen, dritte Schicht.\nBitte mit Wartung.', ''],
        ['compressorPower (en)', '1,320.5', ''],
        ['terms (en)', 'Purchase and maintenance', ''],
        ['wishes (en)', 'Purchase and maintenance, Rental', ''],
        ['phone (en)', '+49 30 123-456', '+4930123456'],
        ['begin (en)', '24 Dec 2026', ''],
        ['Read the rules', 'yes', ''],
      ],
    ],
  ])('stands in words and with the labels of its form, in the language of %j', (reader, rows) => {
    const [form] = leadAnswers([submitted('a', '02-01', full)], { quote }, reader)
    expect(form?.answers.map(({ label, text, phone }) => [label, text, phone])).toEqual(rows)
    expect(form).toMatchObject({ form: 'quote', title: quote.title[reader.language] })
  })

  it('leaves out what was left empty, and a form without an answer', () => {
    const answers = leadAnswers(
      [submitted('a', '02-01', { message: '  ', terms: '', phone: null, email: 'a@b.example' })],
      { quote },
      english,
    )
    expect(answers).toEqual([])
  })

  it('keeps a value that no option has any more, and a box that was left open', () => {
    const [form] = leadAnswers(
      [submitted('a', '02-01', { terms: 'lease', rules: false })],
      { quote },
      english,
    )
    expect(form?.answers.map(({ text }) => text)).toEqual(['lease', 'no'])
  })

  it('leads nowhere: an address in it is to be read, not to be clicked', () => {
    const message = 'Ihr Konto: https://evil.example/login, www.evil.example, mail@evil.example'
    const [form] = leadAnswers([submitted('a', '02-01', { message })], { quote }, english)
    expect(form?.answers[0]?.text).toBe(
      'Ihr Konto: https[:]//evil[.]example/login, www[.]evil[.]example, mail[@]evil[.]example',
    )
  })

  it('tells several forms, the latest first, and the same words once', () => {
    const demo: Form = { ...quote, id: 'demo', title: { de: 'Vorführung', en: 'Demo' } }
    const told = leadAnswers(
      [
        submitted('a', '02-01', { message: 'One' }),
        submitted('b', '02-02', { message: 'Two' }, 'demo'),
        submitted('c', '02-03', { message: 'One' }),
        submitted('d', '02-04', { message: 'of a form that is gone' }, 'gone'),
        submitted('e', '02-05', { message: 'of no form' }, 'constructor'),
      ],
      { quote, demo },
      english,
    )
    expect(told.map(({ title, answers }) => [title, answers[0]?.text])).toEqual([
      ['Quote', 'One'],
      ['Demo', 'Two'],
    ])
  })
})
