import * as z from 'zod/mini'
import type { Mailed, Stream } from '../deliverability/sending-figures.ts'
import { decodeSendTags, type SendTags } from '../email/email-outcome.ts'
import type { SuppressedAddress } from '../email/judge-send.ts'
import { bounceKind } from '../lead/mail.ts'
import { type Activity, type LeadId, parseLeadId } from '../model/activity.ts'
import { hashText } from '../model/hash-text.ts'
import type { JsonObject } from '../model/json.ts'
import { parseInstant } from '../time/local-time.ts'

/** Outcome of an email, for its claim. */
export interface Outcome {
  readonly leadId: LeadId
  readonly sendId: string
  readonly status: 'sent' | 'failed'
  readonly at: string
  readonly messageId: string
  readonly reason?: string
}

/** A notice's contribution to the sending figures. */
export interface Tally {
  readonly stream: Stream
  readonly type: 'bounced' | 'complained'
  readonly messageId: string
  /** When the message was handed to SES. */
  readonly mailedAt: string
}

/** An address that must not be written to, under any lead. */
interface DeadAddress extends SuppressedAddress {
  readonly address: string
}

/** Consequences of a notice: an outcome of the send, a fact about the lead, both or neither. */
interface Feedback {
  /** Handover to SES; absent for older mail without a kind. */
  readonly mailed?: Mailed
  readonly tally?: Tally
  readonly dead?: DeadAddress
  readonly outcome?: Outcome
  readonly activity?: Activity
}

interface Effect {
  /** Also part of the fact's id. */
  readonly type?: string
  readonly properties?: JsonObject
  readonly status?: Outcome['status']
  readonly reason?: string
  /** Distinguishes repeated events of one message, besides the time. */
  readonly repeats?: string
}

/** SES does not count mail that it did not send because of the account's own list. */
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

/** The lead's log counts soft bounces. Every message has one recipient. */
const deathOf = (notice: Exclude<SesNotice, { type: 'ignored' }>, at: string): DeadAddress | undefined => {
  const [address] = notice.mail.destination
  if (address === undefined) return undefined
  if (notice.type === 'complained') return { address, reason: 'complained', at }
  if (notice.type !== 'bounced') return undefined
  const kind = bounceKind(notice.bounceType, notice.bounceSubType)
  if (kind === 'hard') return { address, reason: 'bounced', at }
  return kind === 'suppressed' ? { address, reason: 'ses-suppressed', at } : undefined
}

/** Truncated: scanners identify themselves at the beginning. */
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
 * The consequences of a notice, by the tags of its message. There are none for messages that are not ours, and no fact about a
 * lead for emails to salespeople. The fact's id is derived from message and type, so a notice delivered twice is one fact.
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

/** The message of a notice. `tags` are lists of text by name, as SES sends them. */
interface NoticedMail {
  readonly messageId: string
  readonly tags: Readonly<Record<string, readonly string[]>>
  /** The recipient: a bounce may name another address that the mail was forwarded to. */
  readonly destination: readonly string[]
  /** When it was handed to SES, RFC 3339. */
  readonly timestamp: string
}

interface About {
  readonly mail: NoticedMail
  /** As SES gives it, RFC 3339. */
  readonly at: string
}

/** User agent of the open or click. */
interface By {
  readonly userAgent?: string
}

/**
 * A notice of SES about a message: event publishing (`eventType`) or notification (`notificationType`). `answered`: delivered,
 * and an automatic reply came back.
 */
type SesNotice =
  | ({ readonly type: 'sent' | 'delivered' | 'complained' | 'answered' } & About)
  | ({ readonly type: 'opened' } & By & About)
  | ({ readonly type: 'clicked'; readonly link: string } & By & About)
  | ({ readonly type: 'bounced'; readonly bounceType: string; readonly bounceSubType: string } & About)
  | ({ readonly type: 'rejected' | 'rendering-failed'; readonly reason: string } & About)
  | { readonly type: 'ignored'; readonly because: Ignored }

/**
 * Why a record has no consequences: SES is still trying (`delayed`), its subscription lists and incoming mail are not used, a
 * report is not the person's complaint, or it is not an event about a message.
 */
type Ignored = 'delayed' | 'subscription' | 'received' | 'not-a-complaint' | 'not-an-event' | 'unknown-event'

const mailSchema = z.object({
  timestamp: z.string(),
  messageId: z.string(),
  tags: z._default(z.record(z.string(), z.array(z.string())), {}),
  destination: z._default(z.array(z.string()), []),
})
const stamped = z.object({ timestamp: z.string() })
const code = z.nullish(z.string())
const bouncedRecipient = z.object({ action: code, status: code, diagnosticCode: code })
const hit = z.object({ timestamp: z.string(), userAgent: z.optional(z.string()) })

