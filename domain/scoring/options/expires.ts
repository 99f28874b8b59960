import type { CountingOption } from '../counting-option.ts'

/** Points keep their full value until exactly this age, then count nothing. */
export const expires: CountingOption<'expires'> = {
  schema: ({ duration }) =>
    duration.describe('Points keep their full value until this age, then count nothing: 30d'),
  excludes: {},
  once: false,
  apart: true,
  refuses: undefined,
  limit: undefined,
  decay: {
    worth: (length) => (points, age) => (age < length ? points : 0),
    lasts: (length) => length,
    sudden: true,
  },
}
