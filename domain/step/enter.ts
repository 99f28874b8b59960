import { next, one, onward, type StepKind } from './step-kind.ts'

/** The lead enters another sequence as well. */
export const enter: StepKind<'enter'> = {
  written: {
    step: ({ object, sequence }) =>
      object({ enter: sequence }).transform((step) => one({ type: 'enter', sequence: step.enter })),
  },
  take: ({ sequence }) => ({ published: { enters: sequence }, enters: sequence, go: next }),
  ways: onward,
  uses: () => ({}),
  words: ({ sequence }) => `enters the sequence "${sequence}"`,
  narrate: ({ text }) => `leads to ${text('enters')}`,
  coming: 'words',
  migrated: undefined,
}
