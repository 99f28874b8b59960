import { describe, expect, test } from 'vitest'
import { recipientVariables } from '../../../domain/email/email-variables.ts'
import type { Consent } from '../../../domain/lead/consent.ts'
import type { Json } from '../../../domain/model/json.ts'
import { stateOf } from './sample-state.ts'

const at = '2026-01-05T09:00:00.000Z'
const asked = { 'form.submitted': { count: 1, first: at, last: at, times: [] } }
const consent = (status: Consent['status'], confirmed?: true) => ({
  newsletter: { status, at, factId: 'f', ...(confirmed && { confirmed }) },
})
const firstNameOf = (
  value: Json,
  known: Parameters<typeof stateOf>[0] = { seen: asked, consent: consent('pending') },
) =>
  recipientVariables({
    email: 'ada@example.com',
    state: stateOf({ ...known, attributes: { firstName: { value, at, factId: 'f' } } }),
  })

const spam = 'Sie haben gewonnen http://evil.example/x'

describe('in an email to somebody who has not confirmed', () => {
  test.each([
    spam,
    'gewonnen: WWW.evil',
    'evil.example/x',
    'Sie haben gewonnen bei evil.example',
    'a.b.evil.example',
    '(evil.example)',
    'bücher.example',
    'evil。example',
    'evil.рф',
    'win@evil.example',
    'ftp://x',
    'x'.repeat(41),
    'Erben Sie 5 Mio EUR, Antwort an Telefon 0900 1234567 sofort bitte',
    'tel:+4990012345',
    '1.2.3.4',
    '192.168.0.1/x',
    'localhost:8080',
    'evil .example',
    'evil. example',
    'evil(dot)example',
    'evil\u200e.example',
    'evil\u200b.example',
    'evil\u00ad.example',
    'evil\u2024example',
    'evilꓸexample',
    'evilᐧexample',
    'evilㆍexample',
    'evil〳example',
    'ǀǀevil',
    'Anna\nwww',
    'Anna 2',
    'Anna ٣',
    'Anna Ⅷ',
    'Anna!',
    'Müller & Söhne GmbH & Co. KG',
    '.',
    '-',
  ])('%j is missing', (value) => {
    expect(firstNameOf(value)).toEqual({ email: 'ada@example.com' })
  })

  test.each([
    'Anna',
    'Dr. Jean-Luc O’Neill',
    'J. R. R.',
    'Grete M.',
    'Hans-J. Ørsted',
    'Nguyễn Thị Ánh',
    'Åse D\u2019Arc',
    '王小明',
    'さくら ももこ',
    'محمد',
    'अनीता',
    'Ελένη',
    'Олена',
    250,
    true,
  ])('%j is there', (value) => {
    expect(firstNameOf(value)).toEqual({ firstName: value, email: 'ada@example.com' })
  })
})

test.each([
  ['who has confirmed', { seen: asked, consent: consent('granted', true) }],
  ['of whom no form says anything', { consent: consent('granted') }],
])('an email to somebody %s says what is known', (_name, known) => {
  expect(firstNameOf(spam, known)).toMatchObject({ firstName: spam })
})

test('consent by word alone does not make what a form says trustworthy', () => {
  expect(firstNameOf(spam, { seen: asked, consent: consent('granted') })).not.toHaveProperty('firstName')
})

test('what joins or turns letters is left out everywhere', () => {
  expect(firstNameOf('An\u200bna\u202e', {})).toEqual({ firstName: 'Anna', email: 'ada@example.com' })
  expect(firstNameOf('An\u00adna')).toEqual({ firstName: 'Anna', email: 'ada@example.com' })
})

describe('of what a form said that was confirmed', () => {
  const shown = (name: string, value: Json) =>
    recipientVariables({
      email: 'ada@example.com',
      state: stateOf({
        confirmed: { at, factId: 'c' },
        attributes: { [name]: { value, at, factId: 'f', given: 'confirmed' } },
      }),
    })[name]

  test('names greet, and sentences do not', () => {
    expect(shown('firstName', 'Grete')).toBe('Grete')
    expect(shown('firstName', 'Sie haben 5 Mio gewonnen')).toBeUndefined()
    expect(shown('lastName', 'www.evil.example')).toBeUndefined()
  })

  test('nothing else is a link', () => {
    expect(shown('message', 'Wir haben 3 Kompressoren & 2 Hallen.')).toBe(
      'Wir haben 3 Kompressoren & 2 Hallen.',
    )
    expect(shown('message', 'Gratis: www.evil.example/x')).toBeUndefined()
    expect(shown('topics', ['air', 'https://evil.example'])).toBeUndefined()
  })

  test('what a program said is the author’s to judge', () => {
    const attributes = { website: { value: 'https://kern.example', at, factId: 'f' } }
    const state = stateOf({ confirmed: { at, factId: 'c' }, attributes })
    expect(recipientVariables({ state })).toEqual({ website: 'https://kern.example' })
  })
})
