import type { Cap, Caps } from '../../model/scoring-rules.ts'
import { leftOf } from '../awards.ts'
import type { CountingOption } from '../counting-option.ts'

export const listOf = (caps: Caps | undefined): readonly Cap[] =>
  caps === undefined ? [] : 'per' in caps ? [caps] : caps

/** Limits the points in a period. */
export const cap: CountingOption<'cap'> = {
  schema: ({ caps }) => caps('this rule'),
  excludes: {},
  once: false,
  apart: false,
  refuses: undefined,
  limit: {
    left: (value) => {
      const caps = listOf(value)
      return (points, { window, now, dayStart }) => leftOf([now, points], caps, window, dayStart)
    },
    reason: 'a cap is reached',
  },
  decay: undefined,
}
