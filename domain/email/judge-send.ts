import type { LeadState } from '../lead/lead-state.ts'
import type { EmailRequest } from './email-request.ts'

/** The one reason for not sending that may pass by itself: facts arrive in any order, and consent may come a moment later. */
export const lackingConsent = 'no-consent'

export type Verdict =
  | { readonly type: 'send'; readonly to: string }
  | {
      readonly type: 'suppressed'
      readonly reason: 'no-address' | 'bounced' | 'complained' | typeof lackingConsent | 'already-answered'
    }
  | { readonly type: 'exited' }

/**
 * Whether an email may go to its lead now, judged last thing before it is sent. A bounce or complaint stops all mail;
 * marketing mail needs a granted consent, a confirmation one that is still open.
 * @param exits whether the sequence's exit condition holds by now; asked only of emails that follow a wait.
 */
export const judgeSend = (
  request: EmailRequest,
  kind: 'marketing' | 'transactional',
  lead: { readonly email?: string; readonly state: LeadState },
  exits: () => boolean,
): Verdict => {
  const { email, state } = lead
  if (state.suppression) return { type: 'suppressed', reason: state.suppression.reason }
  if (email === undefined) return { type: 'suppressed', reason: 'no-address' }
  if (request.confirmation && state.consent[request.confirmation.purpose]?.status !== 'pending')
    return { type: 'suppressed', reason: 'already-answered' }
  if (kind === 'marketing' && !hasConsent(state)) return { type: 'suppressed', reason: lackingConsent }
  if (request.run?.afterWait && exits()) return { type: 'exited' }
  return { type: 'send', to: email }
}

const hasConsent = (state: LeadState): boolean =>
  Object.values(state.consent).some(({ status }) => status === 'granted')
