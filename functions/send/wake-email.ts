import type { RequestCause } from '../../domain/email/email-outcome.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { cancelledByHand } from '../../domain/sending/hold-email.ts'
import { type Clock, Transient } from '../ports.ts'
import type { Sends } from '../send-ports.ts'

/** The alarm of a held email. */
export interface EmailWake {
  readonly leadId: LeadId
  readonly sendId: string
  /** Until when it was held. */
  readonly until: string
}

export interface WakeEmailPorts {
  readonly sends: Pick<Sends, 'load'>
  readonly clock: Clock
  readonly sendEmail: (request: EmailRequest, cause: RequestCause) => Promise<void>
}

/**
 * The time of a held email has come: everything is judged again. One that was cancelled is told once more, in case
 * whoever did it died before; one that is gone, over, or held until another time, is left alone.
 * @throws Transient when the alarm is early.
 */
export const makeWakeEmail =
  ({ sends, clock, sendEmail }: WakeEmailPorts) =>
  async ({ leadId, sendId, until }: EmailWake): Promise<void> => {
    const send = await sends.load(leadId, sendId)
    if (!send) return
    const isMeant = send.status === 'held' && send.until === until
    if (isMeant && clock() < until) throw new Transient(`${sendId} is held until ${until}`)
    if (isMeant || send.reason === cancelledByHand) await sendEmail(send.request, send.cause)
  }
