import type { CountingOption } from '../counting-option.ts'

/** After so many half-lives less than a millionth of a millionth is left of the most that a rule awards. */
const halfLivesToNothing = 60

/** Points fade by half in each. */
export const halfLife: CountingOption<'halfLife'> = {
  schema: ({ duration }) => duration.describe('Points decay by half in this time: 30d'),
  excludes: { expires: 'use either "halfLife" or "expires", not both' },
  once: false,
  apart: false,
  refuses: undefined,
  limit: undefined,
  decay: {
    worth: (length) => (points, age) => (age <= 0 ? points : points * 2 ** (-age / length)),
    lasts: (length) => halfLivesToNothing * length,
    sudden: false,
  },
}
