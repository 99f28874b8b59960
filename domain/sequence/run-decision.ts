import type { JsonObject } from '../json.ts'
import type { Decision, DecisionType } from '../lead/decision.ts'
import type { EndedStatus, Run } from './run.ts'

/** A run between two states. */
export type OpenRun = Omit<Run, 'status'>

export interface Cause {
  readonly causationId: string
  readonly correlationId: string
}

/** A decision about a run; its id tells what it is, whoever takes it and however often. */
export const decisionOf = (
  run: OpenRun,
  type: DecisionType,
  id: string,
  now: string,
  cause: Cause,
  data: JsonObject,
): Decision => ({
  id: `${run.runId}:${id}`,
  type,
  occurredAt: now,
  ...cause,
  leadId: run.leadId,
  data: {
    leadId: run.leadId,
    sequence: run.sequence,
    version: run.playbookVersion,
    runId: run.runId,
    ...data,
  },
})

/**
 * Ends a run; the decision says how it ended.
 * @param reason of an exit that is not the sequence's own condition.
 */
export const end = (run: OpenRun, status: EndedStatus, now: string, cause: Cause, reason?: string): Run => {
  const outcome = status.type === 'exited' ? 'exit' : status.type
  const data = { outcome, ...(reason === undefined ? {} : { reason }) }
  return {
    ...run,
    status,
    outbox: [...run.outbox, decisionOf(run, 'SequenceExited', 'ended', now, cause, data)],
  }
}
