import * as z from 'zod/mini'
import type { JsonObject } from '../../domain/json.ts'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import type { WebhookEvent } from '../../domain/webhook/webhook-event.ts'
import { isWebhookEvent } from '../../domain/webhook/webhook-events.ts'
import { decisionEventOf } from '../queue/decision-event.ts'
import type { Attempt } from './attempt-delivery.ts'
import type { Replay, ReplayOne } from './replay-deliveries.ts'

/** What stands on the webhook queue. */
export type WebhookMessage =
  | { readonly type: 'event'; readonly event: WebhookEvent }
  | { readonly type: 'attempt'; readonly attempt: Attempt }
  | { readonly type: 'replay'; readonly replay: Replay }
  | { readonly type: 'replay-one'; readonly asked: ReplayOne }

const ref = z.object({
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  endpoint: z.string(),
  webhookId: z.string(),
})
const attemptSchema = z.extend(ref, { type: z.literal('attempt'), attempt: z.number() })
const replayOneSchema = z.extend(ref, { type: z.literal('replay-one'), attempts: z.number() })

const replaySchema = z.object({
  type: z.literal('replay'),
  endpoint: z.string(),
  since: z.string(),
  states: z.array(z.enum(['failed', 'delivered'])),
  cursor: z.optional(z.string()),
})

/** What came as JSON is JSON. */
const dataSchema = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null)

/** @throws when `body` is none of them: the message ends in the dead-letter queue. */
export const parseMessage = (body: unknown): WebhookMessage => {
  const attempted = z.safeParse(attemptSchema, body)
  if (attempted.success) {
    const { type: _, ...attempt } = attempted.data
    return { type: 'attempt', attempt }
  }
  const replayed = z.safeParse(replaySchema, body)
  if (replayed.success) {
    const { type: _, cursor, ...replay } = replayed.data
    return { type: 'replay', replay: { ...replay, ...(cursor !== undefined && { cursor }) } }
  }
  const again = z.safeParse(replayOneSchema, body)
  if (again.success) {
    const { type: _, ...asked } = again.data
    return { type: 'replay-one', asked }
  }
  const { type, id, occurredAt, leadId, data } = decisionEventOf(body)
  if (!isWebhookEvent(type)) throw new Error(`nobody is told of ${type} events`)
  const event = { decisionId: id, type, occurredAt, leadId, data: z.parse(dataSchema, data) }
  return { type: 'event', event }
}
