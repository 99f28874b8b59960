import type { Consent, LeadState } from '../lead/lead-state.ts'
import { type ConsentRef, consentFor } from './email-consent.ts'
import type { ConfirmationRequest, EmailRequest } from './email-request.ts'
import { provenSince, type SuppressedAddress, stops } from './suppressed-address.ts'

/** The one reason for not sending that may pass by itself: facts arrive in any order, and consent may come a moment later. */
export const lackingConsent = 'no-consent'

/** What was asked for before a lead went to sales does not reach it while sales has it. */
export const whileWithSales = 'with-sales'

export type Verdict =
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
 * @param purpose what the consent to this marketing email has to be for; absent: any purpose does.
 * @param exits whether the sequence's exit condition holds by now; asked only of emails that follow a wait.
 */
export const judgeSend = (
  request: EmailRequest,
  kind: 'marketing' | 'transactional',
  lead: {
    readonly email?: string
    readonly state: LeadState
    /** What stands against the address, beside what the lead's own log says. */
    readonly suppressed?: readonly SuppressedAddress[]
    /** Sales has the lead, and the email's sequence stands back then. */
    readonly standsBack?: boolean
  },
  exits: () => boolean,
  purpose?: string,
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
