import type { CountingOption } from '../counting-option.ts'

/** After this many half-lives less than 10⁻¹² of a rule's maximum is left. */
const halfLivesToNothing = 60

/** Points decay by half in this time. */
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
