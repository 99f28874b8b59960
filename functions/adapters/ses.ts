import {
  DeleteSuppressedDestinationCommand,
  NotFoundException,
  type SESv2Client,
  SendEmailCommand,
} from '@aws-sdk/client-sesv2'
import type { TurnedAway } from '../../domain/sending/hold-email.ts'
import type { ProviderSuppressions } from '../erasure-ports.ts'
import { Transient } from '../ports.ts'
import { type Mailer, type OutgoingEmail, Throttled } from '../send-ports.ts'
import { sleep } from './system.ts'

interface SesMailerOptions {
  /** With `maxAttempts: 1`: a retry by the client after a lost answer would send twice. */
  readonly client: SESv2Client
  readonly configurationSet: string
  /** @default a real wait */
  readonly pause?: (ms: number) => Promise<void>
}

/** How often an email is offered in one call while SES throttles. */
const attempts = 4

/** SES has read the message and will never take it, however often it comes. */
const refusal = 'BadRequestException'

/** Says as much of the sender or the account, whatever the message. */
const turnedAway: Readonly<Record<string, TurnedAway>> = {
  MailFromDomainNotVerifiedException: 'sender-not-verified',
  MailFromDomainNotVerified: 'sender-not-verified',
  AccountSuspendedException: 'sending-disabled',
  AccountSendingPausedException: 'sending-disabled',
  SendingPausedException: 'sending-disabled',
  ConfigurationSetSendingPausedException: 'sending-disabled',
}

/** What SES says of a message that it rejects for what stands in it. */
const ofContent =
  /\b(content|virus|malware|attachments?|headers?|subject|body|parse|mime|encoding|tags?|illegal|malformed|invalid|missing|duplicate|too (?:long|large|many|big)|exceed(?:s|ed)?|length|size|blacklisted)\b/i
const ofAccount = /\b(paused|suspended|disabled|under review|shut ?down)\b/i

/**
 * `MessageRejected` says anything: that an address is not verified (of the sender, or of the recipient in the sandbox), that
 * the account may not send, or what is wrong with the message. What it does not tell is taken for the sender's: sent once
 * that is mended, rather than lost.
 * @see https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html
 */
const readRejection = (message: string, email: OutgoingEmail): TurnedAway | 'refused' => {
  if (/not verified/i.test(message)) {
    const named = message.slice(message.toLowerCase().indexOf('not verified')).toLowerCase()
    const isOfRecipient = named.includes(email.to.toLowerCase()) && !namesSender(named, email)
    return isOfRecipient ? 'recipient-not-verified' : 'sender-not-verified'
  }
  if (ofAccount.test(message)) return 'sending-disabled'
  return ofContent.test(message) ? 'refused' : 'sender-not-verified'
}

const namesSender = (named: string, { from, to }: OutgoingEmail): boolean => {
  const sender = addressIn(from)
  return named.includes(sender) && sender !== to.toLowerCase()
}

const addressIn = (mailbox: string): string => (/<([^<>]+)>\s*$/.exec(mailbox)?.[1] ?? mailbox).toLowerCase()

/** SES has not taken the message, but may in a moment. */
const passing = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'LimitExceededException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'SlowDown',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
])

const codesOf = (error: Error): readonly string[] => [
  error.name,
  ...('code' in error && typeof error.code === 'string' ? [error.code] : []),
]

/** Whether SES has answered that it did not act: paused, not permitted, not set up. */
const wasTurnedAway = (error: Error): boolean => {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return false
  const status = metadata.httpStatusCode
  return typeof status === 'number' && status >= 400 && status < 500
}

const readFailure = ({ name, message }: Error, email: OutgoingEmail): TurnedAway | 'refused' | undefined => {
  if (name === refusal) return /not verified/i.test(message) ? readRejection(message, email) : 'refused'
  if (name === 'MessageRejected') return readRejection(message, email)
  return Object.hasOwn(turnedAway, name) ? turnedAway[name] : undefined
}

const messageOf = ({ name, message }: Error): string => `SES did not take the email: ${name}: ${message}`

/** Throws failures after which nobody knows whether the email went out as they come. */
export const sesMailer = ({ client, configurationSet, pause = sleep }: SesMailerOptions): Mailer => ({
  send: async (email) => {
    const command = new SendEmailCommand(requestOf(email, configurationSet))
    for (let attempt = 1; ; attempt++) {
      try {
        const { MessageId } = await client.send(command)
        if (!MessageId) throw new Error('SES answered without a message id')
        return { type: 'accepted', messageId: MessageId }
      } catch (error) {
        if (!(error instanceof Error)) throw error
        const reason = readFailure(error, email)
        if (reason === 'refused') return { type: 'rejected', reason: `${error.name}: ${error.message}` }
        if (reason) return { type: 'turned-away', reason }
        if (codesOf(error).some((code) => passing.has(code))) {
          if (attempt === attempts) throw new Throttled(messageOf(error), { cause: error })
          await pause(100 * 2 ** attempt)
        } else throw wasTurnedAway(error) ? new Transient(messageOf(error), { cause: error }) : error
      }
    }
  },
})

interface Pace {
  /** Emails a second. */
  readonly perSecond: number
  /** Milliseconds that pass evenly. @default those of this process */
  readonly now?: () => number
  /** @default a real wait */
  readonly pause?: (ms: number) => Promise<void>
}

/** How long (ms) an email waits for its turn within a call: a sender is given three times as long for a batch. */
const longestTurn = 10_000

/**
 * Offers emails no faster than SES may be asked to take them. One whose turn is far off is not offered: it comes again, and is
 * put aside like one that SES has throttled. @throws Throttled
 */
export const pacedMailer = (
  mailer: Mailer,
  { perSecond, now = () => performance.now(), pause = sleep }: Pace,
): Mailer => {
  const each = 1_000 / perSecond
  let next = 0
  return {
    send: async (email) => {
      const at = now()
      const turn = Math.max(next, at)
      if (turn - at > longestTurn) throw new Throttled('more emails wait than the rate of SES lets through')
      next = turn + each
      if (turn > at) await pause(turn - at)
      return mailer.send(email)
    },
  }
}

const utf8 = (text: string) => ({ Data: text, Charset: 'UTF-8' })

const requestOf = (email: OutgoingEmail, configurationSet: string) => ({
  FromEmailAddress: email.from,
  ...(email.replyTo !== undefined && { ReplyToAddresses: [email.replyTo] }),
  Destination: { ToAddresses: [email.to] },
  ConfigurationSetName: configurationSet,
  Content: {
    Simple: {
      Subject: utf8(email.subject),
      Body: { Html: utf8(email.html), Text: utf8(email.text) },
      Headers: Object.entries(email.headers).map(([Name, Value]) => ({ Name, Value })),
    },
  },
  EmailTags: Object.entries(email.tags).map(([Name, Value]) => ({ Name, Value })),
})

export const sesSuppressions = (client: SESv2Client): ProviderSuppressions => ({
  remove: async (address) => {
    try {
      await client.send(new DeleteSuppressedDestinationCommand({ EmailAddress: address }))
    } catch (error) {
      if (!(error instanceof NotFoundException)) throw error
    }
  },
})
