import { addMilliseconds } from '../time/local-time.ts'
import type { Ask } from './advance.ts'
import type { Held, Run } from './run.ts'
import { decisionOf } from './run-decision.ts'
import type { Sequence } from './sequence.ts'
import type { SequenceState } from './sequence-state.ts'
import { releaseRun } from './wake-run.ts'

export type HeldRun = Run & { readonly status: Held }

/** Held because its sequence is paused. */
export const isHeld = (run: Run): run is HeldRun =>
  run.status.type === 'held' && run.status.salesSince === undefined

/** Held because sales has its lead. */
export const isHeldBySales = (run: Run): run is Run & { readonly status: Required<Held> } =>
  run.status.type === 'held' && run.status.salesSince !== undefined

/**
 * The lead was given back: what the run would have sent falls due later by as long as sales had the lead.
 * @param backAt RFC 3339 UTC. @param paused the sequence is by now: the run is held for that.
 */
export const releaseFromSales = (
  run: Run & { readonly status: Required<Held> },
  sequence: Sequence,
  ask: Ask,
  backAt: string,
  now: string,
  paused: boolean,
): Run => {
  const { due, next, salesSince } = run.status
  if (!paused) return releaseHeld(run, sequence, ask, { pausedAt: salesSince, at: backAt, due: 'shift' }, now)
  const later = addMilliseconds(due, Date.parse(backAt) - Date.parse(salesSince))
  return { ...run, status: { type: 'held', due: later, next } }
}

/**
 * A held run goes on once its sequence does. `send`: what fell due goes out now, unless it is stale; `skip`: its emails are
 * left out up to the next wait; `shift`: it falls due later by as long as the pause was.
 */
export const releaseHeld = (
  run: Run & { readonly status: Held },
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
      return releaseRun(run, next, sequence, ask, now, { due: now, skipped: 'skipped-paused' })
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
