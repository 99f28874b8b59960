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
  /** Not final: retried at `until`. */
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

/** An email may be held several times. */
const keyOf = (outcome: EmailOutcome): string =>
  outcome.status === 'held' ? `held:${outcome.until}` : outcome.status

/** The decision published for an outcome; the same send always has the same id. */
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
 * Why an email waits although it may be sent. `wish`: the person asked for a pause; `paused`: marketing mail is paused;
 * `confirmations-paused`: confirmation emails are; `confirmations-full`: their limit is reached; `shifted`: postponed by the
 * length of its sequence's pause; `order`: an earlier email of its run is not done; `throttled`: SES has been throttling for a
 * while; the others: SES rejects the kind until somebody fixes the account.
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

/** The timeline entry of an email that could not be sent, without SES's message, which contains the address. */
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
 * Tags that identify our message in SES events. SES allows only `A-Z a-z 0-9 _ - . @` in tag values and 256 characters each, so
 * ids are escaped (`:` as `@`, other bytes as `_hh`) and long ones continue in `sendId-2`, `sendId-3`, …
 */
export interface SendTags {
  readonly sendId: string
  readonly leadId: string
  /** The email's id in the playbook. */
  readonly email: string
  readonly recipient: 'lead' | 'owner'
  /** Kind in the playbook: only marketing mail counts towards the sending limits. */
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
 * Reads the tags of an SES event (`mail.tags`), as lists or plain strings.
 * @returns undefined if the message is not ours.
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
