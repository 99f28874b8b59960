import * as z from 'zod/mini'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import { busEventOf } from './message.ts'

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
