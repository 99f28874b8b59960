import * as z from 'zod/mini'
import { stageIds } from '../../domain/funnel/funnel-rules.ts'
import type { Qualified } from '../../domain/handoff/request-handoff.ts'
import { decisionEventOf } from '../queue/decision-event.ts'
import type { LeadCycle } from './take-back-handoffs.ts'

/** What stands on the handoff queue. */
export type HandoffMessage =
  | { readonly type: 'qualified'; readonly qualified: Qualified }
  | { readonly type: 'withdrawn'; readonly cycle: LeadCycle }
  /** New rules would not have handed the lead over: what sales has been given stays with sales. */
  | { readonly type: 'rescored' }

const qualifiedSchema = z.object({ score: z.number(), stage: z.enum(stageIds), cycle: z.number() })
const withdrawnSchema = z.object({ cycle: z.number() })

/** @throws when `body` is neither: the message ends in the dead-letter queue. */
export const parseMessage = (body: unknown): HandoffMessage => {
  const { type, id, leadId, correlationId, data } = decisionEventOf(body)
  if (type === 'QualificationWithdrawn') {
    if (data.rescored !== undefined) return { type: 'rescored' }
    const withdrawn = z.safeParse(withdrawnSchema, data)
    if (withdrawn.success) return { type: 'withdrawn', cycle: { leadId, cycle: withdrawn.data.cycle } }
  }
  const qualified = z.safeParse(qualifiedSchema, data)
  if (type !== 'LeadQualified' || !qualified.success)
    throw new Error(`the ${type} event qualifies no lead, nor takes it back`)
  return { type: 'qualified', qualified: { ...qualified.data, leadId, decisionId: id, correlationId } }
}
