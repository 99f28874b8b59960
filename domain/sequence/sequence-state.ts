/** What happens on resuming to the runs that fell due while their sequence was paused. */
export const resumeModes = ['send', 'skip', 'shift'] as const
export type ResumeMode = (typeof resumeModes)[number]

/** Open runs of a sequence are moved to another version of the playbook. */
export interface Migration {
  readonly id: string
  readonly at: string
  /** Version of the playbook. */
  readonly to: string
  /** Whoever has taken no step since is moved back. */
  readonly undoneAt?: string
}

/** A sequence as the console steers it. */
export interface SequenceState {
  readonly paused?: { readonly since: string }
  /** The latest resumption: what is still held from before goes on as it says. */
  readonly resumed?: { readonly at: string; readonly pausedAt: string; readonly due: ResumeMode }
  /** The latest ones, oldest first; only the last one moves runs. */
  readonly migrations?: readonly Migration[]
  /** 0: not stored yet. */
  readonly version: number
}

export const running: SequenceState = { version: 0 }
