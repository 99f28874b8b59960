import { type Ask, type Cause, end, walk } from './advance.ts'
import type { Run } from './run.ts'
import type { Sequence } from './sequence.ts'

/** The alarm of one wait. */
export interface Tick {
  readonly runId: string
  readonly step: number
}

/** Whether a run still waits where the alarm was set. */
export const isDue = (run: Run, tick: Tick): boolean =>
  run.status.type === 'waiting' && run.runId === tick.runId && run.step === tick.step

/** Alarms count whole seconds and may be early by a part of one: the wait is over when it should be. */
const endOfWait = ({ status }: Run, now: string): string =>
  status.type === 'waiting' && status.until > now ? status.until : now

/** A run that may not go on ends where it waits. @param because why, other than by the sequence's own exit. */
export const endRun = (run: Run, because: 'merged' | 'withdrawn', woken: string): Run => {
  const now = endOfWait(run, woken)
  return end(run, { type: 'exited', at: now, because }, now, causeOf(run))
}

const causeOf = (run: Run): Cause => ({
  causationId: `${run.runId}:${run.step}:reached`,
  correlationId: run.entryId,
})

/**
 * A wait is over: goal and exit are looked at again, then the run goes on to its next wait or its end. A goal that is
 * reached counts as such even where the exit condition holds too.
 * @param run one that `isDue`.
 */
export const wakeRun = (run: Run, sequence: Sequence, ask: Ask, woken: string): Run => {
  const now = endOfWait(run, woken)
  const cause = causeOf(run)
  if (sequence.goal !== undefined && ask.holds(sequence.goal))
    return end(run, { type: 'goal', at: now }, now, cause)
  if (sequence.exit !== undefined && ask.holds(sequence.exit))
    return end(run, { type: 'exited', at: now, because: sequence.exit }, now, cause)
  return walk({ ...run, step: run.step + 1 }, sequence, ask, now, cause, true)
}
