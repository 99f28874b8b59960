import { createHash } from 'node:crypto'
import { type Fate, fateOf } from './fate.ts'
import { describeMail } from './mail-object.ts'
import type { SentMail } from './sent-mail.ts'

export type { SentMail } from './sent-mail.ts'

/** An event as SES puts it on the default bus; the bus adds its id. */
export interface SesEvent {
  readonly version: '0'
  readonly 'detail-type': string
  readonly source: 'aws.ses'
  readonly account: string
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: { readonly eventType: string; readonly mail: object }
}

const DETAIL_TYPE: Readonly<Record<MailRecord['eventType'], string>> = {
  Send: 'Email Sent',
  Delivery: 'Email Delivered',
  Bounce: 'Email Bounced',
  Complaint: 'Email Complaint Received',
}

type MailRecord =
  | { readonly eventType: 'Send'; readonly send: object; readonly at: number }
  | { readonly eventType: 'Delivery'; readonly delivery: object; readonly at: number }
  | { readonly eventType: 'Bounce'; readonly bounce: object; readonly at: number }
  | { readonly eventType: 'Complaint'; readonly complaint: object; readonly at: number }

const DELIVERY_MS = 1
const FEEDBACK_MS = 1000

/**
 * What SES publishes for one email, in order: the send, then for each recipient what its mailbox does.
 * Addresses of the mailbox simulator behave as on AWS, every other mailbox takes the email.
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function sesEvents(mail: SentMail): SesEvent[] {
  if (mail.configurationSet === undefined) return []
  const wanted = new Set(mail.configSetEventTypes.map((type) => type.toLowerCase().replaceAll('_', '')))
  const described = describeMail(mail, mail.configurationSet)
  return records(mail)
    .filter(({ eventType }) => wanted.has(eventType.toLowerCase()))
    .map(({ at, ...record }) => ({
      version: '0',
      'detail-type': DETAIL_TYPE[record.eventType],
      source: 'aws.ses',
      account: mail.accountId,
      time: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: mail.region,
      resources: [configurationSetArn(mail, mail.configurationSet ?? '')],
      detail: { ...record, mail: described },
    }))
}

function records(mail: SentMail): MailRecord[] {
  const send: MailRecord = { eventType: 'Send', send: {}, at: mail.at }
  return [send, ...mail.to.flatMap((address) => afterSend(mail, address, fateOf(address)))]
}

function afterSend(mail: SentMail, address: string, fate: Fate): MailRecord[] {
  switch (fate) {
    case 'delivered':
      return [delivery(mail, address)]
    case 'complained':
      return [delivery(mail, address), complaint(mail, address)]
    case 'bounced':
      return [bounce(mail, address, 'General', 'smtp; 550 5.1.1 user unknown')]
    case 'suppressed':
      return [bounce(mail, address, 'Suppressed', SUPPRESSED)]
    default: {
      const never: never = fate
      throw new Error(`Unknown fate ${never}`)
    }
  }
}

const SUPPRESSED =
  'Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.'

function delivery(mail: SentMail, address: string): MailRecord {
  const at = mail.at + DELIVERY_MS
  return {
    eventType: 'Delivery',
    at,
    delivery: {
      timestamp: new Date(at).toISOString(),
      processingTimeMillis: DELIVERY_MS,
      recipients: [address],
      smtpResponse: '250 2.6.0 Message received',
      reportingMTA: `a1-1.smtp-out.${mail.region}.amazonses.com`,
    },
  }
}

function bounce(
  mail: SentMail,
  address: string,
  subType: 'General' | 'Suppressed',
  diagnostic: string,
): MailRecord {
  const at = mail.at + FEEDBACK_MS
  return {
    eventType: 'Bounce',
    at,
    bounce: {
      feedbackId: feedbackId(mail, address, 'bounce'),
      bounceType: 'Permanent',
      bounceSubType: subType,
      bouncedRecipients: [
        { emailAddress: address, action: 'failed', status: '5.1.1', diagnosticCode: diagnostic },
      ],
      timestamp: new Date(at).toISOString(),
      reportingMTA: `dsn; a1-1.smtp-out.${mail.region}.amazonses.com`,
    },
  }
}

function complaint(mail: SentMail, address: string): MailRecord {
  const at = mail.at + FEEDBACK_MS
  const timestamp = new Date(at).toISOString()
  return {
    eventType: 'Complaint',
    at,
    complaint: {
      feedbackId: feedbackId(mail, address, 'complaint'),
      complaintSubType: null,
      complainedRecipients: [{ emailAddress: address }],
      timestamp,
      userAgent: 'Amazon SES Mailbox Simulator',
      complaintFeedbackType: 'abuse',
      arrivalDate: timestamp,
    },
  }
}

/** The same for the same feedback, so that a repeated event is seen to be one. */
function feedbackId(mail: SentMail, address: string, kind: string): string {
  const hex = createHash('sha256').update(`${mail.messageId}\n${address}\n${kind}`).digest('hex')
  const parts = [
    hex.slice(16, 24),
    hex.slice(24, 28),
    hex.slice(28, 32),
    hex.slice(32, 36),
    hex.slice(36, 48),
  ]
  return `${hex.slice(0, 16)}-${parts.join('-')}-000000`
}

function configurationSetArn(mail: SentMail, name: string): string {
  return `arn:aws:ses:${mail.region}:${mail.accountId}:configuration-set/${name}`
}
