import * as z from 'zod/mini'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'

/** One message of a batch, its body read as JSON but not yet as anything in particular. */
export interface QueueMessage {
  readonly messageId: string
  readonly body: unknown
}

/** An event as EventBridge puts it on a queue. */
interface BusEvent {
  readonly id: string
  readonly type: string
  readonly source: string
  /** RFC 3339, to the second. */
  readonly time: string
  readonly detail: Readonly<Record<string, unknown>>
}

const eventSchema = z.object({
  id: z.string(),
  'detail-type': z.string(),
  source: z.string(),
  time: z.string(),
  detail: z.record(z.string(), z.unknown()),
})

/** @returns undefined when `body` is not an event. */
export const parseBusEvent = (body: unknown): BusEvent | undefined => {
  const { data } = z.safeParse(eventSchema, body)
  return (
    data && {
      id: data.id,
      type: data['detail-type'],
      source: data.source,
      time: data.time,
      detail: data.detail,
    }
  )
}

/** @throws when `body` is not an event: the message ends in the dead-letter queue. */
export const busEventOf = (body: unknown): BusEvent => {
  const event = parseBusEvent(body)
  if (event === undefined) throw new Error('the message is not an event')
  return event
}

/** A decision as it came over the bus (CONTRACT section 6); what `data` holds depends on `type`. */
export interface DecisionEvent {
  readonly type: string
  readonly id: string
  readonly occurredAt: string
  readonly correlationId: string
  readonly causationId: string
  readonly leadId: LeadId
  readonly data: Readonly<Record<string, unknown>>
}

const schema = z.object({
  metadata: z.object({
    id: z.string(),
    occurredAt: z.string(),
    correlationId: z.string(),
    causationId: z.string(),
  }),
  data: z.looseObject({ leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined) }),
})

/** @throws when `body` is not a decision: the message ends in the dead-letter queue. */
export const decisionEventOf = (body: unknown): DecisionEvent => {
  const event = busEventOf(body)
  const { data: detail } = z.safeParse(schema, event.detail)
  if (detail === undefined) throw new Error(`the ${event.type} event is not a decision`)
  return { type: event.type, ...detail.metadata, leadId: detail.data.leadId, data: detail.data }
}
