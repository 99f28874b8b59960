import type { LeadState, SuppressionReason } from '../lead/lead-state.ts'
import { type ConsentRef, consentFor } from './email-consent.ts'
import type { EmailRequest } from './email-request.ts'

/** The one reason for not sending that may pass by itself: facts arrive in any order, and consent may come a moment later. */
export const lackingConsent = 'no-consent'

/** The address was suppressed before it was this lead's: it bounced for another lead, or its owner was erased. */
export interface SuppressedAddress {
  readonly reason: SuppressionReason | 'erased'
  /** RFC 3339 UTC. */
  readonly at: string
}

export type Verdict =
  | { readonly type: 'send'; readonly to: string; readonly consent?: ConsentRef }
  | {
      readonly type: 'suppressed'
      readonly reason: 'no-address' | SuppressedAddress['reason'] | typeof lackingConsent | 'already-answered'
    }
  | { readonly type: 'exited' }

/**
 * Whether an email may go to its lead now, judged last thing before it is sent. A bounce or complaint stops all mail;
 * marketing mail needs a granted consent, a confirmation one that is still open. Whoever was erased at that address gets
 * marketing mail again by a confirmed consent alone.
 * @param purpose what the consent to this marketing email has to be for; absent: any purpose does.
 * @param exits whether the sequence's exit condition holds by now; asked only of emails that follow a wait.
 */
export const judgeSend = (
  request: EmailRequest,
  kind: 'marketing' | 'transactional',
  lead: { readonly email?: string; readonly state: LeadState; readonly suppressed?: SuppressedAddress },
  exits: () => boolean,
  purpose?: string,
): Verdict => {
  const { email, state } = lead
  if (state.suppression) return { type: 'suppressed', reason: state.suppression.reason }
  const known = lead.suppressed?.reason
  if (known !== undefined && known !== 'erased') return { type: 'suppressed', reason: known }
  if (email === undefined) return { type: 'suppressed', reason: 'no-address' }
  if (request.confirmation && state.consent[request.confirmation.purpose]?.status !== 'pending')
    return { type: 'suppressed', reason: 'already-answered' }
  const consent = kind === 'marketing' ? consentFor(state, purpose) : undefined
  if (kind === 'marketing' && !consent) return { type: 'suppressed', reason: lackingConsent }
  if (known === 'erased' && consent && !isConfirmed(state, consent))
    return { type: 'suppressed', reason: known }
  if (request.run?.afterWait && exits()) return { type: 'exited' }
  return consent ? { type: 'send', to: email, consent } : { type: 'send', to: email }
}

const isConfirmed = (state: LeadState, { purpose }: ConsentRef): boolean =>
  state.consent[purpose]?.confirmed === true
