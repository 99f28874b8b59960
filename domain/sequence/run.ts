import type { Decision } from '../lead/decision.ts'
import type { LeadId } from '../lead/lead-id.ts'

/** One lead's way through one sequence. `step` is an index into the sequence's program. */
export interface Run {
  /** `leadId:sequence:entry`, unique for each entry. */
  readonly runId: string
  readonly leadId: LeadId
  readonly sequence: string
  /** Version of the playbook it began with and finishes in, unless it was migrated. */
  readonly playbookVersion: string
  /** The version under whose rules it was let in, where it was migrated since. */
  readonly enteredVersion?: string
  /** Id of the decision that let the lead in. */
  readonly entryId: string
  readonly enteredAt: string
  readonly step: number
  readonly status: RunStatus
  /** Names of alarms that were set and are not waited for any more: they go off all the same. */
  readonly leftAlarms?: readonly string[]
  /** By the split's name: the way taken. */
  readonly ways?: Readonly<Record<string, string>>
  /** Set by a migration, until the next step is taken: where the run stood before. */
  readonly migrated?: Migrated
  /** 0: not stored yet. */
  readonly version: number
  readonly outbox: readonly Decision[]
}

export interface Migrated {
  readonly id: string
  readonly from: {
    readonly playbookVersion: string
    readonly step: number
    readonly status: OpenStatus
  }
}

export type OpenStatus =
  /**
   * `for` and `since`: an activity from then on ends the wait as well. `date`: the attribute whose date is waited for.
   * `renewed`: the moment is not the one first set.
   */
  | {
      readonly type: 'waiting'
      readonly until: string
      readonly for?: string
      readonly since?: string
      readonly date?: string
      readonly renewed?: true
    }
  | Held

/** `due` is when it would have gone on, at the step `next`. */
export interface Held {
  readonly type: 'held'
  readonly due: string
  readonly next: number
  /** Since when sales has the lead: it waits until that is over. Absent: its sequence is paused. */
  readonly salesSince?: string
}

export type EndedStatus =
  | { readonly type: 'completed'; readonly at: string }
  | { readonly type: 'goal'; readonly at: string }
  /** `byStep`: the author's own `exit` step, not a condition that holds or something that was lost. */
  | { readonly type: 'exited'; readonly at: string; readonly because: string; readonly byStep?: true }

export type RunStatus = OpenStatus | EndedStatus

export const runStatuses = ['waiting', 'held', 'completed', 'goal', 'exited'] as const

/** A value for each status. */
export const perStatus = <Value>(
  make: (status: RunStatus['type']) => Value,
): Readonly<Record<RunStatus['type'], Value>> => ({
  waiting: make('waiting'),
  held: make('held'),
  completed: make('completed'),
  goal: make('goal'),
  exited: make('exited'),
})

/** Not at its end: it still waits, or is held. */
export const isOpen = (status: RunStatus): status is OpenStatus =>
  status.type === 'waiting' || status.type === 'held'
