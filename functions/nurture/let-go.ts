import type { Run } from '../../domain/sequence/run.ts'
import type { SequenceStates, TellNurture } from '../sequence-ports.ts'

export interface LetGoPorts {
  readonly sequences: Pick<SequenceStates, 'load'>
  readonly tellNurture: TellNurture
}

/** A run that was held while its sequence was being resumed: whoever resumed it may not have seen it. */
export const letGo = async (
  { sequences, tellNurture }: LetGoPorts,
  { status, leadId, sequence }: Pick<Run, 'status' | 'leadId' | 'sequence'>,
): Promise<void> => {
  if (status.type !== 'held') return
  const { paused, resumed } = await sequences.load(sequence)
  if (!paused && resumed) await tellNurture({ type: 'run', leadId, sequence, work: { type: 'release' } })
}
