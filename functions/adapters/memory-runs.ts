import { perStatus, type Run, running, type SequenceState } from '../../domain/sequence/run.ts'
import { Conflict, type RunList, type Runs, type SequenceStates } from '../ports.ts'

interface MemoryRuns extends Runs {
  readonly items: ReadonlyMap<string, Run>
}

export const memoryRuns = (): MemoryRuns => {
  const items = new Map<string, Run>()
  const keyOf = ({ leadId, sequence }: Pick<Run, 'leadId' | 'sequence'>) => `${leadId} ${sequence}`
  return {
    items,
    load: async (leadId, sequence) => items.get(keyOf({ leadId, sequence })),
    list: async (leadId) => [...items.values()].filter((run) => run.leadId === leadId),
    commit: async (run) => {
      if ((items.get(keyOf(run))?.version ?? 0) !== run.version) throw new Conflict(run.runId)
      items.set(keyOf(run), { ...run, version: run.version + 1 })
    },
    clearOutbox: async (run) => {
      if (items.get(keyOf(run))?.version === run.version) items.set(keyOf(run), { ...run, outbox: [] })
    },
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
  const items = new Map<string, SequenceState>()
  return {
    load: async (sequence) => items.get(sequence) ?? running,
    commit: async (sequence, state) => {
      if ((items.get(sequence)?.version ?? 0) !== state.version) throw new Conflict(sequence)
      items.set(sequence, { ...state, version: state.version + 1 })
    },
  }
}
