import type { CountingOption } from '../counting-option.ts'

/** The group itself has the shared limits. */
export const group: CountingOption<'group'> = {
  schema: ({ id }) => id.describe('One of the groups below'),
  excludes: {},
  once: false,
  apart: false,
  refuses: undefined,
  limit: undefined,
  decay: undefined,
}
