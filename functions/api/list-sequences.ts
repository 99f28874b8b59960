import type { Migration } from '../../domain/sequence/sequence-state.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Playbooks } from '../ports.ts'
import type { RunList, SequenceStates } from '../sequence-ports.ts'
import type { ApiResult } from './api-request.ts'

export interface ListSequencesPorts {
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly sequences: Pick<SequenceStates, 'load'>
  readonly runList: Pick<RunList, 'counts'>
}

/** The latest one: what may be undone. */
const viewMigration = (migration: Migration | undefined) =>
  migration
    ? {
        migration: migration.id,
        at: migration.at,
        version: migration.to,
        undoneAt: migration.undoneAt ?? null,
      }
    : null

/** The sequences of the live playbook, and how many leads' latest runs stand where. */
export const makeListSequences =
  ({ playbooks, sequences, runList }: ListSequencesPorts) =>
  async (): Promise<ApiResult> => {
    const playbook = await playbooks.current()
    const items = await Promise.all(
      Object.values(playbook.sequences).map(async ({ id, version, enter, goal, program }) => {
        const [{ paused, resumed, migrations }, counts] = await Promise.all([
          sequences.load(id),
          runList.counts(id),
        ])
        const emails = program.flatMap((step) => (step.type === 'email' ? [step.email] : []))
        return {
          sequence: id,
          version: playbook.version,
          sequenceVersion: version,
          enter,
          goal: goal ?? null,
          // When a lead counts that reaches it during a wait: then, or once the wait is over.
          goalCounts:
            goal === undefined ? null : rulesOf(playbook).promptGoals.has(goal) ? 'at-once' : 'after-wait',
          emails,
          paused: paused?.since ?? null,
          resumed: resumed ?? null,
          migration: viewMigration(migrations?.at(-1)),
          runs: counts,
        }
      }),
    )
    return { type: 'ok', body: { items } }
  }
