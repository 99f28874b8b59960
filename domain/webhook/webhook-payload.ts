import type { JsonObject } from '../json.ts'
import { type Background, contactOf } from './told.ts'
import type { WebhookEvent } from './webhook-event.ts'

/**
 * Body for a program: `{ id, type, timestamp, data }` (Standard Webhooks). `data` is what the event says, with how the
 * handoff was asked for; who it is about only with `withLead`.
 */
export const webhookPayload = (
  event: WebhookEvent,
  { handoff, lead }: Background,
  withLead: boolean,
): JsonObject => ({
  id: event.decisionId,
  type: event.type,
  timestamp: event.occurredAt,
  data: {
    ...(handoff && {
      handoffId: handoff.handoffId,
      team: handoff.team,
      score: handoff.score,
      stage: handoff.stage,
      requestedAt: handoff.requestedAt,
      dueAt: handoff.dueAt,
    }),
    ...event.data,
    leadId: event.leadId,
    ...(withLead && lead && { lead: contactOf(lead) }),
    ...(withLead && handoff && { owner: { ...handoff.owner } }),
  },
})
