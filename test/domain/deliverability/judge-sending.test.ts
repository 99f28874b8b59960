import { expect, test } from 'vitest'
import { judgeSending } from '../../../domain/deliverability/sending-figures.ts'

test.each([
  ['nothing was sent', { sent: 0, bounced: 0, complained: 0 }, undefined],
  ['one bounce of ten', { sent: 10, bounced: 1, complained: 0 }, undefined],
  ['five bounces of few: as of a hundred, at the limit', { sent: 5, bounced: 5, complained: 0 }, undefined],
  ['six bounces of few', { sent: 6, bounced: 6, complained: 0 }, 'bounces'],
  ['exactly 5 %', { sent: 1_000, bounced: 50, complained: 0 }, undefined],
  ['more than 5 %', { sent: 1_000, bounced: 51, complained: 0 }, 'bounces'],
  ['one complaint of few: as of a thousand, at the limit', { sent: 1, bounced: 0, complained: 1 }, undefined],
  ['two complaints of few', { sent: 300, bounced: 0, complained: 2 }, 'complaints'],
  ['exactly 0.1 %', { sent: 10_000, bounced: 0, complained: 10 }, undefined],
  ['more than 0.1 %', { sent: 10_000, bounced: 0, complained: 11 }, 'complaints'],
  ['both: the graver', { sent: 1_000, bounced: 100, complained: 2 }, 'complaints'],
])('%s', (_, figures, expected) => {
  expect(judgeSending(figures)).toBe(expected)
})
