import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Sequence } from '../../domain/sequence/sequence.ts'

/** @returns undefined for an id that the playbook has no sequence of, whatever it is called. */
export const knownSequence = ({ sequences }: Playbook, id: string): Sequence | undefined =>
  Object.hasOwn(sequences, id) ? sequences[id] : undefined

export const noSequence = { type: 'not-found', detail: 'The live playbook has no such sequence.' } as const
