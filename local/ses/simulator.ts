import { createHash } from 'node:crypto'

/** What becomes of an email to one mailbox. */
type Fate = 'delivered' | 'bounced' | 'complained' | 'suppressed'

/**
 * The mailbox simulator's addresses, with `+label` as SES allows it. An out-of-office reply (`ooto@`) counts as
 * delivered: SES sends the reply to the sender and publishes no bounce for it.
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
 */
function fateOf(address: string): Fate {
  const [, mailbox] = /^([^+@]+)(?:\+[^@]*)?@simulator\.amazonses\.com$/i.exec(address.trim()) ?? []
  switch (mailbox?.toLowerCase()) {
    case 'bounce':
      return 'bounced'
    case 'complaint':
      return 'complained'
    case 'suppressionlist':
      return 'suppressed'
    default:
      return 'delivered'
  }
}

/**
 * The `mail` object of every SES event.
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
function describeMail(mail: SentMail, configurationSet: string): object {
  const address = /<([^<>]+)>\s*$/.exec(mail.from)?.[1] ?? mail.from
  const domain = address.slice(address.lastIndexOf('@') + 1)
  const header = (name: string) => mail.headers.find((one) => one.name.toLowerCase() === name)?.value
  const toHeader = header('to')
  return {
    timestamp: new Date(mail.at).toISOString(),
    source: mail.from,
    sourceArn: `arn:aws:ses:${mail.region}:${mail.accountId}:identity/${address}`,
    sendingAccountId: mail.accountId,
    messageId: mail.messageId,
    destination: mail.to,
    headersTruncated: false,
    headers: mail.headers,
    commonHeaders: {
      from: [mail.from],
      ...(header('date') === undefined ? {} : { date: header('date') }),
      to: toHeader === undefined ? mail.to : toHeader.split(',').map((one) => one.trim()),
      messageId: mail.messageId,
      subject: mail.subject,
    },
    tags: {
      'ses:operation': ['SendEmail'],
      'ses:configuration-set': [configurationSet],
      'ses:source-ip': ['127.0.0.1'],
      'ses:from-domain': [domain],
      'ses:caller-identity': ['local'],
      ...mail.tags,
    },
  }
}

/** An event as SES puts it on the default bus; the bus adds its id. */
interface SesEvent {
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

/** One accepted email, as much of it as SES repeats in its events. */
export interface SentMail {
  readonly messageId: string
  /** The `From` header: address with or without a name. */
  readonly from: string
  /** Every recipient's address: To, Cc and Bcc. */
  readonly to: readonly string[]
  readonly subject: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly tags: Readonly<Record<string, readonly string[]>>
  /** Name of the configuration set; absent: SES publishes nothing. */
  readonly configurationSet?: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly accountId: string
  readonly region: string
  /** Event types that the set's EventBridge destination asks for, in either spelling: `SEND` or `send`. */
  readonly configSetEventTypes: readonly string[]
}
