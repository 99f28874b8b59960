import type { StageId } from './deal.ts'
import type { Endpoint } from './endpoint.ts'
import type { Hours } from './settings.ts'

/** `handoff.yaml`. Conditions are CEL source text; durations are milliseconds. */
export interface HandoffRules {
  readonly qualify: string
  /** Attributes a lead must have; `email` means a known address. */
  readonly require: readonly string[]
  readonly teams: Readonly<Record<string, Team>>
  /** The first match counts; the last has no `when`. */
  readonly route: readonly { readonly when?: string; readonly team: string }[]
  /** In business hours of the team from the current assignment on. */
  readonly accept: {
    readonly remind?: number
    readonly escalate?: number
    readonly reassign?: number
    /** The lead returns to marketing for this reason of `reject`; absent: it keeps waiting. */
    readonly expire?: { readonly after: number; readonly reason: string }
  }
  /** Dispositions by reason. */
  readonly reject: Readonly<Record<string, Disposition>>
  /** Dispositions of lost deals by reason; `default` covers all others. Without a disposition nothing changes. */
  readonly lost?: Readonly<Record<string, Disposition>>
  /** Conversation openers in each language: the first whose condition holds. */
  readonly opening?: readonly { readonly when?: string; readonly text: Readonly<Record<string, string>> }[]
  /** Most handoffs per hour of leads with an unconfirmed address; the rest wait. Absent: 10. */
  readonly unconfirmed?: { readonly perHour: number }
  /** Share of the leads just below the threshold that are handed over all the same, to learn what sales says. Absent: none. */
  readonly explore?: number
  /** Other systems that receive events. */
  readonly notify?: readonly Endpoint[]
}

/** What happens for a reason. `label`: the reason in each language. */
export type Disposition =
  | {
      readonly type: 'recycle'
      readonly stage: StageId
      readonly pause?: number
      /** The lead also enters this sequence. */
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
  /** Assign to the previous owner: whoever last accepted the same person, else the same company. */
  readonly sticky?: readonly StickyTo[]
  readonly lead?: Member
  readonly members: readonly [Member, ...Member[]]
}

export interface Member {
  readonly name: string
  readonly email: string
  /** BCP 47, for emails to them; absent: the first of the settings. */
  readonly language?: string
  /** Relative share of turns with the strategy `weighted`; absent: 1. */
  readonly weight?: number
  /** Most handoffs at a time: open ones, and accepted ones until won or lost; absent: no limit. */
  readonly capacity?: number
  /** Working hours, if different from the team's: in the team's time zone and without its holidays. */
  readonly hours?: Hours
  /** Local dates `YYYY-MM-DD` of the team's zone, both inclusive. */
  readonly absent?: readonly { readonly from: string; readonly to: string }[]
}

export type StickyTo = 'lead' | 'account'
