import type { Fact } from '../model/activity.ts'
import type { Cause } from '../model/decision.ts'
import { emailOfVariant } from '../model/playbook.ts'
import type { Settings } from '../model/settings.ts'
import { rememberByName, stateLimits } from '../model/state-limits.ts'
import { type DraftOf, map, optional, optionalList, type Step } from './slice.ts'

/** `ses-suppressed`: the address is on a suppression list of SES, which did not send the mail. */
export type SuppressionReason = 'bounced' | 'soft-bounced' | 'ses-suppressed' | 'complained'

interface Suppression extends Cause {
  readonly reason: SuppressionReason
}

interface Emails {
  readonly opened: Readonly<Record<string, string>>
  readonly clicked: Readonly<Record<string, string>>
}

const moments = map<string>()

const fields = {
  /** When each was opened and clicked last. */
  emails: {
    open: (stored: Emails | undefined) => ({
      opened: moments.open(stored?.opened),
      clicked: moments.open(stored?.clicked),
    }),
    close: ({ opened, clicked }: Record<keyof Emails, Map<string, string>>): Emails => ({
      opened: moments.close(opened),
      clicked: moments.close(clicked),
    }),
  },
  /** Soft bounces within the period of the settings, in ms since the epoch. */
  softBounces: optionalList<number>(),
  /** Set by a hard bounce, too many soft ones or a complaint: stops all mail. */
  suppression: optional<Suppression>(),
}

export type MailDraft = DraftOf<typeof fields>

/**
 * What a bounce says about the address. `suppressed`: on a list of SES or the account, so not sent. `message`: only this
 * message was refused, for its size or content, or not delivered in time; the mailbox is fine. `unsubscribed`: on SES's list of
 * people who do not want mail.
 */
type BounceKind = 'hard' | 'suppressed' | 'soft' | 'message' | 'unsubscribed'

const ofTheMessage = new Set([
  'MessageTooLarge',
  'ContentRejected',
  'AttachmentRejected',
  'CustomTimeoutExceeded',
])

const ofTheLists = new Set(['Suppressed', 'OnAccountSuppressionList'])

/** @see https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types */
export const bounceKind = (type: unknown, subType: unknown): BounceKind => {
  const known = typeof subType === 'string' ? subType : ''
  if (known === 'UnsubscribedRecipient') return 'unsubscribed'
  if (type === 'Permanent') return ofTheLists.has(known) ? 'suppressed' : 'hard'
  return ofTheMessage.has(known) ? 'message' : 'soft'
}

const defaultSoftBounces = { most: 3, per: 14 * 86_400_000 }

const reasons: Readonly<Record<Exclude<BounceKind, 'message' | 'unsubscribed'>, SuppressionReason>> = {
  hard: 'bounced',
  suppressed: 'ses-suppressed',
  soft: 'soft-bounced',
}

/** Records opens and clicks by email, and addresses that must not be written to. */
const apply = (draft: MailDraft, { fact, now, rules }: Step): void => {
  const { id, type, occurredAt, properties, member } = fact
  // Conditions ask for the email, whichever of its variants it was.
  const email =
    typeof properties.email === 'string' && properties.email !== '__proto__'
      ? emailOfVariant(properties.email)
      : undefined
  switch (type) {
    case 'email.opened':
      if (email !== undefined) rememberByName(draft.emails.opened, email, occurredAt)
      return
    case 'email.clicked':
      if (email !== undefined) rememberByName(draft.emails.clicked, email, occurredAt)
      return
    case 'email.bounced':
      // A merged lead's bounce concerns another address.
      if (member === undefined) applyBounce(draft, fact, now, rules.playbook.settings)
      return
    case 'email.complained':
      if (draft.suppression?.reason !== 'complained')
        draft.suppression = { reason: 'complained', at: occurredAt, factId: id }
      return
  }
}

/**
 * A hard bounce stops all mail at once, soft ones if there are too many in the period before the latest. A delivery in between
 * does not reset the count: servers accept mail and bounce it later, so each soft bounce follows a delivery.
 */
const applyBounce = (
  draft: MailDraft,
  { id, occurredAt, properties }: Fact,
  now: number,
  { softBounces: { most, per } = defaultSoftBounces }: Pick<Settings, 'softBounces'>,
): void => {
  const kind = bounceKind(properties.bounceType, properties.bounceSubType)
  if (kind === 'message' || kind === 'unsubscribed') return
  if (kind === 'soft')
    draft.softBounces = [...draft.softBounces.filter((time) => time > now - per), now].slice(
      -stateLimits.softBounces,
    )
  if (kind === 'soft' && draft.softBounces.length < most) return
  draft.suppression ??= { reason: reasons[kind], at: occurredAt, factId: id }
}

/** Opens, clicks and bounces of the lead's emails. */
export const mailSlice = { fields, apply }
