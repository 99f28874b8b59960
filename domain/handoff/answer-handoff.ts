import type { Activity } from '../activity/activity.ts'
import type { Decision } from '../lead/decision.ts'
import { stopDeadlines } from './deadlines.ts'
import type { Handoff } from './handoff.ts'
import { requestedId } from './handoff-ids.ts'
import type { HandoffRules } from './handoff-rules.ts'
import { takeOver } from './take-over.ts'

export type HandoffReply =
  | { readonly type: 'accept'; readonly by: string; readonly assignment?: number }
  | {
      readonly type: 'reject'
      readonly by: string
      /** Which assignment they answer for; absent: whichever is the present one. */
      readonly assignment?: number
      readonly reason: string
      /** In the salesperson's own words. */
      readonly note?: string
    }

export type AnswerResult =
  | { readonly type: 'answered'; readonly handoff: Handoff }
  /** The same answer by the same person stands already: nothing to do, and nothing wrong. */
  | { readonly type: 'repeated'; readonly handoff: Handoff }
  | { readonly type: 'no-longer-open'; readonly handoff: Handoff }
  /** Somebody else has it by now. */
  | { readonly type: 'handed-on'; readonly handoff: Handoff }
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
  if (reply.assignment !== undefined && reply.assignment !== handoff.assignments.length)
    return { type: 'handed-on', handoff }
  switch (reply.type) {
    case 'accept': {
      const taken = takeOver(handoff, reply.by, rules, now)
      return {
        type: 'answered',
        handoff: {
          ...taken,
          ...stopDeadlines(handoff, now),
          answer: { state: 'accepted', at: now, by: reply.by },
          outbox: [...taken.outbox, outcome(handoff, 'HandoffAccepted', 'accepted', now, {})],
        },
      }
    }
    case 'reject':
      return {
        type: 'answered',
        handoff: {
          ...handoff,
          ...stopDeadlines(handoff, now),
          answer: {
            state: 'rejected',
            at: now,
            by: reply.by,
            reason: reply.reason,
            ...(reply.note !== undefined && { note: reply.note }),
          },
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

/** What is told of an answer. @param data `because`: it came in as an activity, which is in the log already. */
export const outcome = (
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

/**
 * An answer is also a fact about the lead: it goes into the log, where the fold recycles or closes a rejected lead.
 * The remark goes with it alone: it may name people, and events do not.
 */
export const activityOfAnswer = (decision: Decision, { answer }: Handoff): Activity | undefined => {
  if (decision.type !== 'HandoffAccepted' && decision.type !== 'HandoffRejected') return undefined
  if (decision.data.because !== undefined) return undefined
  const note = decision.type === 'HandoffRejected' && answer.state === 'rejected' ? answer.note : undefined
  return {
    id: decision.id,
    type: decision.type === 'HandoffAccepted' ? 'handoff.accepted' : 'handoff.rejected',
    subject: { leadId: decision.leadId },
    occurredAt: decision.occurredAt,
    timeAssumed: false,
    properties: { ...decision.data, ...(note !== undefined && { note }) },
  }
}
