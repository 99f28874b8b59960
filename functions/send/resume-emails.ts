import type { RequestCause } from '../../domain/email/email-outcome.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import { lackingConsent } from '../../domain/email/judge-send.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Clock, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import type { Sends } from '../send-ports.ts'

export interface ResumeEmailsPorts {
  readonly sends: Pick<Sends, 'list'>
  readonly leads: Pick<Leads, 'load'>
  readonly clock: Clock
  readonly sendEmail: (request: EmailRequest, cause: RequestCause) => Promise<void>
}

/** Consent that comes later than this does not bring back what lacked it: the email would be old news. */
const waitsForConsent = 24 * 3_600_000

/**
 * A lead consented: what was held back for want of it in the last day, for whichever lead that is part of the person, is
 * sent, so that it does not matter which of two facts came first.
 */
export const makeResumeEmails =
  ({ sends, leads, clock, sendEmail }: ResumeEmailsPorts) =>
  async (leadId: LeadId, cause: RequestCause): Promise<void> => {
    const since = addMilliseconds(clock(), -waitsForConsent)
    const [own, person] = await Promise.all([sends.list(leadId), rootLead(leads, leadId)])
    const others = person ? [person.leadId, ...(person.members ?? [])].filter((one) => one !== leadId) : []
    const theirs = await Promise.all(others.map((one) => sends.list(one)))
    for (const send of [...own, ...theirs.flat()])
      if (send.status === 'suppressed' && send.reason === lackingConsent && send.claimedAt >= since)
        await sendEmail(send.request, cause)
  }
