import { identityRules } from '../../domain/activity/identity-key.ts'
import { asksForTracking, trackingPurpose } from '../../domain/consent/tracking-consent.ts'
import { mailboxKey } from '../../domain/email/suppressed-address.ts'
import type { FieldError } from '../../domain/field-error.ts'
import type { Posted } from '../../domain/form/check-field.ts'
import { isTooFast, isTooOld, stampField } from '../../domain/form/filling-time.ts'
import type { Form } from '../../domain/form/form.ts'
import { localize } from '../../domain/form/localize.ts'
import { isOptedIn } from '../../domain/form/opt-in.ts'
import { validateSubmission } from '../../domain/form/validate-submission.ts'
import { pageTexts } from '../../domain/page/page-texts.ts'
import { dayOf } from '../../domain/time/date-value.ts'
import type { IntakePorts } from './intake-ports.ts'

export interface SubmittedForm {
  readonly form: Form
  readonly posted: ReadonlyMap<string, Posted>
  readonly language: string
  /** Tells a repeat from a new submission; absent: every one is new. */
  readonly key?: string | undefined
  /** Address of the page that it came from, without query. */
  readonly page?: string | undefined
  /** A browser says that the form stood on a page of ours. */
  readonly isFromOwnPage?: boolean | undefined
  /** The browser that it came from: what was done there joins the lead. */
  readonly visitorId?: string | undefined
  /** What stands for the mailbox whose link led here. */
  readonly linkedTo?: string | undefined
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
    isMarkOf,
    newFactId,
    playbook,
    stamps,
  }: Pick<IntakePorts, 'bus' | 'clock' | 'digest' | 'isMarkOf' | 'newFactId' | 'playbook' | 'stamps'>) =>
  async ({
    form,
    posted,
    language,
    key,
    page,
    visitorId,
    isFromOwnPage,
    linkedTo,
  }: SubmittedForm): Promise<SubmitResult> => {
    const worded = (wording: string) => ({ wording, wordingHash: digest(wording) })
    const stamp = posted.get(stampField)
    const shownAt = stamp?.type === 'scalar' ? stamps.read(String(stamp.value)) : undefined
    const submission = validateSubmission(form, posted, language, identityRules(playbook.settings.identity), {
      tone: playbook.settings.tone,
      today: dayOf(clock(), playbook.settings.timeZone),
    })
    if (submission.type === 'refused') return submission
    const optIn = isOptedIn(form, posted) ? form.optIn : undefined
    // The same key with other content is another submission: somebody went back and corrected it. All of it is hashed: what
    // a client sends as key is its own business, and may be an address.
    const content = submission.type === 'valid' ? [submission.fields, optIn !== undefined] : []
    const id = key ? `form-${digest(JSON.stringify([form.id, key, content])).slice(0, 40)}` : newFactId()
    const confirmationSent = form.consent === 'double-opt-in' || optIn !== undefined
    const taken = { type: 'taken', id, confirmationSent } as const
    // Programs, and forms that a site has written itself, send no stamp; our pages do. One that is not ours was made up.
    const tooFast = (stamp !== undefined || isFromOwnPage === true) && isTooFast(shownAt, clock())
    if (submission.type === 'robot' || tooFast) return taken
    if (isTooOld(shownAt, clock()))
      return {
        type: 'refused',
        errors: [{ path: stampField, message: pageTexts(language, playbook.settings.tone).openTooLong }],
      }
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
          ...(form.wording === undefined ? {} : worded(localize(form.wording, language))),
          ...(optIn === undefined
            ? {}
            : { optIn: { purpose: optIn.purpose, ...worded(localize(optIn.wording, language)) } }),
          ...(form.purpose === undefined ? {} : { purpose: form.purpose }),
          ...(asksForTracking(form) ? { furtherPurposes: [trackingPurpose] } : {}),
          ...(page === undefined ? {} : { page }),
          ...(visitorId === undefined ? {} : { visitorId }),
          // Whoever has the link that was sent to this mailbox reads what comes there: nobody else can have filled it in.
          ...(linkedTo !== undefined && isMarkOf(linkedTo, mailboxKey(submission.email)) && { via: 'link' }),
        },
      },
    ])
    return taken
  }
