import { identityKey } from '../activity/subject.ts'
import { type Consent, trackingPurpose } from '../lead/consent.ts'
import type { LeadState } from '../lead/lead-state.ts'
import type { SuppressionReason } from '../lead/mail.ts'
import type { ConfirmationRequest, EmailRequest } from '../model/email-request.ts'
import type { EmailTemplate } from '../model/playbook.ts'
import type { Settings } from '../model/settings.ts'

/** The consent that permits an email: its purpose, and the fact with wording, form, time and method. */
export interface ConsentRef {
  readonly purpose: string
  readonly factId: string
}

/**
 * The purpose of a marketing email: as in its front matter, else the first of the settings.
 * @returns undefined if the playbook lists no purposes: any marketing consent is enough.
 */
export const purposeOf = (
  translations: Readonly<Record<string, EmailTemplate>>,
  { purposes = {} }: Pick<Settings, 'purposes'>,
): string | undefined =>
  Object.values(translations).find(({ purpose }) => purpose !== undefined)?.purpose ??
  Object.keys(purposes)[0]

/** @param purpose absent: the oldest granted one counts. */
export const consentFor = (state: LeadState, purpose: string | undefined): ConsentRef | undefined => {
  const granted = Object.entries(state.consent)
    .filter(([, { status }]) => status === 'granted')
    .filter(([one]) => (purpose === undefined ? one !== trackingPurpose : one === purpose))
    .toSorted(([, a], [, b]) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const [first] = granted
  return first && { purpose: first[0], factId: first[1].factId }
}

/** Why an address must not be written to: feedback on earlier mail to it, whoever its owner, or an erasure. */
export interface SuppressedAddress {
  readonly reason: SuppressionReason | 'erased'
  /** RFC 3339 UTC. */
  readonly at: string
  /** When its owner was last erased (RFC 3339 UTC), whatever the current reason. */
  readonly erasedAt?: string
}

/** An activity from before an erasure never recreates the person. */
export const isForgotten = (
  occurredAt: string,
  suppressed: Pick<SuppressedAddress, 'erasedAt'> | undefined,
): boolean => suppressed?.erasedAt !== undefined && occurredAt <= suppressed.erasedAt

/** The reason with the higher weight counts. */
const weights: Readonly<Record<SuppressedAddress['reason'], number>> = {
  erased: 0,
  'soft-bounced': 1,
  'ses-suppressed': 1,
  bounced: 1,
  complained: 2,
}

const allReasons: readonly SuppressedAddress['reason'][] = [
  'erased',
  'soft-bounced',
  'ses-suppressed',
  'bounced',
  'complained',
]

/** Reasons that a new one replaces: `weaker` always, `equal` if it is earlier. */
export const outweighed = (reason: SuppressedAddress['reason']) => ({
  weaker: allReasons.filter((one) => weights[one] < weights[reason]),
  equal: allReasons.filter((one) => weights[one] === weights[reason]),
})

/** The mailbox of an address in the suppression list: providers ignore case, but `anna+news@…` may bounce where `anna@…` does not. */
export const mailboxKey = (address: string): string =>
  identityKey(address, { plusTags: 'distinct', case: 'same' })

type Answered = Pick<LeadState, 'consent' | 'confirmations'>

/** The owner has proved to read the mailbox: they confirmed a consent after `at`. */
const provenSince = ({ consent }: Pick<LeadState, 'consent'>, at: string): boolean =>
  Object.values(consent).some((one) => one.status === 'granted' && one.confirmed === true && one.at > at)

/** Whether it is the confirmation of a sign-up after `at`. */
const asksSince = ({ confirmation }: EmailRequest, { confirmations }: Answered, at: string): boolean =>
  confirmations.some(
    ({ factId, reminder, at: askedAt }) =>
      factId === confirmation?.factId && reminder === undefined && askedAt > at,
  )

/**
 * Whether suppression of the address stops an email. After a complaint nothing is sent any more, even after a new sign-up: the
 * spam report went to the provider, not to us. An address that bounced, or is on a list of SES, only gets the confirmation of a
 * sign-up after the bounce, since mailboxes are recreated and addresses mistyped. Confirming lifts the suppression; consent
 * without confirmation does not. `judgeSend` handles erased persons.
 */
const stops = ({ reason, at }: SuppressedAddress, request: EmailRequest, state: Answered): boolean => {
  switch (reason) {
    case 'complained':
      return true
    case 'bounced':
    case 'soft-bounced':
    case 'ses-suppressed':
      return !provenSince(state, at) && !asksSince(request, state, at)
    case 'erased':
      return false
    default:
      return reason satisfies never
  }
}

/** The only temporary reason: facts arrive in any order, and consent may arrive a moment later. */
export const lackingConsent = 'no-consent'

export const lacksConsent = (send: { readonly status: string; readonly reason?: string }): boolean =>
  send.status === 'suppressed' && send.reason === lackingConsent

/** Emails requested before a lead went to sales are not sent while sales has it. */
const whileWithSales = 'with-sales'

type Verdict =
  | { readonly type: 'send'; readonly to: string; readonly consent?: ConsentRef }
  | {
      readonly type: 'suppressed'
      readonly reason:
        | 'no-address'
        | SuppressedAddress['reason']
        | typeof lackingConsent
        | 'already-answered'
        | typeof whileWithSales
    }
  | { readonly type: 'exited' }

/**
 * Whether an email may be sent to its lead now, checked immediately before sending. A bounce or complaint stops all mail (see
 * `stops`); marketing mail needs a granted consent, a confirmation a pending one. After an erasure, marketing mail needs a
 * confirmed consent.
 * @param mail `purpose`: required purpose of a marketing email; absent: any.
 * @param exits whether the sequence's exit condition holds now; only called for emails after a wait.
 */
export const judgeSend = (
  request: EmailRequest,
  { kind, purpose }: { readonly kind: 'marketing' | 'transactional'; readonly purpose?: string | undefined },
  lead: {
    readonly email?: string
    readonly state: LeadState
    /** Suppressions of the address, in addition to the lead's own log. */
    readonly suppressed?: readonly SuppressedAddress[]
    /** Sales has the lead, and the email's sequence pauses meanwhile. */
    readonly standsBack?: boolean
  },
  exits: () => boolean,
): Verdict => {
  const { email, state, suppressed = [] } = lead
  const against = [...(state.suppression ? [state.suppression] : []), ...suppressed]
  const stopping = against.find((one) => stops(one, request, state))
  if (stopping) return { type: 'suppressed', reason: stopping.reason }
  if (email === undefined) return { type: 'suppressed', reason: 'no-address' }
  if (request.confirmation && !isOpen(state, request.confirmation, against))
    return { type: 'suppressed', reason: 'already-answered' }
  const consent = kind === 'marketing' ? consentFor(state, purpose) : undefined
  if (kind === 'marketing' && !consent) return { type: 'suppressed', reason: lackingConsent }
  if (against.some(({ reason }) => reason === 'erased') && consent && !isConfirmed(state, consent))
    return { type: 'suppressed', reason: 'erased' }
  if (request.run?.afterWait && exits()) return { type: 'exited' }
  if (kind === 'marketing' && lead.standsBack) return { type: 'suppressed', reason: whileWithSales }
  return consent ? { type: 'send', to: email, consent } : { type: 'send', to: email }
}

/**
 * Unconfirmed consent is requested again, at an address that has bounced until it is proven. Nothing is requested that was
 * confirmed or withdrawn since.
 */
const isOpen = (
  state: LeadState,
  { factId, purpose, furtherPurpose }: ConfirmationRequest,
  against: readonly SuppressedAddress[],
): boolean => {
  const isUnproven = ({ reason, at }: SuppressedAddress) => reason !== 'erased' && !provenSince(state, at)
  const askedAt = state.confirmations.find((one) => one.factId === factId)?.at ?? ''
  const isToBeGiven = (consent: Consent | undefined): boolean => {
    if (consent === undefined || consent.status === 'lapsed') return false
    if (consent.status === 'pending' || consent.at < askedAt) return true
    return consent.status === 'granted' && (!consent.confirmed || against.some(isUnproven))
  }
  return [purpose, furtherPurpose].some((one) => one !== undefined && isToBeGiven(state.consent[one]))
}

const isConfirmed = (state: LeadState, { purpose }: ConsentRef): boolean =>
  state.consent[purpose]?.confirmed === true

const atoms = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+$/
const printableAscii = /^[\x20-\x7e]*$/

/** An encoded word has at most 75 characters, 12 of them overhead: 45 bytes are 60 in base64. */
const bytesPerWord = 45

/** `Name <address>` by RFC 5322 and RFC 2047, for any name. */
export const formatMailbox = ({ name, email }: { readonly name: string; readonly email: string }): string => {
  const display = headerText(name, 100)
  if (display === '') return email
  if (atoms.test(display)) return `${display} <${email}>`
  if (printableAscii.test(display)) return `"${display.replace(/["\\]/g, '\\$&')}" <${email}>`
  return `${encodedWords(display)} <${email}>`
}

const encodedWords = (text: string): string => {
  const words: string[] = []
  let word: number[] = []
  for (const character of text) {
    const bytes = [...new TextEncoder().encode(character)]
    if (word.length + bytes.length > bytesPerWord) {
      words.push(encodedWord(word))
      word = []
    }
    word.push(...bytes)
  }
  words.push(encodedWord(word))
  return words.join(' ')
}

const encodedWord = (bytes: readonly number[]): string => `=?UTF-8?B?${btoa(String.fromCharCode(...bytes))}?=`

/** Text for a header: one line, at most `limit` characters. */
export const headerText = (text: string, limit: number): string => {
  const line = text.replace(breaking, ' ').replace(/ {2,}/g, ' ').trim()
  const characters = [...line]
  return characters.length <= limit
    ? line
    : `${characters
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`
}

/** Control characters, line and paragraph separators, which could start a new header. */
const breaking = /[\p{Cc}\p{Zl}\p{Zp}]+/gu
