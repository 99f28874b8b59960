import type { RequestCause } from '../../domain/email/email-outcome.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { type Clock, Transient } from '../ports.ts'
import type { Sends } from '../send-ports.ts'

/** The alarm of a held email, or of one that somebody had claimed. */
export interface EmailWake {
  readonly leadId: LeadId
  readonly sendId: string
  /** Until when it was held, or its claim's lease ran. */
  readonly until: string
  /** Somebody let it go on before that. */
  readonly early?: true
}

export interface WakeEmailPorts {
  readonly sends: Pick<Sends, 'load'>
  readonly clock: Clock
  readonly sendEmail: (request: EmailRequest, cause: RequestCause, heldUntil?: string) => Promise<void>
}

/**
 * The time of an email has come: a held one is judged again, one whose sender died is taken up. One that is over is told
 * once more, in case whoever settled or cancelled it died before; this message may itself have come to them. One that is
 * gone, or held until another time, is left alone.
 * @throws Transient when the alarm is early.
 */
export const makeWakeEmail =
  ({ sends, clock, sendEmail }: WakeEmailPorts) =>
  async ({ leadId, sendId, until, early }: EmailWake): Promise<void> => {
    const send = await sends.load(leadId, sendId)
    if (!send || (send.status === 'held' && send.until !== until)) return
    if (early) return sendEmail(send.request, send.cause, until)
    if (send.status === 'held' && clock() < until) throw new Transient(`${sendId} is held until ${until}`)
    await sendEmail(send.request, send.cause)
  }
