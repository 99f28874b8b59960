import type { EmailRequest } from '../../domain/email/email-request.ts'
import { wholeSecond } from '../../domain/sending/hold-email.ts'
import { Transient } from '../ports.ts'
import type { Claimed } from './send-outcome.ts'
import { type SetWakePorts, setWake } from './set-wake.ts'

/**
 * Senders that may die over one email, one lease after the other, before it is left in its queue: that gives it up in the
 * end, and somebody hears of it.
 */
const mostLapses = 10

/**
 * Somebody else's claim on an email: it is looked at again when the lease ends, whatever has come of it by then. Deliveries
 * of the message are for other failures: a crash must not use them up by waiting.
 * @throws Transient when one sender after the other has died over this email.
 */
export const awaitClaim = async (
  ports: SetWakePorts,
  request: EmailRequest,
  { leaseUntil, lapses }: Claimed,
): Promise<void> => {
  if (lapses >= mostLapses) throw new Transient(`send ${request.sendId} is claimed until ${leaseUntil}`)
  await setWake(ports, request, 'claim', wholeSecond(leaseUntil))
}
