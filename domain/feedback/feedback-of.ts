import type { Activity } from '../activity/activity.ts'
import { parseInstant } from '../activity/parse-instant.ts'
import type { Mailed, Stream } from '../deliverability/sending-figures.ts'
import { decodeSendTags, type SendTags } from '../email/send-tags.ts'
import type { SuppressedAddress } from '../email/suppressed-address.ts'
import { hashText } from '../hash-text.ts'
import type { JsonObject } from '../json.ts'
import { type LeadId, parseLeadId } from '../lead/lead-id.ts'
import { bounceKind } from './bounce-kind.ts'
import type { SesNotice } from './ses-notice.ts'

/** How an email ended, for the claim that it went out under. */
export interface Outcome {
  readonly leadId: LeadId
  readonly sendId: string
  readonly status: 'sent' | 'failed'
  readonly at: string
  readonly messageId: string
  readonly reason?: string
}

/** What a notice says of mail as a whole. */
export interface Tally {
  readonly stream: Stream
  readonly type: 'bounced' | 'complained'
  readonly messageId: string
  /** When the message was handed to SES. */
  readonly mailedAt: string
}

/** An address that is not to be written to any more, under whatever lead. */
export interface DeadAddress extends SuppressedAddress {
  readonly address: string
}

/** What follows from a notice: an outcome for the send, a fact about the lead, both or neither. */
export interface Feedback {
  /** That it was handed to SES; absent for mail of before its kind was told. */
  readonly mailed?: Mailed
  readonly tally?: Tally
  readonly dead?: DeadAddress
  readonly outcome?: Outcome
  readonly activity?: Activity
}

interface Effect {
  /** Also how it stands in the fact's id. */
  readonly type?: string
  readonly properties?: JsonObject
  readonly status?: Outcome['status']
  readonly reason?: string
  /** May happen several times to one message: what tells one from another besides its time. */
  readonly repeats?: string
}

/** SES does not count what it did not even try to deliver because of the account's own list. */
const tallyOf = (notice: SesNotice): Tally['type'] | undefined => {
  if (notice.type === 'complained') return 'complained'
  if (notice.type !== 'bounced' || notice.bounceSubType === 'OnAccountSuppressionList') return undefined
  const kind = bounceKind(notice.bounceType, notice.bounceSubType)
  return kind === 'hard' || kind === 'suppressed' ? 'bounced' : undefined
}

const mailedOf = (
  { mail }: Exclude<SesNotice, { type: 'ignored' }>,
  { kind }: SendTags,
): Mailed | undefined => {
  const at = parseInstant(mail.timestamp)
  if (kind === undefined || at === undefined) return undefined
  return { at, stream: kind === 'marketing' ? 'marketing' : 'confirmations' }
}

/** Soft bounces are for the lead's log to count. Every message has one recipient. */
const deathOf = (notice: Exclude<SesNotice, { type: 'ignored' }>, at: string): DeadAddress | undefined => {
  const [address] = notice.mail.destination
  if (address === undefined) return undefined
  if (notice.type === 'complained') return { address, reason: 'complained', at }
  if (notice.type !== 'bounced') return undefined
  const kind = bounceKind(notice.bounceType, notice.bounceSubType)
  if (kind === 'hard') return { address, reason: 'bounced', at }
  return kind === 'suppressed' ? { address, reason: 'ses-suppressed', at } : undefined
}

/** Long ones are cut: what names a scanner stands at the beginning. */
const by = ({ userAgent }: { readonly userAgent?: string }): JsonObject =>
  userAgent === undefined ? {} : { userAgent: userAgent.slice(0, 500) }

const effectOf = (notice: Exclude<SesNotice, { type: 'ignored' }>): Effect => {
  switch (notice.type) {
    case 'sent':
      return { type: 'email.sent', status: 'sent' }
    case 'delivered':
      return { type: 'email.delivered', status: 'sent' }
    case 'opened':
      return { type: 'email.opened', properties: by(notice), repeats: '' }
    case 'clicked':
      return {
        type: 'email.clicked',
        properties: { link: notice.link, ...by(notice) },
        repeats: `:${hashText(notice.link).toString(36)}`,
      }
    case 'bounced': {
      const { bounceType, bounceSubType } = notice
      if (bounceKind(bounceType, bounceSubType) === 'unsubscribed')
        return { type: 'email.unsubscribed', status: 'sent' }
      return { type: 'email.bounced', status: 'sent', properties: { bounceType, bounceSubType } }
    }
    case 'answered':
      return { status: 'sent' }
    case 'complained':
      return { type: 'email.complained' }
    case 'rejected':
      return { status: 'failed', reason: `rejected: ${notice.reason}` }
    case 'rendering-failed':
      return { status: 'failed', reason: `rendering failed: ${notice.reason}` }
    default:
      return notice satisfies never
  }
}

/**
 * Reads a notice as the tags of its message say whom it is about. Nothing follows for messages that are not ours, and
 * no fact about a lead from what was sent to a salesperson. The fact's id follows from message and kind, so that a
 * notice delivered twice is one fact.
 */
export const feedbackOf = (notice: SesNotice): Feedback => {
  if (notice.type === 'ignored') return {}
  const tags = decodeSendTags(notice.mail.tags)
  const leadId = parseLeadId(tags?.leadId)
  const at = parseInstant(notice.at)
  if (tags === undefined || leadId === undefined || at === undefined) return {}
  const { messageId } = notice.mail
  const { sendId, email } = tags
  const { type, properties = {}, status, reason, repeats } = effectOf(notice)
  const outcome = status && {
    leadId,
    sendId,
    status,
    at,
    messageId,
    ...(reason === undefined ? {} : { reason }),
  }
  const activity =
    type === undefined || tags.recipient === 'owner'
      ? undefined
      : {
          id: `${messageId}:${type}${repeats === undefined ? '' : `:${at}${repeats}`}`,
          type,
          subject: { leadId },
          occurredAt: at,
          timeAssumed: false,
          properties: { email, sendId, messageId, ...properties },
        }
  const dead = deathOf(notice, at)
  const mailed = mailedOf(notice, tags)
  const counted = mailed && tallyOf(notice)
  return {
    ...(outcome && { outcome }),
    ...(activity && { activity }),
    ...(dead && { dead }),
    ...(mailed && { mailed }),
    ...(mailed &&
      counted && { tally: { stream: mailed.stream, type: counted, messageId, mailedAt: mailed.at } }),
  }
}
