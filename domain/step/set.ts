import { next, one, onward, passed, type StepKind } from './step-kind.ts'

export const set: StepKind<'set'> = {
  written: {
    step: ({ z, object, attributeName }) =>
      object({ set: z.record(attributeName, z.union([z.string(), z.number(), z.boolean()])) }).transform(
        (step) => one({ type: 'set', attributes: step.set }),
      ),
  },
  take: () => ({ published: {}, go: next }),
  ways: onward,
  uses: ({ attributes }) => ({ sets: attributes }),
  words: ({ attributes }) => `sets ${Object.keys(attributes).join(', ')}`,
  narrate: ({ list }, step) => (step ? `sets ${list(step.attributes)}` : 'sets attributes'),
  coming: passed,
  migrated: undefined,
}
