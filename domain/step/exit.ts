import { one, type StepKind } from './step-kind.ts'

export const exit: StepKind<'exit'> = {
  written: {
    step: ({ z, object, text }) =>
      object({
        exit: z.union([z.literal(true), text.max(200)], 'expected true, or the reason as a text'),
      }).transform((step) => one({ type: 'exit', ...(step.exit === true ? {} : { because: step.exit }) })),
  },
  take: ({ because = 'step' }) => ({ published: {}, go: { type: 'end', because } }),
  ways: () => [],
  uses: () => ({}),
  words: ({ because }) => (because === undefined ? 'ends' : `ends: ${because}`),
  narrate: () => undefined,
  coming: 'words',
  migrated: undefined,
}
