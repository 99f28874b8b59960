import type { JsonObject } from '../domain/json.ts'
import type { Run, RunStatus } from '../domain/sequence/run.ts'
import type { ResumeMode, SequenceState } from '../domain/sequence/sequence-state.ts'

/** What holds for a whole sequence, whoever is in it. */
export interface SequenceStates {
  /** Strongly consistent; a sequence that nobody has touched runs. */
  load(sequence: string): Promise<SequenceState>
  /** One conditional write against `state.version`. @throws Conflict */
  commit(sequence: string, state: SequenceState): Promise<void>
}

/** Latest runs of all leads through one sequence; eventually consistent, in pages, oldest entry first. Cursors begin with the status and `#`. */
export interface RunList {
  page(query: {
    readonly sequence: string
    readonly status: RunStatus['type']
    readonly limit: number
    readonly cursor?: string
  }): Promise<{ readonly items: readonly Run[]; readonly next?: string }>
  /** How many stand where: in a few requests, however many there are. */
  counts(sequence: string): Promise<Readonly<Record<RunStatus['type'], number>>>
}

/** What other programs, and the sender of held emails, are told. `id` is the same for the same resumption. */
export interface SequenceResumed {
  readonly id: string
  readonly occurredAt: string
  readonly sequence: string
  readonly due: ResumeMode
}

/** Puts it on the bus. @throws Transient */
export type AnnounceResumed = (resumed: SequenceResumed) => Promise<void>

/** The nurture queue: work on many runs goes on in small pieces. */
export type TellNurture = (message: JsonObject) => Promise<void>
