import type { StageId } from '../funnel/funnel-rules.ts'
import type { Hours } from '../playbook/settings.ts'

/** `handoff.yaml`. Conditions are CEL source text; durations are milliseconds. */
export interface HandoffRules {
  readonly qualify: string
  /** Attributes a lead must have; `email` means a known address. */
  readonly require: readonly string[]
  readonly teams: Readonly<Record<string, Team>>
  /** First match; the last one has no `when`. */
  readonly route: readonly { readonly when?: string; readonly team: string }[]
  /** Business hours of the team, from the request. */
  readonly accept: { readonly remind?: number; readonly escalate?: number; readonly reassign?: number }
  /** By reason. */
  readonly reject: Readonly<Record<string, Disposition>>
  /** What follows a lost deal, by reason; `default` stands for every other. A reason without a disposition changes nothing. */
  readonly lost?: Readonly<Record<string, Disposition>>
}

/** What follows a reason. `label`: the reason in the words of each language. */
export type Disposition =
  | {
      readonly type: 'recycle'
      readonly stage: StageId
      readonly pause?: number
      /** The lead enters this sequence as well. */
      readonly sequence?: string
      readonly label?: Readonly<Record<string, string>>
    }
  | { readonly type: 'close'; readonly label?: Readonly<Record<string, string>> }

export interface Team {
  readonly id: string
  readonly timeZone: string
  readonly hours: Hours
  /** Local dates `YYYY-MM-DD` without business hours. */
  readonly holidays: readonly string[]
  readonly strategy: 'round-robin' | 'weighted' | 'least-loaded'
  readonly lead?: Member
  readonly members: readonly [Member, ...Member[]]
}

export interface Member {
  readonly name: string
  readonly email: string
  readonly weight?: number
  readonly capacity?: number
}
