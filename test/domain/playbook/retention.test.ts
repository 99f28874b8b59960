import { expect, test } from 'vitest'
import { parseSpan } from '../../../domain/time/local-time.ts'
import { days } from '../support/make-playbook.ts'

test.each([
  ['1d', days(1)],
  ['90d', days(90)],
  ['12w', days(84)],
  ['3y', days(1095)],
  ['99y', days(99 * 365)],
])('%s is a time to keep something', (text, milliseconds) => {
  expect(parseSpan(text)).toBe(milliseconds)
})

test.each(['', '0d', '3', 'y', '3Y', '-1d', '1.5y', '90m', '4h', '100y', '10000d', '3y ', '03y'])(
  '"%s" is none',
  (text) => {
    expect(parseSpan(text)).toBeUndefined()
  },
)
