import type { Run } from '../../domain/sequence/run.ts'
import type { Sequence } from '../../domain/sequence/sequence.ts'
import type { Playbooks } from '../ports.ts'

/** The sequence as it was when the run began. @throws a defect when that version has no such sequence. */
export const sequenceOf = async (playbooks: Playbooks, run: Run): Promise<Sequence> => {
  const { sequences } = await playbooks.version(run.playbookVersion)
  const sequence = sequences[run.sequence]
  if (!sequence) throw new Error(`run ${run.runId}: no sequence ${run.sequence} in ${run.playbookVersion}`)
  return sequence
}
