import type { CountingOption } from '../counting-option.ts'

/** Only the award currently worth most counts. */
export const max: CountingOption<'max'> = {
  schema: ({ z }) => z.boolean().describe('Only the award currently worth most counts'),
  excludes: {
    cap: 'only one award of a rule with "max" counts, so a cap has no effect: lower its points instead',
  },
  once: true,
  apart: true,
  refuses: undefined,
  limit: undefined,
  decay: undefined,
}
