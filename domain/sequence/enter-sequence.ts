import type { StageId } from '../funnel/funnel-rules.ts'
import type { LeadId } from '../lead/lead-id.ts'
import { type Ask, decisionOf, walk } from './advance.ts'
import type { Run } from './run.ts'
import { nextRunId } from './run-id.ts'
import type { Sequence } from './sequence.ts'

/** A lead reached a stage: what the StageAdvanced decision says of it. */
export interface StageReached {
  readonly leadId: LeadId
  readonly stage: StageId
  /** The fact that caused it. */
  readonly fact: { readonly id: string; readonly occurredAt: string }
  readonly decisionId: string
  readonly correlationId: string
}

export type Entry =
  | { readonly type: 'entered'; readonly run: Run }
  | {
      readonly type: 'refused'
      readonly because: 'known' | 'too-late' | 'still-running' | 'not-again' | 'audience' | 'exit'
    }

/** A stage reached longer ago than this starts nothing: history that is loaded later must not send emails. */
export const entryWindow = 7 * 24 * 3_600_000

/**
 * Lets a lead into a sequence, or not; the run comes back at its first wait or its end.
 * @param previous the lead's latest run through this sequence, its outbox empty.
 * @param ask judges as of the fact that caused the entry, so that it does not matter in which order facts arrive.
 */
export const enterSequence = (
  reached: StageReached,
  sequence: Sequence,
  playbookVersion: string,
  previous: Run | undefined,
  ask: Ask,
  now: string,
): Entry => {
  if (previous?.entryId === reached.decisionId) return { type: 'refused', because: 'known' }
  if (Date.parse(now) - Date.parse(reached.fact.occurredAt) > entryWindow)
    return { type: 'refused', because: 'too-late' }
  if (previous?.status.type === 'waiting') return { type: 'refused', because: 'still-running' }
  if (previous && !mayReenter(sequence, previous, reached, now))
    return { type: 'refused', because: 'not-again' }
  if (sequence.audience !== undefined && !ask.holds(sequence.audience))
    return { type: 'refused', because: 'audience' }
  if (sequence.exit !== undefined && ask.holds(sequence.exit)) return { type: 'refused', because: 'exit' }

  const cause = { causationId: reached.decisionId, correlationId: reached.correlationId }
  const run = {
    runId: nextRunId(reached.leadId, sequence.id, previous),
    leadId: reached.leadId,
    sequence: sequence.id,
    playbookVersion,
    entryId: reached.decisionId,
    enteredAt: now,
    step: 0,
    version: previous?.version ?? 0,
    outbox: [],
  }
  const entered = decisionOf(run, 'SequenceEntered', 'entered', now, cause, {})
  return { type: 'entered', run: walk({ ...run, outbox: [entered] }, sequence, ask, now, cause, false) }
}

/**
 * Whether a lead that has been through may go through again. A stage reached before the last entry is old news that comes
 * again, never a reason.
 */
export const mayReenter = (
  sequence: Sequence,
  previous: Run,
  reached: Pick<StageReached, 'fact'>,
  now: string,
): boolean => {
  if (reached.fact.occurredAt <= previous.enteredAt) return false
  switch (sequence.reenter) {
    case 'never':
      return false
    case 'always':
      return true
    default:
      return Date.parse(now) - Date.parse(previous.enteredAt) >= sequence.reenter
  }
}
