import type { Decision } from '../lead/decision.ts'
import type { LeadId } from '../lead/lead-id.ts'

/** One lead's way through one sequence. `step` is an index into the sequence's program. */
export interface Run {
  /** `leadId:sequence:entry`, unique for each entry. */
  readonly runId: string
  readonly leadId: LeadId
  readonly sequence: string
  /** Version of the playbook it began with and finishes in. */
  readonly playbookVersion: string
  /** Id of the decision that let the lead in. */
  readonly entryId: string
  readonly enteredAt: string
  readonly step: number
  readonly status: RunStatus
  /** 0: not stored yet. */
  readonly version: number
  readonly outbox: readonly Decision[]
}

export type RunStatus =
  | { readonly type: 'waiting'; readonly until: string }
  | { readonly type: 'completed'; readonly at: string }
  | { readonly type: 'goal'; readonly at: string }
  | { readonly type: 'exited'; readonly at: string; readonly because: string }
