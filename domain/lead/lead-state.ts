import type { StageId } from '../funnel/funnel-rules.ts'
import type { Json } from '../json.ts'

/**
 * What a lead's log folds to. Plain JSON; every part says which fact it rests on.
 * Points fade, so engagement is kept as what is needed to compute it for any later moment.
 */
export interface LeadState {
  /** `rulesVersion` of the playbook that it was folded under: under any other it has to be folded anew. */
  readonly rules: string
  /** Time of the earliest fact. */
  readonly createdAt: string
  readonly lastActivityAt: string
  /** The last fact taken, in `(occurredAt, id)` order. */
  readonly last: { readonly occurredAt: string; readonly id: string }
  /** Ids of the latest facts (bounded), to drop near repeats without reading the log. */
  readonly recentIds: readonly string[]
  readonly attributes: Readonly<
    Record<string, { readonly value: Json; readonly at: string; readonly factId: string }>
  >
  /** By activity type. `times` holds those within the longest window that the playbook asks about for that type, in ms since the epoch. */
  readonly seen: Readonly<
    Record<
      string,
      {
        readonly count: number
        readonly first: string
        readonly last: string
        readonly times: readonly number[]
        /** Those of earlier cycles, once the lead was recycled. */
        readonly earlier?: number
      }
    >
  >
  /** By rule id: `sum` is the worth of all awards at `at` (ms); `window` the awards that still matter for the rule's cap. */
  readonly engagement: Readonly<
    Record<
      string,
      {
        readonly sum: number
        readonly at: number
        readonly window: readonly (readonly [at: number, points: number])[]
        /** Worth when the lead was last recycled: what stage conditions of the new cycle leave out. */
        readonly earlier?: { readonly sum: number; readonly at: number }
      }
    >
  >
  readonly emails: {
    readonly opened: Readonly<Record<string, string>>
    readonly clicked: Readonly<Record<string, string>>
  }
  readonly consent: Readonly<Record<string, Consent>>
  /** Set by a hard bounce or a complaint: no mail at all. */
  readonly suppression?: {
    readonly reason: 'bounced' | 'complained'
    readonly at: string
    readonly factId: string
  }
  readonly band: BandEntry
  readonly stage: StageEntry
  /** Every stage entered, oldest first, the current one last; grows by at most six entries a cycle. */
  readonly stages: readonly StageEntry[]
  /** Begins at 1; a recycle adds one. */
  readonly cycle: number
  /** Moments in each cycle at which the lead qualified, oldest first. */
  readonly qualifications: readonly Qualification[]
  /** Set while a rejected lead may not qualify again; `until` absent: closed for good. */
  readonly paused?: { readonly until?: string; readonly factId: string }
  readonly recycles: readonly {
    readonly cycle: number
    readonly at: string
    readonly factId: string
    readonly reason: string
  }[]
  /** Double opt-in mails that became due, oldest first (those of the last 30 days). */
  readonly confirmations: readonly ConfirmationDue[]
}

/** The band and grade since the last change of either, as of the fact that changed it. */
export interface BandEntry {
  readonly id: string
  readonly grade: string
  readonly score: number
  /** The band before; absent for the first. */
  readonly from?: string
  readonly at: string
  readonly factId: string
}

export interface StageEntry {
  readonly stage: StageId
  readonly from?: StageId
  readonly at: string
  readonly factId: string
  /** The condition that held, as the playbook words it; absent for the first stage. */
  readonly condition?: string
  readonly cycle: number
}

export interface Qualification {
  readonly cycle: number
  readonly at: string
  readonly factId: string
  readonly score: number
}

/** State of one purpose. Evidence (wording, form, how) stands in the fact. */
export interface Consent {
  readonly status: 'pending' | 'granted' | 'withdrawn'
  readonly at: string
  readonly factId: string
}

export interface ConfirmationDue {
  readonly factId: string
  readonly form: string
  readonly purpose: string
  readonly language: string
  readonly at: string
}
