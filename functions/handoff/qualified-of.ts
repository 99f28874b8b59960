import * as z from 'zod/mini'
import { stageIds } from '../../domain/funnel/funnel-rules.ts'
import type { Qualified } from '../../domain/handoff/request-handoff.ts'
import { decisionEventOf } from '../queue/decision-event.ts'

const schema = z.object({ score: z.number(), stage: z.enum(stageIds), cycle: z.number() })

/** @throws when `body` is not a LeadQualified event: the message ends in the dead-letter queue. */
export const qualifiedOf = (body: unknown): Qualified => {
  const event = decisionEventOf(body)
  const { data } = z.safeParse(schema, event.data)
  if (event.type !== 'LeadQualified' || !data) throw new Error(`the ${event.type} event qualifies no lead`)
  return { ...data, leadId: event.leadId, decisionId: event.id, correlationId: event.correlationId }
}
