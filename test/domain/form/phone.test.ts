import { expect, test } from 'vitest'
import { isPhone } from '../../../domain/form/submission.ts'

test.each([
  '+49 (30) 123-45/6',
  '030 12345 ext. 4',
  '030 12345 ext 4',
  '(555) 123-4567 x12',
  '(555) 123-4567x12',
  '555 123 4567 extension 12',
  '030 12345 Durchwahl 7',
  '030 12345, DW 7',
  '+49 30 12345 #12',
  '+49-30-12345;ext=12',
  '030 – 123 45 – 0',
  '030—12345',
  '030‑12345',
  'tel:+493012345',
  '+49\u00a030\u202f12345',
  '[030] 12345',
])('%s', (text) => {
  expect(isPhone(text)).toBe(true)
})

test.each([
  '',
  '12',
  'call me',
  '030 12345 maybe',
  'ext. 4',
  '12 ext. 3456',
  '030 12345 ext.',
  'x12345',
  '1234 <b>',
  '030 12345 x12 x13',
  '++49 30 12345',
])('not %s', (text) => {
  expect(isPhone(text)).toBe(false)
})
