import { running, type SequenceState } from '../../domain/sequence/sequence-state.ts'
import { Conflict } from '../ports.ts'
import type { SequenceStates } from '../sequence-ports.ts'

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
