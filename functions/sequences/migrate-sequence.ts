import type { Playbook } from '../../domain/playbook/playbook.ts'
import { planMove } from '../../domain/sequence/migrate-run.ts'
import type { Run } from '../../domain/sequence/run.ts'
import type { Sequence } from '../../domain/sequence/sequence.ts'
import type { Refusal } from '../http/refusal.ts'
import type { Playbooks } from '../ports.ts'
import type { RunList, TellNurture } from '../sequence-ports.ts'
import { knownSequence, noSequence } from './known-sequence.ts'

export interface MigrateSequencePorts {
  readonly playbooks: Pick<Playbooks, 'current' | 'version' | 'keep'>
  readonly runList: Pick<RunList, 'page'>
  readonly tellNurture: TellNurture
  /** A fresh id. */
  readonly newId: () => string
}

type Answer = Promise<{ readonly type: 'ok' | 'accepted'; readonly body: unknown } | Refusal>

/** Runs that a preview names; all are counted. */
const shown = 100
const statuses = ['waiting', 'held'] as const

/** Every run that has not ended. */
const openRuns = async function* (
  { runList }: Pick<MigrateSequencePorts, 'runList'>,
  sequence: string,
): AsyncGenerator<Run> {
  for (const status of statuses) {
    let cursor: string | undefined
    do {
      const page = await runList.page({
        sequence,
        status,
        limit: shown,
        ...(cursor === undefined ? {} : { cursor }),
      })
      yield* page.items
      cursor = page.next
    } while (cursor !== undefined)
  }
}

const viewMove = (run: Run, begun: Playbook, live: Sequence) => {
  const from = begun.sequences[run.sequence]
  const move = from ? planMove(run, from, live) : ({ type: 'stays', because: 'no-place' } as const)
  const here = { leadId: run.leadId, from: { version: run.playbookVersion, step: run.step } }
  if (move.type === 'stays') return { ...here, to: null, because: move.because, next: null, nextAt: null }
  const { status } = move
  const nextAt = status.type === 'waiting' ? status.until : null
  return { ...here, to: { step: move.step }, because: null, next: move.next ?? null, nextAt }
}

/**
 * Moves the open runs of a sequence to the live version, in the background; with `preview` it only says who would move
 * where, and what each would get next.
 */
export const makeMigrate =
  (ports: MigrateSequencePorts) =>
  async (id: string, preview: boolean): Answer => {
    const { playbooks, tellNurture, newId } = ports
    const playbook = await playbooks.current()
    const sequence = knownSequence(playbook, id)
    if (!sequence) return noSequence
    const counts = { moves: 0, stays: 0 }
    const runs: ReturnType<typeof viewMove>[] = []
    for await (const run of openRuns(ports, id)) {
      const view = viewMove(run, await playbooks.version(run.playbookVersion), sequence)
      counts[view.to ? 'moves' : 'stays'] += 1
      if (runs.length < shown && view.because !== 'same') runs.push(view)
    }
    const body = { sequence: id, version: playbook.version, ...counts, runs }
    if (preview) return { type: 'ok', body: { ...body, migration: null } }
    await playbooks.keep(playbook)
    const migration = newId()
    const work = { type: 'migrate', migration, to: playbook.version }
    for (const status of statuses)
      await tellNurture({ type: 'sweep', id: migration, sequence: id, status, work })
    return { type: 'accepted', body: { ...body, migration } }
  }

/** Moves back, in the background, whoever has taken no step since. */
export const makeUndoMigration =
  ({ playbooks, tellNurture }: Pick<MigrateSequencePorts, 'playbooks' | 'tellNurture'>) =>
  async (sequence: string, migration: string): Answer => {
    if (!knownSequence(await playbooks.current(), sequence)) return noSequence
    const work = { type: 'undo', migration }
    for (const status of statuses)
      await tellNurture({ type: 'sweep', id: `${migration}:undo`, sequence, status, work })
    return { type: 'accepted', body: { sequence, migration } }
  }
