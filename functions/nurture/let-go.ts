import { withSales } from '../../domain/lead/with-sales.ts'
import type { Run } from '../../domain/sequence/run.ts'
import type { Leads } from '../ports.ts'
import type { SequenceStates, TellNurture } from '../sequence-ports.ts'

export interface LetGoPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly sequences: Pick<SequenceStates, 'load'>
  readonly tellNurture: TellNurture
}

/**
 * A run that was held while its sequence was being resumed, or while its lead was being given back: whoever did that may
 * not have seen it.
 */
export const letGo = async (
  { leads, sequences, tellNurture }: LetGoPorts,
  { status, leadId, sequence }: Pick<Run, 'status' | 'leadId' | 'sequence'>,
): Promise<void> => {
  if (status.type !== 'held') return
  if (status.salesSince !== undefined) {
    const state = (await leads.load(leadId))?.state
    if (state && !withSales(state))
      await tellNurture({ type: 'run', leadId, sequence, work: { type: 'give-back' } })
    return
  }
  const { paused, resumed } = await sequences.load(sequence)
  if (!paused && resumed) await tellNurture({ type: 'run', leadId, sequence, work: { type: 'release' } })
}
