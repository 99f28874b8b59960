import type { JsonObject } from '../json.ts'
import type { Decision, DecisionType } from '../lead/decision.ts'
import type { HoldReason } from '../sending/hold-email.ts'
import type { ConsentRef } from './email-consent.ts'
import type { EmailRequest } from './email-request.ts'

/** How an email ended. `reason` begins with a code; what follows a colon is for the console and may name persons. */
export type EmailOutcome =
  | {
      readonly status: 'sent'
      readonly at: string
      readonly messageId?: string
      readonly language?: string
      readonly consent?: ConsentRef
    }
  | { readonly status: 'suppressed' | 'failed' | 'exited'; readonly at: string; readonly reason: string }
  /** Not over: looked at again at `until`. */
  | {
      readonly status: 'held'
      readonly at: string
      readonly reason: HoldReason
      readonly until: string
    }

export interface RequestCause {
  readonly decisionId: string
  readonly correlationId: string
}

/** An email is held several times where what it waits for has not come. */
const keyOf = (outcome: EmailOutcome): string =>
  outcome.status === 'held' ? `held:${outcome.until}` : outcome.status

const typeOf = ({ status }: EmailOutcome): DecisionType => {
  switch (status) {
    case 'sent':
      return 'EmailSent'
    case 'held':
      return 'EmailHeld'
    case 'suppressed':
    case 'failed':
    case 'exited':
      return 'EmailSuppressed'
    default:
      return status satisfies never
  }
}

/** What the bus is told of an outcome; the same send always has the same id. */
export const outcomeDecision = (
  request: EmailRequest,
  outcome: EmailOutcome,
  cause: RequestCause,
): Decision => ({
  id: `${request.sendId}:${keyOf(outcome)}`,
  type: typeOf(outcome),
  occurredAt: outcome.at,
  causationId: cause.decisionId,
  correlationId: cause.correlationId,
  leadId: request.leadId,
  data: {
    leadId: request.leadId,
    sendId: request.sendId,
    email: request.email,
    recipient: request.recipient,
    ...(request.run && { sequence: request.run.sequence, runId: request.run.runId, step: request.run.step }),
    ...outcomeData(outcome),
  },
})

const outcomeData = (outcome: EmailOutcome): JsonObject => {
  switch (outcome.status) {
    case 'sent':
      return {
        ...(outcome.messageId !== undefined && { messageId: outcome.messageId }),
        ...(outcome.language !== undefined && { language: outcome.language }),
        ...(outcome.consent && { consent: { ...outcome.consent } }),
      }
    case 'held':
      return { reason: outcome.reason, until: outcome.until }
    case 'suppressed':
    case 'failed':
    case 'exited':
      return { outcome: outcome.status, reason: outcome.reason.split(':', 1)[0] ?? outcome.status }
    default:
      return outcome satisfies never
  }
}
