import type { JsonObject } from '../domain/json.ts'
import type { Run, RunStatus } from '../domain/sequence/run.ts'
import type { SequenceState } from '../domain/sequence/sequence-state.ts'

/** What holds for a whole sequence, whoever is in it. */
export interface SequenceStates {
  /** Strongly consistent; a sequence that nobody has touched runs. */
  load(sequence: string): Promise<SequenceState>
  /** One conditional write against `state.version`. @throws Conflict */
  commit(sequence: string, state: SequenceState): Promise<void>
}

/** Latest runs of all leads through one sequence; eventually consistent, in pages, oldest entry first. */
export interface RunList {
  page(query: {
    readonly sequence: string
    readonly status: RunStatus['type']
    readonly limit: number
    readonly cursor?: string
  }): Promise<{ readonly items: readonly Run[]; readonly next?: string }>
  count(sequence: string, status: RunStatus['type']): Promise<number>
}

/** The nurture queue: work on many runs goes on in small pieces. */
export type TellNurture = (message: JsonObject) => Promise<void>
