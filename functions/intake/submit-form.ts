import * as z from 'zod/mini'
import { identityRules } from '../../domain/activity/subject.ts'
import { mailboxKey } from '../../domain/email/judge-send.ts'
import {
  isOptedIn,
  isTooFast,
  isTooOld,
  type Posted,
  stampField,
  validateSubmission,
} from '../../domain/form/submission.ts'
import { asksForTracking, trackingPurpose } from '../../domain/lead/consent.ts'
import { type Form, type Localized, localize } from '../../domain/model/form.ts'
import type { FieldError, JsonObject } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { textsIn } from '../../domain/texts/texts.ts'
import { dayOf } from '../../domain/time/date-value.ts'
import type { Clock, Playbooks } from '../ports.ts'
import type { IntakePorts } from './intake-ports.ts'

interface SubmittedForm {
  readonly form: Form
  readonly posted: ReadonlyMap<string, Posted>
  readonly language: string
  /** Idempotency key; if absent, every submission is new. */
  readonly key?: string | undefined
  /** Address of the page with the form, without query. */
  readonly page?: string | undefined
  /** The browser reports one of our own pages as the origin. */
  readonly isFromOwnPage?: boolean | undefined
  /** Id of the browser: its earlier visits join the lead. */
  readonly visitorId?: string | undefined
  /** Hash of the mailbox whose link led here. */
  readonly linkedTo?: string | undefined
}

type SubmitResult =
  | { readonly type: 'taken'; readonly id: string; readonly confirmationSent: boolean }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

type SubmitFormPorts = Pick<
  IntakePorts,
  'bus' | 'clock' | 'digest' | 'isMarkOf' | 'newFactId' | 'playbook' | 'stamps'
>

/** What the fact says of a submission. */
const propertiesOf = (
  { digest, isMarkOf }: SubmitFormPorts,
  { form, language, page, visitorId, linkedTo }: SubmittedForm,
  { fields, email }: Extract<ReturnType<typeof validateSubmission>, { type: 'valid' }>,
  optIn: Form['optIn'],
): JsonObject => {
  const worded = (wording: Localized) => {
    const text = localize(wording, language)
    return { wording: text, wordingHash: digest(text) }
  }
  return {
    form: form.id,
    fields,
    language,
    ...(form.wording && worded(form.wording)),
    ...(optIn && { optIn: { purpose: optIn.purpose, ...worded(optIn.wording) } }),
    ...(form.purpose !== undefined && { purpose: form.purpose }),
    ...(asksForTracking(form) && { furtherPurposes: [trackingPurpose] }),
    ...(page !== undefined && { page }),
    ...(visitorId !== undefined && { visitorId }),
    // Only the reader of this mailbox has the link sent to it.
    ...(linkedTo !== undefined && isMarkOf(linkedTo, mailboxKey(email)) && { via: 'link' }),
  }
}

/**
 * Puts one `form.submitted` on the bus. Its consequences (consent, confirmation email, the form's own activity) are decided
 * where the lead is known; the response is the same for known and unknown addresses, and for robots.
 */
export const makeSubmitForm =
  (ports: SubmitFormPorts) =>
  async (submitted: SubmittedForm): Promise<SubmitResult> => {
    const { bus, clock, digest, newFactId, playbook, stamps } = ports
    const { form, posted, language, key, isFromOwnPage } = submitted
    const { identity, tone, timeZone } = playbook.settings
    const stamp = posted.get(stampField)
    const shownAt = stamp?.type === 'scalar' ? stamps.read(String(stamp.value)) : undefined
    const today = dayOf(clock(), timeZone)
    const reading = { language, identity: identityRules(identity), tone, today }
    const submission = validateSubmission(form, posted, reading)
    if (submission.type === 'refused') return submission
    const optIn = isOptedIn(form, posted) ? form.optIn : undefined
    // The same key with other content is a new submission: a visitor went back to correct it. The key is hashed too, as a
    // client may send an address as key.
    const content = submission.type === 'valid' ? [submission.fields, optIn !== undefined] : []
    const id = key ? `form-${digest(JSON.stringify([form.id, key, content])).slice(0, 40)}` : newFactId()
    const confirmationSent = form.consent === 'double-opt-in' || optIn !== undefined
    const taken = { type: 'taken', id, confirmationSent } as const
    // Programs and handwritten forms send no stamp; our pages do. An invalid stamp was made up.
    const tooFast = (stamp !== undefined || isFromOwnPage === true) && isTooFast(shownAt, clock())
    if (submission.type === 'robot' || tooFast) return taken
    if (isTooOld(shownAt, clock()))
      return {
        type: 'refused',
        errors: [{ path: stampField, message: textsIn(language, tone).page.openTooLong }],
      }
    await bus.submit([
      {
        id,
        type: 'form.submitted',
        subject: { email: submission.email },
        occurredAt: clock(),
        timeAssumed: true,
        properties: propertiesOf(ports, submitted, submission, optIn),
      },
    ])
    return taken
  }

const dataSchema = z.object({ known: z.array(z.string()), to: z.optional(z.string()) })

/** What an email's link says about its recipient. */
interface Profile {
  /** Names of known attributes. */
  readonly known: readonly string[]
  /** Hash of the mailbox that the link was sent to. */
  readonly to?: string
}

/**
 * The attributes known of the recipient of an email's link: only names, signed when the email was sent. Nothing is looked up,
 * so a form cannot reveal whether a person is known.
 */
export const makeReadProfile =
  ({ tokens, clock }: Pick<IntakePorts, 'tokens' | 'clock'>) =>
  (token: string | undefined): Profile => {
    if (token === undefined) return { known: [] }
    const claims = tokens.verify('profile', token, clock())
    const { known = [], to } = z.safeParse(dataSchema, claims?.data).data ?? {}
    return { known, ...(to !== undefined && { to }) }
  }

interface RecentPlaybookOptions {
  readonly current: Playbooks['current']
  /** The playbook until `current` succeeds for the first time. */
  readonly first: Playbook
  readonly clock: Clock
  /** Called with every failure of `current`. */
  readonly failed: (error: unknown) => void
}

/** How long (ms) a form may be outdated after publishing. */
const keptFor = 30_000

/**
 * The live playbook for callers that must answer even if the table does not: refreshed every half minute; if that fails, the
 * previous one is used for another half minute.
 */
export const recentPlaybook = ({
  current,
  first,
  clock,
  failed,
}: RecentPlaybookOptions): (() => Promise<Playbook>) => {
  let known = first
  let askAgainAt = 0
  return async () => {
    const now = Date.parse(clock())
    if (now < askAgainAt) return known
    askAgainAt = now + keptFor
    try {
      known = await current()
    } catch (error) {
      failed(error)
    }
    return known
  }
}
