import type { JsonObject } from '../json.ts'
import type { LeadId } from '../lead/lead-id.ts'
import type { WebhookEventType } from './webhook-events.ts'

/** A decision that others are told of, as it left on the bus: no personal data in it. */
export interface WebhookEvent {
  readonly decisionId: string
  readonly type: WebhookEventType
  /** RFC 3339 UTC. */
  readonly occurredAt: string
  readonly leadId: LeadId
  readonly data: JsonObject
}

/**
 * What a receiver tells repeats by: the id of the decision, the same on every attempt. Standard Webhooks allows no full
 * stop in it, since one parts it from the time in what is signed; that and all else that a header may not hold is written
 * as `~` and four hexadecimal digits, so that two decisions never have one id.
 */
export const webhookIdOf = (decisionId: string): string =>
  decisionId.replaceAll(/[^\w:-]/g, (sign) => `~${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
