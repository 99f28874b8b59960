import { identityKey } from '../activity/subject.ts'
import { type Consent, trackingPurpose } from '../lead/consent.ts'
import type { LeadState } from '../lead/lead-state.ts'
import type { SuppressionReason } from '../lead/mail.ts'
import type { ConfirmationRequest, EmailRequest } from '../model/email-request.ts'
import type { EmailTemplate } from '../model/playbook.ts'
import type { Settings } from '../model/settings.ts'

/** The consent that allows an email: its purpose, and the fact that holds wording, form, time and method. */
export interface ConsentRef {
  readonly purpose: string
  readonly factId: string
}

/**
 * What a marketing email needs consent for: what its front matter names, else the first purpose of the settings.
 * @returns undefined where the playbook knows no purposes: any consent to be written to does.
 */
export const purposeOf = (
  translations: Readonly<Record<string, EmailTemplate>>,
  { purposes = {} }: Pick<Settings, 'purposes'>,
): string | undefined =>
  Object.values(translations).find(({ purpose }) => purpose !== undefined)?.purpose ??
  Object.keys(purposes)[0]

/** @param purpose absent: of several granted ones the oldest is named. */
export const consentFor = (state: LeadState, purpose: string | undefined): ConsentRef | undefined => {
  const granted = Object.entries(state.consent)
    .filter(([, { status }]) => status === 'granted')
    .filter(([one]) => (purpose === undefined ? one !== trackingPurpose : one === purpose))
    .toSorted(([, a], [, b]) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const [first] = granted
  return first && { purpose: first[0], factId: first[1].factId }
}

/** What stands against writing to an address: what became of mail to it, whoever it was for, or that its owner was erased. */
export interface SuppressedAddress {
  readonly reason: SuppressionReason | 'erased'
  /** RFC 3339 UTC. */
  readonly at: string
  /** When its owner was last erased (RFC 3339 UTC), whatever else stands against the address. */
  readonly erasedAt?: string
}

/** An activity of before an erasure, whenever it arrives, brings nobody back. */
export const isForgotten = (
  occurredAt: string,
  suppressed: Pick<SuppressedAddress, 'erasedAt'> | undefined,
): boolean => suppressed?.erasedAt !== undefined && occurredAt <= suppressed.erasedAt

/** Of two reasons the one with the higher number stands. */
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

/** What a new reason takes the place of: `weaker` in any case, `equal` where that is earlier. */
export const outweighed = (reason: SuppressedAddress['reason']) => ({
  weaker: allReasons.filter((one) => weights[one] < weights[reason]),
  equal: allReasons.filter((one) => weights[one] === weights[reason]),
})

/**
 * Which mailbox an address means, as the suppression list knows it: providers tell no cases apart, but `anna+news@…` may
 * bounce where `anna@…` does not.
 */
export const mailboxKey = (address: string): string =>
  identityKey(address, { plusTags: 'distinct', case: 'same' })

type Answered = Pick<LeadState, 'consent' | 'confirmations'>

/** Somebody reads what comes to the address: they confirmed a consent after `at`. */
const provenSince = ({ consent }: Pick<LeadState, 'consent'>, at: string): boolean =>
  Object.values(consent).some((one) => one.status === 'granted' && one.confirmed === true && one.at > at)

/** It asks somebody who signed up after `at` to confirm. */
const asksSince = ({ confirmation }: EmailRequest, { confirmations }: Answered, at: string): boolean =>
  confirmations.some(
    ({ factId, reminder, at: askedAt }) =>
      factId === confirmation?.factId && reminder === undefined && askedAt > at,
  )

/**
 * Whether an email is stopped by what stands against its address. After a complaint nothing goes there any more, whatever
 * is signed up for: whoever reports mail as spam has said so to the provider, not to us. An address that bounced, or that
 * SES keeps on a list of its own, gets one kind of mail: the confirmation that a sign-up after the bounce asks for, since
 * mailboxes are made again and names are typed wrongly. That being confirmed lifts it; consent by word alone does not.
 * Of somebody who was erased `judgeSend` says the rest.
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

/** The one reason for not sending that may pass by itself: facts arrive in any order, and consent may come a moment later. */
export const lackingConsent = 'no-consent'

/** What was asked for before a lead went to sales does not reach it while sales has it. */
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
 * Whether an email may go to its lead now, judged last thing before it is sent. A bounce or complaint stops all mail
 * (`stops` says for how long); marketing mail needs a granted consent, a confirmation one that is still open. Whoever was
 * erased at that address gets marketing mail again by a confirmed consent alone.
 * @param mail `purpose`: what the consent to this marketing email has to be for; absent: any purpose does.
 * @param exits whether the sequence's exit condition now holds; asked only of emails that follow a wait.
 */
export const judgeSend = (
  request: EmailRequest,
  { kind, purpose }: { readonly kind: 'marketing' | 'transactional'; readonly purpose?: string | undefined },
  lead: {
    readonly email?: string
    readonly state: LeadState
    /** What stands against the address, beside what the lead's own log says. */
    readonly suppressed?: readonly SuppressedAddress[]
    /** Sales has the lead, and the email's sequence stands back then. */
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
 * Consent by word alone is asked for as if there were none, and that to an address which has bounced until it is proven.
 * What was confirmed or taken back before it was asked for is asked for again.
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

/** An encoded word may have 75 characters, 12 of them its frame: 45 bytes make 60 of base64. */
const bytesPerWord = 45

/** `Name <address>` as RFC 5322 and RFC 2047 want it, whatever the name holds. */
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

/** Text fit for one header: on one line, at most `limit` characters. */
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

/** Control characters, line and paragraph separators: nothing of a header's value may begin a new line. */
const breaking = /[\p{Cc}\p{Zl}\p{Zp}]+/gu
