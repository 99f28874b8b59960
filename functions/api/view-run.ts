import { isOpen, type Run } from '../../domain/sequence/run.ts'

/** A run as the console shows it. */
export interface RunView {
  readonly leadId: string
  readonly sequence: string
  readonly version: string
  /** Null where it is not known. */
  readonly step: number | null
  readonly status: Run['status']['type']
  readonly nextAt: string | null
}

export const viewRun = ({ leadId, sequence, playbookVersion, step, status }: Run): RunView => ({
  leadId,
  sequence,
  version: playbookVersion,
  // A run that has been shifted to before its first step stands there all the same.
  step: Math.max(0, step),
  status: status.type,
  nextAt: status.type === 'waiting' ? status.until : null,
})

/**
 * A run as it was at `at` (RFC 3339 UTC). Which step it then waited at is not kept.
 * @returns undefined before it began.
 */
export const viewRunAt = (run: Run, at: string): RunView | undefined => {
  if (run.enteredAt > at) return undefined
  const isOver = !isOpen(run.status) && run.status.at <= at
  return isOver ? viewRun(run) : { ...viewRun(run), step: null, status: 'waiting', nextAt: null }
}
