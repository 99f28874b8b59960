import type { StageId } from './deal.ts'
import type { Endpoint } from './endpoint.ts'
import type { Hours } from './settings.ts'

/** `handoff.yaml`. Conditions are CEL source text; durations are milliseconds. */
export interface HandoffRules {
  readonly qualify: string
  /** Attributes a lead must have; `email` means a known address. */
  readonly require: readonly string[]
  readonly teams: Readonly<Record<string, Team>>
  /** First match; the last one has no `when`. */
  readonly route: readonly { readonly when?: string; readonly team: string }[]
  /** Business hours of the team, from when the present owner was given it. */
  readonly accept: {
    readonly remind?: number
    readonly escalate?: number
    readonly reassign?: number
    /** Then the lead is given back as for this reason of `reject`; absent: it waits on. */
    readonly expire?: { readonly after: number; readonly reason: string }
  }
  /** By reason. */
  readonly reject: Readonly<Record<string, Disposition>>
  /** What follows a lost deal, by reason; `default` stands for every other. A reason without a disposition changes nothing. */
  readonly lost?: Readonly<Record<string, Disposition>>
  /** How to begin the conversation, in the words of each language: the first whose condition holds. */
  readonly opening?: readonly { readonly when?: string; readonly text: Readonly<Record<string, string>> }[]
  /** Of leads whose address nobody has confirmed so many are handed over in an hour; more wait. Absent: 10. */
  readonly unconfirmed?: { readonly perHour: number }
  /** Other systems that are told of what happens. */
  readonly notify?: readonly Endpoint[]
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
  /** Whose lead it was before gets it again: whoever accepted the same person's last, else the last of the same company. */
  readonly sticky?: readonly StickyTo[]
  readonly lead?: Member
  readonly members: readonly [Member, ...Member[]]
}

export interface Member {
  readonly name: string
  readonly email: string
  /** BCP 47, of what is written to them; absent: the first of the settings. */
  readonly language?: string
  /** Turns in proportion to those of the others, where the team's strategy is `weighted`; absent: 1. */
  readonly weight?: number
  /** Most handoffs of this team at a time: open ones, and accepted ones until they are won or lost; absent: no limit. */
  readonly capacity?: number
  /** When they work, where that differs from the team: by the clock of its zone, and not on its holidays. */
  readonly hours?: Hours
  /** Local dates `YYYY-MM-DD` of the team's zone, both inclusive. */
  readonly absent?: readonly { readonly from: string; readonly to: string }[]
}

export type StickyTo = 'lead' | 'account'
