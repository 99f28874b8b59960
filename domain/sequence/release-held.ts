import { addMilliseconds } from '../time/local-time.ts'
import type { Ask } from './advance.ts'
import type { OpenStatus, Run } from './run.ts'
import { decisionOf } from './run-decision.ts'
import type { Sequence } from './sequence.ts'
import type { SequenceState } from './sequence-state.ts'
import { releaseRun } from './wake-run.ts'

export type HeldRun = Run & { readonly status: Extract<OpenStatus, { type: 'held' }> }

export const isHeld = (run: Run): run is HeldRun => run.status.type === 'held'

/**
 * A held run goes on once its sequence does. `send`: what fell due goes out now, unless it is stale; `skip`: its emails are
 * left out up to the next wait; `shift`: it falls due later by as long as the pause was.
 */
export const releaseHeld = (
  run: HeldRun,
  sequence: Sequence,
  ask: Ask,
  { pausedAt, at, due: mode }: NonNullable<SequenceState['resumed']>,
  now: string,
): Run => {
  const { due, next } = run.status
  switch (mode) {
    case 'send':
      return releaseRun(run, next, sequence, ask, now, { due })
    case 'skip':
      return releaseRun(run, next, sequence, ask, now, { due: now, skipped: 'paused' })
    case 'shift': {
      const until = addMilliseconds(due, Date.parse(at) - Date.parse(pausedAt))
      return until <= now
        ? releaseRun(run, next, sequence, ask, now, { due: now })
        : shifted(run, next - 1, until, now)
    }
    default:
      return mode satisfies never
  }
}

/** @param step where it waits: the next one follows it. -1: before the first. */
const shifted = (run: Run, step: number, until: string, now: string): Run => {
  const cause = { causationId: run.entryId, correlationId: run.entryId }
  const told = decisionOf(run, 'SequenceStepReached', `${step}:shifted:${until}`, now, cause, {
    step,
    type: 'shift',
    until,
  })
  return {
    ...run,
    step,
    status: { type: 'waiting', until, renewed: true },
    outbox: [...run.outbox, told],
  }
}
