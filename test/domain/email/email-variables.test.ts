import { expect, test } from 'vitest'
import { leadVariables } from '../../../domain/email/email-variables.ts'
import { stateOf } from './sample-state.ts'

const at = { at: '2026-01-01T00:00:00.000Z', factId: 'f' }

test('a lead is what is known of it, without blanks', () => {
  const state = stateOf({
    attributes: {
      firstName: { value: ' Anna\u0007 ', ...at },
      lastName: { value: '  ', ...at },
      company: { value: null, ...at },
      employees: { value: 0, ...at },
      note: { value: 'two\nlines', ...at },
    },
  })
  expect(leadVariables({ email: 'anna@example.com', state })).toEqual({
    firstName: 'Anna',
    employees: 0,
    note: 'two\nlines',
    email: 'anna@example.com',
  })
})

test('the address mail goes to is the known one, whatever a form called it', () => {
  const state = stateOf({ attributes: { email: { value: 'other@example.com', ...at } } })
  expect(leadVariables({ email: 'anna@example.com', state })).toEqual({ email: 'anna@example.com' })
})
