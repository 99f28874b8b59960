import type { CountingOption } from '../counting-option.ts'

/** Of all awards the one that is worth most at the moment counts alone. */
export const max: CountingOption<'max'> = {
  schema: ({ z }) => z.boolean().describe('Of all its awards the one worth most at the moment counts alone'),
  excludes: {
    cap: 'of a rule with "max" one award counts, so that a cap on their sum says nothing: lower its points instead',
  },
  once: true,
  apart: true,
  refuses: undefined,
  limit: undefined,
  decay: undefined,
}
