import { next, one, onward, type StepKind } from './step-kind.ts'

export const email: StepKind<'email'> = {
  written: {
    step: ({ z, object, email }) =>
      object({
        email,
        atOnce: z
          .literal(true)
          .describe(
            'The lead has just asked for it, as with the download that a form promises: it is sent at night and regardless of ' +
              'caps and the chosen frequency. It needs consent like all marketing mail, and counts towards the caps of ' +
              'others. Only before the first wait, and within an hour of the trigger',
          )
          .exactOptional(),
      }).transform((step) => one({ type: 'email', ...step })),
  },
  take: ({ email, atOnce = false }, { lead: { hold }, skips, fresh }) =>
    !skips && hold?.holds(email)
      ? { go: { type: 'hold', since: hold.since } }
      : { published: { email }, email: { email, recipient: 'lead', atOnce: atOnce && fresh }, go: next },
  ways: onward,
  uses: ({ email }) => ({ emails: [email] }),
  words: ({ email, atOnce }) => `sends the email "${email}"${atOnce ? ' at once' : ''}`,
  narrate: () => undefined,
  coming: 'words',
  migrated: undefined,
}
