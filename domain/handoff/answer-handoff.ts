import type { Activity } from '../activity/activity.ts'
import type { Decision } from '../lead/decision.ts'
import type { Handoff } from './handoff.ts'
import type { HandoffRules } from './handoff-rules.ts'
import { requestedId } from './request-handoff.ts'

export type HandoffReply =
  | { readonly type: 'accept'; readonly by: string }
  | { readonly type: 'reject'; readonly by: string; readonly reason: string }

export type AnswerResult =
  | { readonly type: 'answered'; readonly handoff: Handoff }
  /** The same answer by the same person stands already: nothing to do, and nothing wrong. */
  | { readonly type: 'repeated'; readonly handoff: Handoff }
  | { readonly type: 'no-longer-open'; readonly handoff: Handoff }
  | { readonly type: 'unknown-reason'; readonly reasons: readonly string[] }

/** What a salesperson's answer makes of a handoff. Only an open one can be answered: the first answer stands. */
export const answerHandoff = (
  handoff: Handoff,
  reply: HandoffReply,
  rules: HandoffRules,
  now: string,
): AnswerResult => {
  if (reply.type === 'reject' && !Object.hasOwn(rules.reject, reply.reason))
    return { type: 'unknown-reason', reasons: Object.keys(rules.reject) }
  if (handoff.answer.state !== 'requested')
    return isSameAnswer(handoff, reply) ? { type: 'repeated', handoff } : { type: 'no-longer-open', handoff }
  switch (reply.type) {
    case 'accept':
      return {
        type: 'answered',
        handoff: {
          ...handoff,
          answer: { state: 'accepted', at: now, by: reply.by },
          outbox: [...handoff.outbox, outcome(handoff, 'HandoffAccepted', 'accepted', now, {})],
        },
      }
    case 'reject':
      return {
        type: 'answered',
        handoff: {
          ...handoff,
          answer: { state: 'rejected', at: now, by: reply.by, reason: reply.reason },
          outbox: [
            ...handoff.outbox,
            outcome(handoff, 'HandoffRejected', 'rejected', now, { reason: reply.reason }),
          ],
        },
      }
    default:
      return reply satisfies never
  }
}

const isSameAnswer = (handoff: Handoff, reply: HandoffReply): boolean => {
  switch (reply.type) {
    case 'accept':
      return handoff.answer.state === 'accepted' && handoff.answer.by === reply.by
    case 'reject':
      return (
        handoff.answer.state === 'rejected' &&
        handoff.answer.by === reply.by &&
        handoff.answer.reason === reply.reason
      )
    default:
      return reply satisfies never
  }
}

const outcome = (
  handoff: Handoff,
  type: 'HandoffAccepted' | 'HandoffRejected',
  name: string,
  now: string,
  data: Decision['data'],
): Decision => ({
  id: `${handoff.handoffId}:${name}`,
  type,
  occurredAt: now,
  causationId: requestedId(handoff),
  correlationId: handoff.handoffId,
  leadId: handoff.leadId,
  data: { handoffId: handoff.handoffId, ...data },
})

/** An answer is also a fact about the lead: it goes into the log, where the fold recycles or closes a rejected lead. */
export const activityOfAnswer = (decision: Decision): Activity | undefined => {
  if (decision.type !== 'HandoffAccepted' && decision.type !== 'HandoffRejected') return undefined
  return {
    id: decision.id,
    type: decision.type === 'HandoffAccepted' ? 'handoff.accepted' : 'handoff.rejected',
    subject: { leadId: decision.leadId },
    occurredAt: decision.occurredAt,
    timeAssumed: false,
    properties: decision.data,
  }
}
