import type { StageId } from './deal.ts'

/** `sequences/<sequence>.yaml` with flattened steps, so that a run's position is one number. Durations are milliseconds. */
export interface Sequence {
  readonly id: string
  /** Hash of the content: a run keeps the version it began with. */
  readonly version: string
  readonly enter: SequenceTrigger
  readonly audience?: string
  readonly reenter: 'never' | 'always' | number
  readonly exit?: string
  readonly goal?: string
  /**
   * What happens to its marketing emails while sales has the lead; absent: they wait until the lead is returned, unless the
   * sequence begins with the stage `purchase` or with a sales activity.
   */
  readonly withSales?: 'hold' | 'continue'
  /** An email that is late by more than this is skipped; absent: `staleByDefault`. */
  readonly stale?: number
  readonly program: readonly Step[]
}

/** Three days: an email planned for Monday is still worth reading on Thursday. */
export const staleByDefault = 3 * 86_400_000

export type SequenceTrigger =
  | { readonly stage: StageId }
  | { readonly activity: string }
  /** `segment`: the condition is that of a segment. */
  | { readonly when: string; readonly segment?: string }

/** One instruction; `goto` and `otherwise` are indexes into `program` (its length means completed). */
export type Step =
  /** `atOnce`: the lead has just asked for it, so sending hours and caps do not apply. */
  | { readonly type: 'email'; readonly email: string; readonly atOnce?: true }
  | { readonly type: 'wait'; readonly for: number }
  | { readonly type: 'wait-until'; readonly weekday?: string; readonly time: string }
  /** Waits for an activity of the lead, or for the timeout. */
  | { readonly type: 'wait-for'; readonly activity: string; readonly timeout: number }
  | DateWait
  | { readonly type: 'branch'; readonly if: string; readonly otherwise: number }
  | { readonly type: 'jump'; readonly goto: number }
  | {
      readonly type: 'split'
      readonly name: string
      /** `share`: percent of the runs that go this way; absent in all of them: equal shares. */
      readonly ways: readonly { readonly id: string; readonly goto: number; readonly share?: number }[]
    }
  | { readonly type: 'set'; readonly attributes: Readonly<Record<string, string | number | boolean>> }
  /** Emails the team's lead, or its first member. */
  | { readonly type: 'notify'; readonly team: string; readonly message: string }
  /** The run ends here; `because` is the author's reason. */
  | { readonly type: 'exit'; readonly because?: string }
  /** The lead also enters another sequence. */
  | { readonly type: 'enter'; readonly sequence: string }

/** Waits until a number of days after a date attribute of the lead (negative: before it), at this time of day. */
export interface DateWait {
  readonly type: 'wait-date'
  readonly attribute: string
  readonly days: number
  /** HH:MM in the lead's zone. */
  readonly time: string
}

export type StepOf<Type extends Step['type']> = {
  readonly [Each in Type]: Extract<Step, { readonly type: Each }> & { readonly type: Each }
}[Type]
