import { expect, test } from 'vitest'
import { addUp, firstSlot, slotOf } from '../../../domain/deliverability/sending-figures.ts'

test('a slot is ten minutes', () => {
  expect(slotOf('2026-03-02T09:19:59.999Z')).toBe('2026-03-02T09:10:00.000Z')
  expect(slotOf('2026-03-02T09:20:00.000Z')).toBe('2026-03-02T09:20:00.000Z')
})

test.each([
  ['a day back', undefined, '2026-03-01T09:10:00.000Z'],
  ['no further than to the resumption', '2026-03-02T03:00:00.001Z', '2026-03-02T03:10:00.000Z'],
  [
    'from the resumption on where a slot begins with it',
    '2026-03-02T03:00:00.000Z',
    '2026-03-02T03:00:00.000Z',
  ],
  ['a day back when it was resumed before', '2026-02-20T03:00:00.000Z', '2026-03-01T09:10:00.000Z'],
])('what counts reaches %s', (_, resumedAt, from) => {
  expect(firstSlot('2026-03-02T09:15:00.000Z', resumedAt)).toBe(from)
})

test('slots add up', () => {
  const at = '2026-03-02T09:10:00.000Z'
  expect(addUp([])).toEqual({ sent: 0, bounced: 0, complained: 0 })
  expect(
    addUp([
      { at, sent: 3, bounced: 1, complained: 0 },
      { at, sent: 4, bounced: 2, complained: 1 },
    ]),
  ).toEqual({ sent: 7, bounced: 3, complained: 1 })
})
