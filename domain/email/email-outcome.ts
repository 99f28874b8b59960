import type { Activity } from '../model/activity.ts'
import type { Decision } from '../model/decision.ts'
import type { EmailRequest } from '../model/email-request.ts'
import type { ConsentRef } from './judge-send.ts'

/** Final status of a send. `reason` begins with a code; what follows a colon is for the console and may name persons. */
export type EmailOutcome =
  | {
      readonly status: 'sent'
      readonly at: string
      readonly messageId?: string
      readonly language?: string
      readonly consent?: ConsentRef
    }
  | { readonly status: 'suppressed' | 'failed' | 'exited'; readonly at: string; readonly reason: string }
  /** Not over: looked at again at `until`. */
  | {
      readonly status: 'held'
      readonly at: string
      readonly reason: HoldReason
      readonly until: string
    }

export interface RequestCause {
  readonly decisionId: string
  readonly correlationId: string
}

/** An email is held several times where what it waits for has not come. */
const keyOf = (outcome: EmailOutcome): string =>
  outcome.status === 'held' ? `held:${outcome.until}` : outcome.status

/** What the bus is told of an outcome; the same send always has the same id. */
export const outcomeDecision = (
  { leadId, sendId, email, recipient, run }: EmailRequest,
  outcome: EmailOutcome,
  cause: RequestCause,
): Decision => {
  const base = {
    id: `${sendId}:${keyOf(outcome)}`,
    occurredAt: outcome.at,
    causationId: cause.decisionId,
    correlationId: cause.correlationId,
    leadId,
  }
  const data = {
    leadId,
    sendId,
    email,
    recipient,
    ...(run && { sequence: run.sequence, runId: run.runId, step: run.step }),
  }
  switch (outcome.status) {
    case 'sent': {
      const { messageId, language, consent } = outcome
      const sent = {
        ...(messageId !== undefined && { messageId }),
        ...(language !== undefined && { language }),
        ...(consent && { consent: { ...consent } }),
      }
      return { ...base, type: 'EmailSent', data: { ...data, ...sent } }
    }
    case 'held':
      return { ...base, type: 'EmailHeld', data: { ...data, reason: outcome.reason, until: outcome.until } }
    case 'suppressed':
    case 'failed':
    case 'exited': {
      const reason = outcome.reason.split(':', 1)[0] ?? outcome.status
      return { ...base, type: 'EmailSuppressed', data: { ...data, outcome: outcome.status, reason } }
    }
    default:
      return outcome satisfies never
  }
}

/**
 * Why an email waits although it may be sent. `wish`: the person asked for a pause; `paused`: all marketing mail is, `confirmations-paused`: all that asks for a confirmation; `confirmations-full`: there are too many of these at the moment;
 * `shifted`: it falls due later by as long as its sequence was paused; `order`: an earlier one of its run has not gone its
 * way; `throttled`: SES has not taken it for a while; the others: SES takes none of the kind until somebody mends that.
 */
export const holdReasons = [
  'window',
  'cap',
  'wish',
  'paused',
  'sequence-paused',
  'shifted',
  'order',
  'throttled',
  'confirmations-paused',
  'confirmations-full',
  'sender-not-verified',
  'recipient-not-verified',
  'sending-disabled',
] as const

export type HoldReason = (typeof holdReasons)[number]

/** What stands in the timeline of a lead that could not be written to; SES names the address in what it says. */
export const failedEmail = (
  { leadId, sendId, email }: EmailRequest,
  at: string,
  reason: string,
): Activity => ({
  id: `${sendId}:failed`,
  type: 'email.failed',
  subject: { leadId },
  occurredAt: at,
  timeAssumed: false,
  properties: { email, sendId, reason: reason.replaceAll(/\S+@\S+/g, '…').slice(0, 500) },
})

/**
 * What a message carries through SES so that its events find their way back. SES allows only `A-Z a-z 0-9 _ - . @` in
 * tag values and 256 characters each, so ids are escaped (`:` as `@`, other bytes as `_hh`) and long ones run on in
 * `sendId-2`, `sendId-3`, …
 */
export interface SendTags {
  readonly sendId: string
  readonly leadId: string
  /** The email's id in the playbook. */
  readonly email: string
  readonly recipient: 'lead' | 'owner'
  /** Of the mail, as the playbook has it: marketing mail alone counts towards the limits of sending. */
  readonly kind?: EmailKind
}

type EmailKind = 'marketing' | 'transactional'

const limit = 255
const plain = /^[A-Za-z0-9.-]$/

const escapeByte = (byte: number): string => `_${byte.toString(16).padStart(2, '0')}`

const escapeText = (text: string): string => {
  let escaped = ''
  for (const character of text) {
    if (plain.test(character)) escaped += character
    else if (character === ':') escaped += '@'
    else for (const byte of new TextEncoder().encode(character)) escaped += escapeByte(byte)
  }
  return escaped
}

const unescapeText = (escaped: string): string | undefined => {
  const bytes: number[] = []
  for (let at = 0; at < escaped.length; at++) {
    const character = escaped.charAt(at)
    if (plain.test(character)) bytes.push(character.charCodeAt(0))
    else if (character === '@') bytes.push(':'.charCodeAt(0))
    else {
      const hex = escaped.slice(at + 1, at + 3)
      if (character !== '_' || !/^[0-9a-f]{2}$/.test(hex)) return undefined
      bytes.push(Number.parseInt(hex, 16))
      at += 2
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes))
}

const spread = (name: string, text: string): [string, string][] => {
  const escaped = escapeText(text)
  const parts: [string, string][] = []
  for (let at = 0; at < escaped.length; at += limit)
    parts.push([at === 0 ? name : `${name}-${parts.length + 1}`, escaped.slice(at, at + limit)])
  return parts
}

/** Tag names and values as SES accepts them. */
export const encodeSendTags = (tags: SendTags): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ...spread('sendId', tags.sendId),
    ...spread('leadId', tags.leadId),
    ...spread('email', tags.email),
    ['recipient', tags.recipient],
    ...(tags.kind === undefined ? [] : [['kind', tags.kind]]),
  ])

/**
 * Reads the tags of an SES event (`mail.tags`), where every value stands in a list; plain strings do as well.
 * @returns undefined when the message was not sent by us.
 */
export const decodeSendTags = (tags: unknown): SendTags | undefined => {
  if (typeof tags !== 'object' || tags === null) return undefined
  const given = new Map<string, unknown>(Object.entries(tags))
  const single = (name: string): string | undefined => {
    const value = given.get(name)
    const first: unknown = Array.isArray(value) ? value[0] : value
    return typeof first === 'string' ? first : undefined
  }
  const joined = (name: string): string | undefined => {
    let escaped = single(name)
    if (escaped === undefined) return undefined
    for (let part = 2; given.has(`${name}-${part}`); part++) escaped += single(`${name}-${part}`) ?? ''
    return unescapeText(escaped)
  }
  const sendId = joined('sendId')
  const leadId = joined('leadId')
  const email = joined('email')
  const recipient = single('recipient')
  if (sendId === undefined || leadId === undefined || email === undefined) return undefined
  if (recipient !== 'lead' && recipient !== 'owner') return undefined
  const kind = single('kind')
  return {
    sendId,
    leadId,
    email,
    recipient,
    ...((kind === 'marketing' || kind === 'transactional') && { kind }),
  }
}
