import { withMigration, withoutMigration } from '../../domain/sequence/migrations.ts'
import type { Refusal } from '../http/refusal.ts'
import type { Clock, Playbooks } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { SequenceStates, TellNurture } from '../sequence-ports.ts'
import { type CountMovesPorts, countMoves } from './count-moves.ts'
import { knownSequence, noSequence } from './known-sequence.ts'
import { openStatuses } from './open-runs.ts'

export interface MigrateSequencePorts {
  readonly playbooks: Pick<Playbooks, 'current' | 'keep' | 'version'>
  readonly runList: CountMovesPorts['runList']
  readonly sequences: SequenceStates
  readonly tellNurture: TellNurture
  readonly clock: Clock
  /** A fresh id. */
  readonly newId: () => string
}

type Answer = Promise<{ readonly type: 'accepted'; readonly body: unknown } | Refusal>

const noMigration = {
  type: 'not-found',
  detail: 'This sequence has no such migration, or it was too many migrations ago.',
} as const

/** Moves the open runs of a sequence to the live version, in the background: the answer says how many will move. */
export const makeMigrate =
  ({ playbooks, runList, sequences, tellNurture, clock, newId }: MigrateSequencePorts) =>
  async (sequence: string): Answer => {
    const playbook = await playbooks.current()
    const target = knownSequence(playbook, sequence)
    if (!target) return noSequence
    await playbooks.keep(playbook)
    // Before the first of them moves.
    const inAll = await countMoves({ playbooks, runList }, target)
    const migration = { id: newId(), at: clock(), to: playbook.version }
    await retryConflicts(async () =>
      sequences.commit(sequence, withMigration(await sequences.load(sequence), migration)),
    )
    const work = { type: 'migrate', migration: migration.id }
    for (const status of openStatuses)
      await tellNurture({ type: 'sweep', id: migration.id, sequence, status, work })
    return { type: 'accepted', body: { sequence, version: playbook.version, migration: migration.id, inAll } }
  }

/** Moves back, in the background, whoever has taken no step since. Safe to repeat. */
export const makeUndoMigration =
  ({ playbooks, sequences, tellNurture, clock }: MigrateSequencePorts) =>
  async (sequence: string, migration: string): Answer => {
    if (!knownSequence(await playbooks.current(), sequence)) return noSequence
    const isKnown = await retryConflicts(async () => {
      const state = await sequences.load(sequence)
      const undone = withoutMigration(state, migration, clock())
      if (undone && undone !== state) await sequences.commit(sequence, undone)
      return undone !== undefined
    })
    if (!isKnown) return noMigration
    const work = { type: 'undo', migration }
    for (const status of openStatuses)
      await tellNurture({ type: 'sweep', id: `${migration}:undo`, sequence, status, work })
    return { type: 'accepted', body: { sequence, migration } }
  }
