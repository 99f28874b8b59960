import { addMilliseconds } from '../time/local-time.ts'
import { mapStep } from './map-step.ts'
import { isOpen, type OpenStatus, type Run } from './run.ts'
import { decisionOf } from './run-decision.ts'
import { leavingAlarm } from './run-effects.ts'
import { isWait, type Sequence, type Step } from './sequence.ts'

/** Where a run would go on under another version. */
export type Move =
  | {
      readonly type: 'moves'
      readonly step: number
      readonly status: OpenStatus
    }
  | { readonly type: 'stays'; readonly because: 'same' | 'no-place' | 'ended' }

/** @param from the sequence in the version that the run is in. */
export const planMove = (run: Pick<Run, 'step' | 'status'>, from: Sequence, to: Sequence): Move => {
  const { status } = run
  if (!isOpen(status)) return { type: 'stays', because: 'ended' }
  if (from.version === to.version) return { type: 'stays', because: 'same' }
  const step = status.type === 'held' && status.next === 0 ? -1 : mapStep(from.program, run.step, to.program)
  if (step === undefined) return { type: 'stays', because: 'no-place' }
  return {
    type: 'moves',
    step,
    status: statusAt(status, from.program[run.step], to.program[step], step),
  }
}

/**
 * A wait whose length has changed ends earlier or later by that; any other ends when it would have. One for a date looks at
 * it then.
 */
const statusAt = (
  status: OpenStatus,
  before: Step | undefined,
  after: Step | undefined,
  step: number,
): OpenStatus => {
  if (status.type === 'held') return { ...status, next: step + 1 }
  const until = addMilliseconds(status.until, laterBy(before, after))
  const awaited =
    after?.type === 'wait-for'
      ? { for: after.activity, since: status.since ?? status.until }
      : after?.type === 'wait-date'
        ? { date: after.attribute }
        : {}
  return { type: 'waiting', until, renewed: true, ...(isWait(after) ? awaited : {}) }
}

const laterBy = (before: Step | undefined, after: Step | undefined): number => {
  if (before?.type === 'wait' && after?.type === 'wait') return after.for - before.for
  const isSameDate =
    before?.type === 'wait-date' && after?.type === 'wait-date' && after.attribute === before.attribute
  return isSameDate ? (after.days - before.days) * 86_400_000 : 0
}

/** The run in its new place; where it stood is kept until it takes a step. */
export const migrateRun = (
  run: Run & { readonly status: OpenStatus },
  move: Extract<Move, { type: 'moves' }>,
  migration: string,
  playbookVersion: string,
  now: string,
): Run => {
  const { step, status } = run
  const from = { playbookVersion: run.playbookVersion, step, status }
  return moved(
    { ...run, enteredVersion: run.enteredVersion ?? run.playbookVersion, migrated: { id: migration, from } },
    { playbookVersion, step: move.step, status: move.status },
    `migrated:${migration}`,
    now,
  )
}

/** A migrated run that has taken no step since moves back. @returns undefined for any other. */
export const moveBack = (run: Run, migration: string, now: string): Run | undefined => {
  const { migrated, ...rest } = run
  if (migrated?.id !== migration || !isOpen(run.status)) return undefined
  const { status } = migrated.from
  const renewed = status.type === 'waiting' ? ({ ...status, renewed: true } as const) : status
  return moved(rest, { ...migrated.from, status: renewed }, `moved-back:${migration}`, now)
}

const moved = (
  run: Run,
  to: { readonly playbookVersion: string; readonly step: number; readonly status: OpenStatus },
  id: string,
  now: string,
): Run => {
  const cause = { causationId: run.entryId, correlationId: run.entryId }
  const data = { from: run.playbookVersion, to: to.playbookVersion, step: to.step }
  const told = decisionOf(run, 'SequenceMigrated', id, now, cause, data)
  return { ...leavingAlarm(run), ...to, outbox: [...run.outbox, told] }
}