const schemas = {
  Send: z.object({ mail: mailSchema }),
  Delivery: z.object({ mail: mailSchema, delivery: stamped }),
  Open: z.object({ mail: mailSchema, open: hit }),
  Complaint: z.object({
    mail: mailSchema,
    complaint: z.extend(stamped, { complaintFeedbackType: code, complaintSubType: code }),
  }),
  Click: z.object({ mail: mailSchema, click: z.extend(hit, { link: z.string() }) }),
  Bounce: z.object({
    mail: mailSchema,
    bounce: z.object({
      timestamp: z.string(),
      bounceType: z.string(),
      bounceSubType: z.string(),
      bouncedRecipients: z._default(z.array(bouncedRecipient), []),
    }),
  }),
  Reject: z.object({ mail: mailSchema, reject: z.object({ reason: z.string() }) }),
  'Rendering Failure': z.object({ mail: mailSchema, failure: z.object({ errorMessage: z.string() }) }),
}

const named = z.object({ eventType: z.optional(z.string()), notificationType: z.optional(z.string()) })

const noticeBy = ({ userAgent }: z.infer<typeof hit>): By => (userAgent === undefined ? {} : { userAgent })

/**
 * Reports that are not complaints: a mail taken out of the spam folder, a failed check of the sender, a scanner's finding.
 * Unknown types count as complaints.
 * @see https://www.iana.org/assignments/marf-parameters (feedback types)
 */
const noComplaints = new Set(['not-spam', 'auth-failure', 'virus'])
const onAccountList = 'OnAccountSuppressionList'

type Bounce = z.infer<typeof schemas.Bounce>['bounce']

/**
 * Automatic replies arrive as bounces without the status codes of a refusal; so does anything that SES cannot classify.
 * @see https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types
 */
const isAnswer = ({ bounceType, bounceSubType, bouncedRecipients }: Bounce): boolean => {
  const mayBe = (bounceType === 'Transient' && bounceSubType === 'General') || bounceType === 'Undetermined'
  return mayBe && bouncedRecipients.every((one) => !one.action && !one.status && !one.diagnosticCode)
}

const readComplaint = ({ mail, complaint }: z.infer<typeof schemas.Complaint>): SesNotice => {
  const { timestamp: at, complaintFeedbackType, complaintSubType } = complaint
  // SES did not send it because of an earlier complaint to this account.
  if (complaintSubType === onAccountList)
    return { type: 'bounced', mail, at, bounceType: 'Permanent', bounceSubType: onAccountList }
  if (noComplaints.has(complaintFeedbackType ?? '')) return ignored('not-a-complaint')
  return { type: 'complained', mail, at }
}

const ignored = (because: Ignored): SesNotice => ({ type: 'ignored', because })

/** @throws for an incomplete record of a known type, which ends in the dead-letter queue. */
export const readSesNotice = (detail: unknown): SesNotice => {
  const { eventType, notificationType } = z.safeParse(named, detail).data ?? {}
  switch (eventType ?? notificationType) {
    case 'Send': {
      const { mail } = z.parse(schemas.Send, detail)
      return { type: 'sent', mail, at: mail.timestamp }
    }
    case 'Delivery': {
      const { mail, delivery } = z.parse(schemas.Delivery, detail)
      return { type: 'delivered', mail, at: delivery.timestamp }
    }
    case 'Open': {
      const { mail, open } = z.parse(schemas.Open, detail)
      return { type: 'opened', mail, at: open.timestamp, ...noticeBy(open) }
    }
    case 'Click': {
      const { mail, click } = z.parse(schemas.Click, detail)
      return { type: 'clicked', mail, at: click.timestamp, link: click.link, ...noticeBy(click) }
    }
    case 'Bounce': {
      const { mail, bounce } = z.parse(schemas.Bounce, detail)
      const { bounceType, bounceSubType, timestamp: at } = bounce
      if (isAnswer(bounce)) return { type: 'answered', mail, at }
      return { type: 'bounced', mail, at, bounceType, bounceSubType }
    }
    case 'Complaint':
      return readComplaint(z.parse(schemas.Complaint, detail))
    case 'Reject': {
      const { mail, reject } = z.parse(schemas.Reject, detail)
      return { type: 'rejected', mail, at: mail.timestamp, reason: reject.reason }
    }
    case 'Rendering Failure': {
      const { mail, failure } = z.parse(schemas['Rendering Failure'], detail)
      return { type: 'rendering-failed', mail, at: mail.timestamp, reason: failure.errorMessage }
    }
    case 'DeliveryDelay':
      return ignored('delayed')
    case 'Subscription':
      return ignored('subscription')
    case 'Received':
      return ignored('received')
    case undefined:
      return ignored('not-an-event')
    default:
      return ignored('unknown-event')
  }
}
