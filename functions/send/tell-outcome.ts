import { type EmailOutcome, outcomeDecision, type RequestCause } from '../../domain/email/email-outcome.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import { failedEmail } from '../../domain/email/failed-email.ts'
import type { JsonObject } from '../../domain/json.ts'
import type { TurnedAway } from '../../domain/sending/hold-email.ts'
import { emailFailedMessage, emailTurnedAwayMessage } from '../event-names.ts'
import type { Bus } from '../ports.ts'
import { type SetWakePorts, setWake } from './set-wake.ts'

export interface TellOutcomePorts extends SetWakePorts {
  readonly bus: Bus
  /** Writes a line that a metric counts; what goes with it names nobody. */
  readonly warn: (message: string, about: JsonObject) => void
}

/** What somebody has to mend before the email can go out. */
const turnedAway: ReadonlySet<string> = new Set<TurnedAway>([
  'sender-not-verified',
  'recipient-not-verified',
  'sending-disabled',
])

/** Tells the bus what became of an email, and sees to it that a held one is looked at again. Safe to repeat. */
export const tellOutcome = async (
  ports: TellOutcomePorts,
  request: EmailRequest,
  outcome: EmailOutcome,
  cause: RequestCause,
): Promise<void> => {
  const { bus, warn } = ports
  const { sendId, email } = request
  if (outcome.status === 'held') {
    if (turnedAway.has(outcome.reason))
      warn(emailTurnedAwayMessage, { sendId, email, reason: outcome.reason })
    await setWake(ports, request, 'held', outcome.until)
  }
  if (outcome.status === 'failed')
    warn(emailFailedMessage, { sendId, email, reason: outcome.reason.split(':', 1)[0] ?? '' })
  await bus.publish([outcomeDecision(request, outcome, cause)])
  if (outcome.status === 'failed' && request.recipient === 'lead')
    await bus.submit([failedEmail(request, outcome.at, outcome.reason)])
}
