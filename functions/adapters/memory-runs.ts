import type { Run } from '../../domain/sequence/run.ts'
import { Conflict, type Runs } from '../ports.ts'

export interface MemoryRuns extends Runs {
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
