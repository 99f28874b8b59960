import * as z from 'zod/mini'
import type { Qualified } from '../../domain/handoff/request-handoff.ts'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import { stageIds } from '../../domain/model/deal.ts'
import { type DecisionEvent, decisionEventOf } from '../queue/message.ts'
import type { LeadCycle } from './answer-handoff.ts'
import type { DeadlineTick } from './pass-deadline.ts'

/** What stands on the handoff queue. */
type HandoffMessage =
  | { readonly type: 'qualified'; readonly qualified: Qualified }
  | { readonly type: 'withdrawn'; readonly cycle: LeadCycle }
  /** The alarm of somebody who has not answered. */
  | { readonly type: 'deadline'; readonly tick: DeadlineTick }
  /** Something was answered over HTTP: it is told by now, or its teller died. */
  | { readonly type: 'publish'; readonly handoffId: string }
  /** Sales has said that they take it. */
  | { readonly type: 'accepted'; readonly handoffId: string }
  /** Sales gave the lead back, or a deal with it began, was won or lost, or is so no more. */
  | { readonly type: 'lead'; readonly leadId: LeadId }
  /** New rules would not have handed the lead over: what sales has been given stays with sales. */
  | { readonly type: 'rescored' }
  /** A deal goes its way. */
  | { readonly type: 'on-its-way' }

/** After which a handoff may be answered, won or lost without anybody having said so of it. */
const becameOf: ReadonlySet<string> = new Set([
  'LeadRecycled',
  'LeadClosed',
  'DealPhaseChanged',
  'DealWon',
  'DealLost',
  'DealOutcomeWithdrawn',
])

const qualifiedSchema = z.object({ score: z.number(), stage: z.enum(stageIds), cycle: z.number() })
const withdrawnSchema = z.object({ cycle: z.number() })
const deadlineSchema = z.object({
  type: z.literal('deadline'),
  handoffId: z.string(),
  at: z.iso.datetime(),
})
/** One that waited for its turn. */
const waitingSchema = z.object({
  type: z.literal('waiting'),
  qualified: z.extend(qualifiedSchema, {
    leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
    decisionId: z.string(),
    correlationId: z.string(),
  }),
})
const publishSchema = z.object({ type: z.literal('publish'), handoffId: z.string() })

/** @throws when `body` is none of them: the message ends in the dead-letter queue. */
export const parseMessage = (body: unknown): HandoffMessage => {
  const tick = z.safeParse(deadlineSchema, body)
  if (tick.success) {
    const { handoffId, at } = tick.data
    return { type: 'deadline', tick: { handoffId, at } }
  }
  const waiting = z.safeParse(waitingSchema, body)
  if (waiting.success) return { type: 'qualified', qualified: waiting.data.qualified }
  const answered = z.safeParse(publishSchema, body)
  if (answered.success) return { type: 'publish', handoffId: answered.data.handoffId }
  return messageOf(decisionEventOf(body))
}

const messageOf = ({ type, id, leadId, correlationId, data }: DecisionEvent): HandoffMessage => {
  if (type === 'HandoffAccepted' && typeof data.handoffId === 'string')
    return { type: 'accepted', handoffId: data.handoffId }
  if (type === 'DealPhaseChanged' && data.from !== null) return { type: 'on-its-way' }
  if (becameOf.has(type)) return { type: 'lead', leadId }
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
