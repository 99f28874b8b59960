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
import { type Form, localize } from '../../domain/model/form.ts'
import type { FieldError } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { textsIn } from '../../domain/texts/texts.ts'
import { dayOf } from '../../domain/time/date-value.ts'
import type { Clock, Playbooks } from '../ports.ts'
import type { IntakePorts } from './intake-ports.ts'

interface SubmittedForm {
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

type SubmitResult =
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
        errors: [{ path: stampField, message: textsIn(language, playbook.settings.tone).page.openTooLong }],
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

const dataSchema = z.object({ known: z.array(z.string()), to: z.optional(z.string()) })

/** What the link of an email says of whoever comes by it. */
interface Profile {
  /** Names of attributes that are known. */
  readonly known: readonly string[]
  /** What stands for the mailbox that the link was sent to. */
  readonly to?: string
}

/**
 * What is known already of whoever comes by a link of an email: names of attributes, as signed when it was sent, and no
 * values. Nothing is looked up, so a form can tell nobody whether somebody is known.
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
  /** What to go on with until `current` has answered once. */
  readonly first: Playbook
  readonly clock: Clock
  /** Told of every failure that `current` ends with. */
  readonly failed: (error: unknown) => void
}

/** How long after publishing a form may still be the old one, in milliseconds. */
const keptFor = 30_000

/**
 * The live playbook for those who must answer whether the table does or not: asked for every half minute, and where
 * asking fails, the last one known, until the next half minute.
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
