import { outcomeDecision } from '../../domain/email/email-outcome.ts'
import { parseLeadId } from '../../domain/lead/lead-id.ts'
import { cancelledByHand } from '../../domain/sending/hold-email.ts'
import type { Bus, Clock } from '../ports.ts'
import type { Send, Sends } from '../send-ports.ts'

export interface CancelEmailPorts {
  readonly sends: Pick<Sends, 'cancel'>
  readonly bus: Pick<Bus, 'publish'>
  readonly clock: Clock
}

export type Cancelled =
  | { readonly type: 'cancelled'; readonly send: Send }
  | { readonly type: 'not-held'; readonly send: Send }
  | { readonly type: 'unknown-email' }

/**
 * Takes a held email back. Doing so again gives the same answer; should the bus not be told, the email's wake-up tells it.
 * @param sendId begins with the lead's id.
 */
export const makeCancelEmail =
  ({ sends, bus, clock }: CancelEmailPorts) =>
  async (sendId: string): Promise<Cancelled> => {
    const leadId = parseLeadId(sendId.split(':', 1)[0])
    const send = leadId && (await sends.cancel(leadId, sendId, clock()))
    if (!send) return { type: 'unknown-email' }
    if (send.status !== 'suppressed' || send.reason !== cancelledByHand) return { type: 'not-held', send }
    const outcome = { status: 'suppressed', at: send.at ?? clock(), reason: cancelledByHand } as const
    await bus.publish([outcomeDecision(send.request, outcome, send.cause)])
    return { type: 'cancelled', send }
  }
