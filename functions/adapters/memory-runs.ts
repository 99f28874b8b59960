import { perStatus, type Run, running, type SequenceState } from '../../domain/sequence/run.ts'
import type { RunList, Runs, SequenceStates } from '../ports.ts'
import { memoryVersions } from './memory-versions.ts'

interface MemoryRuns extends Runs {
  readonly items: ReadonlyMap<string, Run>
}

export const memoryRuns = (): MemoryRuns => {
  const { items, load, commit, clearOutbox } = memoryVersions<Run>()
  const keyOf = ({ leadId, sequence }: Pick<Run, 'leadId' | 'sequence'>) => `${leadId} ${sequence}`
  return {
    items,
    load: (leadId, sequence) => load(keyOf({ leadId, sequence })),
    list: async (leadId) => [...items.values()].filter((run) => run.leadId === leadId),
    commit: (run) => commit(keyOf(run), run),
    clearOutbox: (run) => clearOutbox(keyOf(run), run.version),
  }
}

/** A run's place in a list, as cursors name it. */
const rankOf = ({ status, enteredAt, leadId }: Run): string => `${status.type}#${enteredAt}#${leadId}`

/** Lists what `memoryRuns` holds. */
export const memoryRunList = (runs: ReadonlyMap<string, Run>): RunList => {
  const listed = (sequence: string, status: Run['status']['type']): readonly Run[] =>
    [...runs.values()].filter((run) => run.sequence === sequence && run.status.type === status)
  return {
    page: async ({ sequence, status, limit, cursor = '' }) => {
      const all = listed(sequence, status)
        .filter((run) => rankOf(run) > cursor)
        .toSorted((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1))
      const last = all[limit - 1]
      return { items: all.slice(0, limit), ...(all.length > limit && last && { next: rankOf(last) }) }
    },
    counts: async (sequence) => perStatus((status) => listed(sequence, status).length),
  }
}

export const memorySequenceStates = (): SequenceStates => {
  const { load, commit } = memoryVersions<SequenceState>()
  return { load: async (sequence) => (await load(sequence)) ?? running, commit }
}
