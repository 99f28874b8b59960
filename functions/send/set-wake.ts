import type { EmailRequest } from '../../domain/email/email-request.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Alarms, Clock } from '../ports.ts'

export interface SetWakePorts {
  readonly alarms: Alarms
  readonly clock: Clock
}

/** Time for the call that sets an alarm: Scheduler promises nothing for times that have passed. */
const leadTime = 5_000

/**
 * Has an email looked at again at `until` (a whole second, RFC 3339 UTC), or in a moment where that is over. Safe to repeat.
 * @param of what ends then: the wait of a held email, or the lease of somebody's claim.
 */
export const setWake = async (
  { alarms, clock }: SetWakePorts,
  { leadId, sendId }: Pick<EmailRequest, 'leadId' | 'sendId'>,
  of: 'held' | 'claim',
  until: string,
): Promise<void> => {
  const soonest = addMilliseconds(clock(), leadTime)
  const at = until < soonest ? soonest : until
  await alarms.set(`${sendId}:${of}:${until}`, at, { type: 'wake', leadId, sendId, until })
}
