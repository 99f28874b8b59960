import type { CountingOption } from '../counting-option.ts'

/** Only the lead's first matching activity counts. */
export const first: CountingOption<'first'> = {
  schema: ({ z }) => z.boolean().describe('Only the first matching activity of each lead counts'),
  excludes: {
    max: 'a rule that counts once ("first") has no other award to choose from',
    cap: 'a rule that counts once ("first") needs no cap: lower its points instead',
  },
  once: true,
  apart: false,
  refuses: (before) => (before ? 'only the first counts' : undefined),
  limit: undefined,
  decay: undefined,
}
