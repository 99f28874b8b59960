import { type EmailOutcome, outcomeDecision, type RequestCause } from '../../domain/email/email-outcome.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import { failedEmail } from '../../domain/email/failed-email.ts'
import type { Bus } from '../ports.ts'
import { type SetWakePorts, setWake } from './set-wake.ts'

export interface TellOutcomePorts extends SetWakePorts {
  readonly bus: Bus
}

/** Tells the bus what became of an email, and sees to it that a held one is looked at again. Safe to repeat. */
export const tellOutcome = async (
  ports: TellOutcomePorts,
  request: EmailRequest,
  outcome: EmailOutcome,
  cause: RequestCause,
): Promise<void> => {
  const { bus } = ports
  if (outcome.status === 'held') await setWake(ports, request, 'held', outcome.until)
  await bus.publish([outcomeDecision(request, outcome, cause)])
  if (outcome.status === 'failed' && request.recipient === 'lead')
    await bus.submit([failedEmail(request, outcome.at, outcome.reason)])
}
