import type { EmailOutcome } from '../../domain/email/email-outcome.ts'
import { type HoldReason, holdReasons } from '../../domain/sending/hold-email.ts'
import type { Send } from '../send-ports.ts'

/** Somebody is at it, or died over it: what came of it is not known before the claim's lease ends. */
export interface Claimed {
  readonly status: 'claimed'
  readonly leaseUntil: string
  /** How many leases ran out before this one. */
  readonly lapses: number
}

const holdReasonOf = (text: string | undefined): HoldReason =>
  holdReasons.find((reason) => reason === text) ?? 'window'

/** What stands of a send that came to an outcome earlier: told again, in case its sender died before it could. */
export const outcomeOf = (send: Send): EmailOutcome | Claimed => {
  const at = send.at ?? send.claimedAt
  switch (send.status) {
    case 'claimed':
      return { status: 'claimed', leaseUntil: send.leaseUntil, lapses: send.lapses ?? 0 }
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
