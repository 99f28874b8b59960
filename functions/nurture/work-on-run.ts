import { migrateRun, moveBack, planMove } from '../../domain/sequence/migrate-run.ts'
import { standingOf } from '../../domain/sequence/migrations.ts'
import { isHeld, releaseHeld } from '../../domain/sequence/release-held.ts'
import { isOpen, type Run } from '../../domain/sequence/run.ts'
import type { SequenceState } from '../../domain/sequence/sequence-state.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { type ContinueRunPorts, makeTakeRun } from './continue-run.ts'
import { makeGiveBack } from './give-back.ts'
import { letGo } from './let-go.ts'
import { performRun } from './perform-run.ts'
import { sequenceOf } from './sequence-of.ts'
import type { RunWork, SweepWork } from './sweep-message.ts'

type Moving = Extract<SweepWork, { migration: string }>

/** One run of many that a pause, its end, a migration, the return of its lead or a restored table is about. Safe to repeat. */
export const makeWorkOnRun = (ports: ContinueRunPorts) => {
  const takeRun = makeTakeRun(ports)
  const giveBack = makeGiveBack(ports)

  const release = async ({ leadId, sequence }: RunWork): Promise<void> => {
    const { paused, resumed } = await ports.sequences.load(sequence)
    if (paused || !resumed) return
    await takeRun({ leadId, sequence }, isHeld, async (run, program, ask, now) =>
      isHeld(run) ? releaseHeld(run, program, ask, resumed, now) : run,
    )
  }

  const perform = async ({ leadId, sequence }: RunWork): Promise<void> => {
    const stored = await ports.runs.load(leadId, sequence)
    if (stored) await letGo(ports, await performRun(ports, stored))
  }

  /**
   * What the sequence says of the migration by now counts, whenever its messages come: a run that it moved while it was being
   * undone is moved back. @returns undefined where the run stays as it is.
   */
  const change = async (run: Run, { migration }: Moving): Promise<Run | undefined> => {
    const state = await ports.sequences.load(run.sequence)
    const standing = standingOf(state, migration)
    switch (standing) {
      case 'undone':
        return moveBack(run, migration, ports.clock())
      case 'current':
        return migrate(run, migration, state)
      case 'over':
        return undefined
      default:
        return standing satisfies never
    }
  }

  const migrate = async (run: Run, migration: string, { migrations = [] }: SequenceState) => {
    const { status } = run
    const to = migrations.at(-1)?.to
    if (!isOpen(status) || to === undefined || run.migrated?.id === migration) return undefined
    const target = (await ports.playbooks.version(to)).sequences[run.sequence]
    if (!target) return undefined
    const move = planMove(run, await sequenceOf(ports.playbooks, run), target)
    return move.type === 'moves'
      ? migrateRun({ ...run, status }, move, migration, to, ports.clock())
      : undefined
  }

  /** Again after each change: what was asked for may be another thing by then. */
  const move = async (message: RunWork, work: Moving): Promise<void> => {
    const stored = await ports.runs.load(message.leadId, message.sequence)
    if (!stored) return
    const run = await performRun(ports, stored)
    const next = await change(run, work)
    if (!next) return letGo(ports, run)
    await ports.runs.commit(next)
    await performRun(ports, { ...next, version: next.version + 1 })
    return move(message, work)
  }

  return async (message: RunWork): Promise<void> => {
    const { leadId, sequence, work } = message
    if (work.type === 'perform') return perform(message)
    if (work.type === 'release') return release(message)
    if (work.type === 'give-back') return giveBack.ofSequence(leadId, sequence)
    await retryConflicts(() => move(message, work))
  }
}
