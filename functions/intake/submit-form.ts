import { identityRules } from '../../domain/activity/identity-key.ts'
import type { FieldError } from '../../domain/field-error.ts'
import type { Posted } from '../../domain/form/check-field.ts'
import type { Form } from '../../domain/form/form.ts'
import { localize } from '../../domain/form/localize.ts'
import { validateSubmission } from '../../domain/form/validate-submission.ts'
import type { IntakePorts } from './intake-ports.ts'

export interface SubmittedForm {
  readonly form: Form
  readonly posted: ReadonlyMap<string, Posted>
  readonly language: string
  /** Tells a repeat from a new submission; absent: every one is new. */
  readonly key?: string | undefined
  /** Address of the page that it came from, without query. */
  readonly page?: string | undefined
}

export type SubmitResult =
  | { readonly type: 'taken'; readonly id: string; readonly confirmationSent: boolean }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

/**
 * Puts one `form.submitted` on the bus. What follows from it (consent, confirmation email, the form's own activity) is
 * decided where the lead is known; the answer is the same for known and unknown addresses, and for robots.
 */
export const makeSubmitForm =
  ({
    bus,
    clock,
    digest,
    newFactId,
    playbook,
  }: Pick<IntakePorts, 'bus' | 'clock' | 'digest' | 'newFactId' | 'playbook'>) =>
  async ({ form, posted, language, key, page }: SubmittedForm): Promise<SubmitResult> => {
    const submission = validateSubmission(form, posted, language, identityRules(playbook.settings.identity))
    if (submission.type === 'refused') return submission
    // The key is hashed: what a client sends there is its own business, and may be an address.
    const id = key ? `form-${digest(`${form.id}\n${key}`).slice(0, 40)}` : newFactId()
    const taken = { type: 'taken', id, confirmationSent: form.consent === 'double-opt-in' } as const
    if (submission.type === 'robot') return taken
    await bus.submit([
      {
        id,
        type: 'form.submitted',
        subject: { email: submission.email },
        occurredAt: clock(),
        timeAssumed: true,
        properties: {
          form: form.id,
          fields: submission.fields,
          language,
          ...(form.wording === undefined ? {} : { wording: localize(form.wording, language) }),
          ...(form.purpose === undefined ? {} : { purpose: form.purpose }),
          ...(page === undefined ? {} : { page }),
        },
      },
    ])
    return taken
  }
