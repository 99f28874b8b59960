import { outcome } from './answer-handoff.ts'
import { stopDeadlines } from './deadlines.ts'
import type { Handoff } from './handoff.ts'
import type { HandoffRules } from './handoff-rules.ts'

/**
 * Nobody has answered, and nobody else is left to ask: the lead goes back to marketing as a rejection for the reason that
 * `handoff.yaml` names would have it.
 * @returns the same handoff where the playbook has it wait on.
 */
export const expireHandoff = (
  handoff: Handoff,
  { accept, reject }: Pick<HandoffRules, 'accept' | 'reject'>,
  now: string,
): Handoff => {
  const reason = accept.expire?.reason
  if (handoff.answer.state !== 'requested' || reason === undefined || !Object.hasOwn(reject, reason))
    return handoff
  return {
    ...handoff,
    ...stopDeadlines(handoff, now),
    answer: { state: 'expired', at: now, returnedAs: reason },
    outbox: [
      ...handoff.outbox,
      outcome(handoff, 'HandoffRejected', 'rejected', now, { reason, expired: true }),
    ],
  }
}
