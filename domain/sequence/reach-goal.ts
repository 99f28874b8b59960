import { isOpen, type Run } from './run.ts'
import { end } from './run-decision.ts'
import { leavingAlarm } from './run-effects.ts'

/** A lead reaches its sequence's goal while the run waits or is held: that ends it. @param by the decision that tells of it. */
export const reachGoal = (run: Run, by: string, now: string): Run =>
  isOpen(run.status)
    ? end(leavingAlarm(run), { type: 'goal', at: now }, now, {
        causationId: by,
        correlationId: run.entryId,
      })
    : run
