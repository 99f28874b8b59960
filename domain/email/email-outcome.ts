import type { JsonObject } from '../json.ts'
import type { Decision } from '../lead/decision.ts'
import type { EmailRequest } from './email-request.ts'

/** How an email ended. `reason` begins with a code; what follows a colon is for the console and may name persons. */
export type EmailOutcome =
  | { readonly status: 'sent'; readonly at: string; readonly messageId?: string; readonly language?: string }
  | { readonly status: 'suppressed' | 'failed' | 'exited'; readonly at: string; readonly reason: string }

export interface RequestCause {
  readonly decisionId: string
  readonly correlationId: string
}

/** What the bus is told of an outcome; the same send always has the same id. */
export const outcomeDecision = (
  request: EmailRequest,
  outcome: EmailOutcome,
  cause: RequestCause,
): Decision => ({
  id: `${request.sendId}:${outcome.status}`,
  type: outcome.status === 'sent' ? 'EmailSent' : 'EmailSuppressed',
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
      }
    case 'suppressed':
    case 'failed':
    case 'exited':
      return { outcome: outcome.status, reason: outcome.reason.split(':', 1)[0] ?? outcome.status }
    default:
      return outcome satisfies never
  }
}
