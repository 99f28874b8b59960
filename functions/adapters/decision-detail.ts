import type { Decision } from '../../domain/model/decision.ts'

/** What leaves on the bus for a decision. */
export const decisionDetail = (decision: Decision) => ({
  metadata: {
    id: decision.id,
    version: 1,
    occurredAt: decision.occurredAt,
    correlationId: decision.correlationId,
    causationId: decision.causationId,
    ...(decision.unawaited && { unawaited: true }),
    ...(decision.unheard && { unheard: true }),
  },
  data: { leadId: decision.leadId, ...decision.data },
})
