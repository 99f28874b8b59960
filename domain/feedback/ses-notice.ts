import * as z from 'zod/mini'

/** Which message a notice is about. `tags` are as SES gives them: lists of text by name. */
export interface NoticedMail {
  readonly messageId: string
  readonly tags: Readonly<Record<string, readonly string[]>>
  /** To whom it was sent: what a bounce names may be another address, to which the mail was handed on. */
  readonly destination: readonly string[]
  /** When it was handed to SES, RFC 3339. */
  readonly timestamp: string
}

interface About {
  readonly mail: NoticedMail
  /** As SES gives it, RFC 3339. */
  readonly at: string
}

/** What asked for the picture or the link, as it names itself. */
interface By {
  readonly userAgent?: string
}

/**
 * What SES has to say about a message: event publishing (`eventType`) and notifications (`notificationType`) alike.
 * `answered`: it arrived, and a machine has written back, as one does while its owner is away.
 */
export type SesNotice =
  | ({ readonly type: 'sent' | 'delivered' | 'complained' | 'answered' } & About)
  | ({ readonly type: 'opened' } & By & About)
  | ({ readonly type: 'clicked'; readonly link: string } & By & About)
  | ({ readonly type: 'bounced'; readonly bounceType: string; readonly bounceSubType: string } & About)
  | ({ readonly type: 'rejected' | 'rendering-failed'; readonly reason: string } & About)
  | { readonly type: 'ignored'; readonly because: Ignored }

/**
 * Why a record changes nothing: SES goes on trying (`delayed`), its own subscription lists and incoming mail are not
 * used, a provider reports what is no complaint of the person, or it is no event about a message at all.
 */
export type Ignored =
  | 'delayed'
  | 'subscription'
  | 'received'
  | 'not-a-complaint'
  | 'not-an-event'
  | 'unknown-event'

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

const by = ({ userAgent }: z.infer<typeof hit>): By => (userAgent === undefined ? {} : { userAgent })

/**
 * Reports that are none of the person's: who takes a mail out of the spam folder, a check of the sender that failed, a
 * scanner that found something. What is not known is taken for a complaint.
 * @see https://www.iana.org/assignments/marf-parameters (feedback types)
 */
const noComplaints = new Set(['not-spam', 'auth-failure', 'virus'])
const onAccountList = 'OnAccountSuppressionList'

type Bounce = z.infer<typeof schemas.Bounce>['bounce']

/**
 * An automatic reply comes as a bounce without any of the codes that a refusal has; so does what SES cannot make out.
 * @see https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types
 */
const isAnswer = ({ bounceType, bounceSubType, bouncedRecipients }: Bounce): boolean => {
  const mayBe = (bounceType === 'Transient' && bounceSubType === 'General') || bounceType === 'Undetermined'
  return mayBe && bouncedRecipients.every((one) => !one.action && !one.status && !one.diagnosticCode)
}

const readComplaint = ({ mail, complaint }: z.infer<typeof schemas.Complaint>): SesNotice => {
  const { timestamp: at, complaintFeedbackType, complaintSubType } = complaint
  // SES sent nothing, because of an earlier complaint to this account.
  if (complaintSubType === onAccountList)
    return { type: 'bounced', mail, at, bounceType: 'Permanent', bounceSubType: onAccountList }
  if (noComplaints.has(complaintFeedbackType ?? '')) return ignored('not-a-complaint')
  return { type: 'complained', mail, at }
}

const ignored = (because: Ignored): SesNotice => ({ type: 'ignored', because })

/** @throws when a record of a known kind lacks what that kind has: the message ends in the dead-letter queue. */
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
      return { type: 'opened', mail, at: open.timestamp, ...by(open) }
    }
    case 'Click': {
      const { mail, click } = z.parse(schemas.Click, detail)
      return { type: 'clicked', mail, at: click.timestamp, link: click.link, ...by(click) }
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
