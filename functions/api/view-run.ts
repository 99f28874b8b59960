import { isOpen, type Run } from '../../domain/sequence/run.ts'
import type { Sequence } from '../../domain/sequence/sequence.ts'
import { wordPlace } from '../../domain/sequence/word-step.ts'

/** A run as the console shows it. */
export interface RunView {
  readonly leadId: string
  readonly sequence: string
  /** Of the playbook that it is in. */
  readonly version: string
  /** Of the sequence as that playbook has it: the same for as long as the sequence itself does not change. */
  readonly sequenceVersion: string | null
  /** Null where it is not known. */
  readonly step: number | null
  /** What that step is. */
  readonly words: string | null
  readonly status: Run['status']['type']
  readonly nextAt: string | null
  /** Of a held one: its sequence is paused, or sales has its lead. */
  readonly heldBy?: 'pause' | 'sales'
  /** Of one that was left: why. */
  readonly because?: string
}

/** @param program the sequence in the version that the run is in; undefined where that is not known. */
export const viewRun = (
  { leadId, sequence, playbookVersion, step, status }: Run,
  program: Sequence | undefined,
): RunView => ({
  leadId,
  sequence,
  version: playbookVersion,
  sequenceVersion: program?.version ?? null,
  // A run that has been shifted to before its first step stands there all the same.
  step: Math.max(0, step),
  words: program ? wordPlace({ step, status }, program.program) : null,
  status: status.type,
  nextAt: status.type === 'waiting' ? status.until : null,
  ...(status.type === 'held' && { heldBy: status.salesSince === undefined ? 'pause' : 'sales' }),
  ...(status.type === 'exited' && { because: status.because }),
})

/**
 * A run as it was at `at` (RFC 3339 UTC). Which step it then waited at is not kept.
 * @returns undefined before it began.
 */
export const viewRunAt = (run: Run, program: Sequence | undefined, at: string): RunView | undefined => {
  if (run.enteredAt > at) return undefined
  const isOver = !isOpen(run.status) && run.status.at <= at
  const { heldBy: _held, because: _because, ...began } = viewRun(run, program)
  return isOver
    ? viewRun(run, program)
    : { ...began, step: null, words: null, status: 'waiting', nextAt: null }
}
