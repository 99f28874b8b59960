import { describe, expect, test } from 'vitest'
import { recipientVariables } from '../../../domain/email/stranger-variables.ts'
import type { Json } from '../../../domain/json.ts'
import type { Consent } from '../../../domain/lead/lead-state.ts'
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
    'x'.repeat(81),
  ])('%j is missing', (value) => {
    expect(firstNameOf(value)).toEqual({ email: 'ada@example.com' })
  })

  test.each(['Anna', 'Dr. Jean-Luc O’Neill', 'Müller & Söhne GmbH & Co. KG', 'J. R. R.', 'e. V.', 250, true])(
    '%j is there',
    (value) => {
      expect(firstNameOf(value)).toEqual({ firstName: value, email: 'ada@example.com' })
    },
  )
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
