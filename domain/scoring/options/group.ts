import type { CountingOption } from '../counting-option.ts'

/** What holds for the rules of a group together is said, and looked at, at the group. */
export const group: CountingOption<'group'> = {
  schema: ({ id }) => id.describe('One of the groups below'),
  excludes: {},
  once: false,
  apart: false,
  refuses: undefined,
  limit: undefined,
  decay: undefined,
}
