import type { StageId } from './deal.ts'

/** `sequences/<sequence>.yaml`, its steps laid flat so that a run's place in it is one number. Durations are milliseconds. */
export interface Sequence {
  readonly id: string
  /** Hash of the content: a run finishes in the version it began with. */
  readonly version: string
  readonly enter: SequenceTrigger
  readonly audience?: string
  readonly reenter: 'never' | 'always' | number
  readonly exit?: string
  readonly goal?: string
  /**
   * What its marketing emails do while sales has the lead; absent: they wait until the lead is given back, unless it begins
   * with the stage `purchase` or with an activity of the sale.
   */
  readonly withSales?: 'hold' | 'continue'
  /** An email reached this much later than it was due is skipped; absent: `staleByDefault`. */
  readonly stale?: number
  readonly program: readonly Step[]
}

/** Three days: a mail that was planned for Monday is still worth reading on Thursday. */
export const staleByDefault = 3 * 86_400_000

export type SequenceTrigger =
  | { readonly stage: StageId }
  | { readonly activity: string }
  | { readonly when: string }

/** One instruction; `goto` and `otherwise` are indexes into `program` (its length means: completed). */
export type Step =
  /** `atOnce`: the lead has just asked for it, so that hours and caps do not hold it. */
  | { readonly type: 'email'; readonly email: string; readonly atOnce?: true }
  | { readonly type: 'wait'; readonly for: number }
  | { readonly type: 'wait-until'; readonly weekday?: string; readonly time: string }
  /** Until the lead does something, or until the time is up. */
  | { readonly type: 'wait-for'; readonly activity: string; readonly timeout: number }
  | DateWait
  | { readonly type: 'branch'; readonly if: string; readonly otherwise: number }
  | { readonly type: 'jump'; readonly goto: number }
  | {
      readonly type: 'split'
      readonly name: string
      readonly ways: readonly { readonly id: string; readonly goto: number }[]
    }
  | { readonly type: 'set'; readonly attributes: Readonly<Record<string, string | number | boolean>> }
  /** An email to the team's lead, or to its first member. */
  | { readonly type: 'notify'; readonly team: string; readonly message: string }
  /** The run ends here; `because` is the author's reason. */
  | { readonly type: 'exit'; readonly because?: string }
  /** The lead enters another sequence as well. */
  | { readonly type: 'enter'; readonly sequence: string }

/** Until so many days after a date that the lead has as an attribute (below zero: before it), at this time of its day. */
export interface DateWait {
  readonly type: 'wait-date'
  readonly attribute: string
  readonly days: number
  /** HH:MM in the lead's zone. */
  readonly time: string
}

/** The step of one kind. */
export type StepOf<Type extends Step['type']> = {
  readonly [Each in Type]: Extract<Step, { readonly type: Each }> & { readonly type: Each }
}[Type]
