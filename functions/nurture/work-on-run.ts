import { migrateRun, moveBack, planMove } from '../../domain/sequence/migrate-run.ts'
import { isHeld, releaseHeld } from '../../domain/sequence/release-held.ts'
import { isOpen, type Run } from '../../domain/sequence/run.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { type ContinueRunPorts, makeTakeRun } from './continue-run.ts'
import { performRun } from './perform-run.ts'
import { sequenceOf } from './sequence-of.ts'
import type { RunWork, SweepWork } from './sweep-message.ts'

/** One run of many that a pause, its end or a migration is about. Safe to repeat. */
export const makeWorkOnRun = (ports: ContinueRunPorts) => {
  const takeRun = makeTakeRun(ports)

  const release = async ({ leadId, sequence }: RunWork): Promise<void> => {
    const { paused, resumed } = await ports.sequences.load(sequence)
    if (paused || !resumed) return
    await takeRun({ leadId, sequence }, isHeld, async (run, program, ask, now) =>
      isHeld(run) ? releaseHeld(run, program, ask, resumed, now) : run,
    )
  }

  /** @returns undefined where the run stays as it is. */
  const change = async (run: Run, work: Exclude<SweepWork, { type: 'release' }>) => {
    const now = ports.clock()
    if (work.type === 'undo') return moveBack(run, work.migration, now)
    const { status } = run
    if (!isOpen(status) || run.migrated?.id === work.migration) return undefined
    const target = (await ports.playbooks.version(work.to)).sequences[run.sequence]
    if (!target) return undefined
    const move = planMove(run, await sequenceOf(ports.playbooks, run), target)
    return move.type === 'moves'
      ? migrateRun({ ...run, status }, move, work.migration, work.to, now)
      : undefined
  }

  return async (message: RunWork): Promise<void> => {
    const { leadId, sequence, work } = message
    if (work.type === 'release') return release(message)
    await retryConflicts(async () => {
      const stored = await ports.runs.load(leadId, sequence)
      const run = stored && (await performRun(ports, stored))
      const next = run && (await change(run, work))
      if (!next) return
      await ports.runs.commit(next)
      await performRun(ports, { ...next, version: next.version + 1 })
    })
  }
}
