import type { StageId } from '../funnel/funnel-rules.ts'

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
  | { readonly type: 'email'; readonly email: string }
  | { readonly type: 'wait'; readonly for: number }
  | { readonly type: 'wait-until'; readonly weekday?: string; readonly time: string }
  /** Until the lead does something, or until the time is up. */
  | { readonly type: 'wait-for'; readonly activity: string; readonly timeout: number }
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

/** The steps at which a run stands still. */
export type Wait = Extract<Step, { type: 'wait' | 'wait-until' | 'wait-for' }>

export const isWait = (step: Step | undefined): step is Wait =>
  step?.type === 'wait' || step?.type === 'wait-until' || step?.type === 'wait-for'
