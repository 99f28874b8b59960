import type { Activity } from '../../domain/activity/activity.ts'
import { type EmailOutcome, outcomeDecision, type RequestCause } from '../../domain/email/email-outcome.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Alarms, Bus, Clock } from '../ports.ts'

export interface TellOutcomePorts {
  readonly bus: Bus
  readonly alarms: Alarms
  readonly clock: Clock
}

/** Time for the call that sets an alarm: Scheduler promises nothing for times that have passed. */
const leadTime = 5_000

/** What stands in the timeline of a lead that could not be written to; SES names the address in what it says. */
const failureOf = ({ leadId, sendId, email }: EmailRequest, at: string, reason: string): Activity => ({
  id: `${sendId}:failed`,
  type: 'email.failed',
  subject: { leadId },
  occurredAt: at,
  timeAssumed: false,
  properties: { email, sendId, reason: reason.replaceAll(/\S+@\S+/g, '…').slice(0, 500) },
})

/** Tells the bus what became of an email, and sees to it that a held one is looked at again. Safe to repeat. */
export const tellOutcome = async (
  { bus, alarms, clock }: TellOutcomePorts,
  request: EmailRequest,
  outcome: EmailOutcome,
  cause: RequestCause,
): Promise<void> => {
  const { leadId, sendId, recipient } = request
  if (outcome.status === 'held') {
    const { until } = outcome
    const soonest = addMilliseconds(clock(), leadTime)
    const at = until < soonest ? soonest : until
    await alarms.set(`${sendId}:held:${until}`, at, { type: 'wake', leadId, sendId, until })
  }
  await bus.publish([outcomeDecision(request, outcome, cause)])
  if (outcome.status === 'failed' && recipient === 'lead')
    await bus.submit([failureOf(request, outcome.at, outcome.reason)])
}
