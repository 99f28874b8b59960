import type { EmailOutcome } from '../../domain/email/email-outcome.ts'
import { type HoldReason, holdReasons } from '../../domain/sending/hold-email.ts'
import { Transient } from '../ports.ts'
import type { Send } from '../send-ports.ts'

const holdReasonOf = (text: string | undefined): HoldReason =>
  holdReasons.find((reason) => reason === text) ?? 'window'

/**
 * The outcome of a send that was settled earlier: told again, in case its sender died before it could.
 * @throws Transient for one that somebody is at.
 */
export const outcomeOf = (send: Send): EmailOutcome => {
  const at = send.at ?? send.claimedAt
  switch (send.status) {
    case 'claimed':
      throw new Transient(`send ${send.sendId} is claimed until ${send.leaseUntil}`)
    case 'held':
      return { status: 'held', at, reason: holdReasonOf(send.reason), until: send.until ?? at }
    case 'sent':
      return {
        status: 'sent',
        at,
        ...(send.messageId !== undefined && { messageId: send.messageId }),
        ...(send.language !== undefined && { language: send.language }),
        ...(send.consent && { consent: send.consent }),
      }
    case 'suppressed':
    case 'failed':
    case 'exited':
      return { status: send.status, at, reason: send.reason ?? send.status }
    default:
      return send.status satisfies never
  }
}
