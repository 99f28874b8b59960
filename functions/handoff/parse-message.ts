import * as z from 'zod/mini'
import type { Qualified } from '../../domain/handoff/request-handoff.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import { stageIds } from '../../domain/model/deal.ts'
import type { Decision } from '../../domain/model/decision.ts'
import { leadIdSchema } from '../../domain/model/email-request.ts'
import { isDecisionFor } from '../../domain/model/event-table.ts'
import type { TakenBy } from '../../domain/model/events.ts'
import { decisionIn } from '../queue/message.ts'
import type { LeadCycle } from './answer-handoff.ts'
import type { DeadlineTimer } from './pass-deadline.ts'

export type Explored = Pick<Decision<'LeadExplored'>, 'id' | 'leadId' | 'occurredAt' | 'data'>

/** A message of the handoff queue. */
type HandoffMessage =
  | { readonly type: 'qualified'; readonly qualified: Qualified }
  | { readonly type: 'withdrawn'; readonly cycle: LeadCycle }
  /** The deadline of an unanswered handoff. */
  | { readonly type: 'deadline'; readonly timer: DeadlineTimer }
  /** An answer over HTTP, to be published even if its process died. */
  | { readonly type: 'publish'; readonly handoffId: string }
  | { readonly type: 'accepted'; readonly handoffId: string }
  /** A lead just below the threshold was drawn to be handed over. */
  | { readonly type: 'explored'; readonly explored: Explored }
  /** Sales returned the lead, or a deal with it began, ended or reopened. */
  | { readonly type: 'lead'; readonly leadId: LeadId }
  /** Leads were merged or parted: those that stand for themselves now. */
  | { readonly type: 'family'; readonly leadIds: readonly LeadId[] }
  /** Withdrawn by new rules: handoffs already made stay with sales. */
  | { readonly type: 'rescored' }
  /** A change within a deal that concerns no handoff. */
  | { readonly type: 'on-its-way' }

const deadlineSchema = z.object({
  type: z.literal('deadline'),
  handoffId: z.string(),
  at: z.iso.datetime(),
})
/** A handoff delayed by the quota. */
const waitingSchema = z.object({
  type: z.literal('waiting'),
  qualified: z.object({
    score: z.number(),
    explored: z.exactOptional(z.number()),
    stage: z.enum(stageIds),
    cycle: z.number(),
    leadId: leadIdSchema,
    decisionId: z.string(),
    correlationId: z.string(),
  }),
})
const publishSchema = z.object({ type: z.literal('publish'), handoffId: z.string() })

/** @throws for an unknown message, which ends in the dead-letter queue. */
export const parseMessage = (body: unknown): HandoffMessage => {
  const timer = z.safeParse(deadlineSchema, body)
  if (timer.success) {
    const { handoffId, at } = timer.data
    return { type: 'deadline', timer: { handoffId, at } }
  }
  const waiting = z.safeParse(waitingSchema, body)
  if (waiting.success) return { type: 'qualified', qualified: waiting.data.qualified }
  const answered = z.safeParse(publishSchema, body)
  if (answered.success) return { type: 'publish', handoffId: answered.data.handoffId }
  return messageOf(decisionIn(body, isDecisionFor('handoff')))
}

export const qualifiedOf = ({
  id: decisionId,
  leadId,
  correlationId,
  data: { score, stage, cycle, explored },
}: Decision<'LeadQualified'>): Qualified => ({
  ...{ score, stage, cycle, leadId, decisionId, correlationId },
  ...(explored !== undefined && { explored }),
})

const messageOf = (decision: Decision<TakenBy<'handoff'>>): HandoffMessage => {
  const { type, leadId, data } = decision
  switch (type) {
    case 'LeadQualified':
      return { type: 'qualified', qualified: qualifiedOf(decision) }
    case 'QualificationWithdrawn':
      return data.rescored === undefined
        ? { type: 'withdrawn', cycle: { leadId, cycle: data.cycle } }
        : { type: 'rescored' }
    case 'LeadExplored':
      return data.rescored === undefined ? { type: 'explored', explored: decision } : { type: 'rescored' }
    case 'HandoffAccepted':
      return { type: 'accepted', handoffId: data.handoffId }
    case 'DealPhaseChanged':
      return data.from === null ? { type: 'lead', leadId } : { type: 'on-its-way' }
    case 'LeadMerged':
      return { type: 'family', leadIds: [leadId] }
    case 'LeadUnmerged':
      return { type: 'family', leadIds: [leadId, data.merged] }
    case 'LeadRecycled':
    case 'LeadClosed':
    case 'DealWon':
    case 'DealLost':
    case 'DealOutcomeWithdrawn':
      return { type: 'lead', leadId }
    default:
      return type satisfies never
  }
}
