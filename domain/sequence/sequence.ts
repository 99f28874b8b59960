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
  readonly program: readonly Step[]
}

export type SequenceTrigger =
  | { readonly stage: StageId }
  | { readonly activity: string }
  | { readonly when: string }

/** One instruction; `goto` and `otherwise` are indexes into `program` (its length means: completed). */
export type Step =
  | { readonly type: 'email'; readonly email: string }
  | { readonly type: 'wait'; readonly for: number }
  | { readonly type: 'wait-until'; readonly weekday?: string; readonly time: string }
  | { readonly type: 'branch'; readonly if: string; readonly otherwise: number }
  | { readonly type: 'jump'; readonly goto: number }
  | {
      readonly type: 'split'
      readonly name: string
      readonly ways: readonly { readonly id: string; readonly goto: number }[]
    }
  | { readonly type: 'set'; readonly attributes: Readonly<Record<string, string | number | boolean>> }
