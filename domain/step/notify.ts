import { next, one, onward, type StepKind } from './step-kind.ts'

/** An email to the team's lead, or to its first member. */
export const notify: StepKind<'notify'> = {
  written: {
    step: ({ object, team, text }) =>
      object({ notify: object({ team, message: text.max(1000) }) }).transform((step) =>
        one({ type: 'notify', ...step.notify }),
      ),
  },
  take: ({ team }) => ({ published: { team }, email: { email: 'notify', recipient: 'owner' }, go: next }),
  ways: onward,
  uses: () => ({}),
  words: ({ team, message }) => `notifies the team "${team}": ${message}`,
  narrate: (_say, step) => (step ? `notifies ${step.team}: ${step.message}` : 'notifies a team'),
  coming: 'words',
  migrated: undefined,
}
