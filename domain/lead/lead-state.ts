import type { StageId } from '../funnel/funnel-rules.ts'
import type { JsonObject } from '../json.ts'
import type { Deal } from '../sales/deal.ts'
import type { Window } from '../scoring/cap.ts'
import type { Meter } from '../scoring/meter.ts'
import type { Attribute } from './attribute.ts'
import type { LeadId } from './lead-id.ts'

/**
 * What a lead's log folds to. Plain JSON; every part says which fact it rests on.
 * Points fade, so engagement is kept as what is needed to compute it for any later moment.
 */
export interface LeadState {
  /** `rulesVersion` of the playbook that it was folded under: under any other it has to be folded anew. */
  readonly rules: string
  /** Time of the earliest fact. */
  readonly createdAt: string
  /** Time of the latest fact that counts. */
  readonly lastActivityAt: string
  /** The last fact in `(occurredAt, id)` order, whether it counts or not. */
  readonly last: { readonly occurredAt: string; readonly id: string }
  /** Ids of the latest facts (bounded), to drop near repeats without reading the log. */
  readonly recentIds: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
  /** What forms said that nobody has confirmed, where something surer is known or the address was confirmed: it counts for nothing. */
  readonly unconfirmed?: Readonly<Record<string, Attribute>>
  /** By submission: what it said, until it is confirmed or can be no more. */
  readonly claims?: Readonly<Record<string, Claim>>
  /** Since when it is known that whoever reads the mailbox has to do with us. A withdrawal does not end it. */
  readonly confirmed?: { readonly at: string; readonly factId: string }
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
  /** By rule id. What a meter keeps of earlier cycles is what stage conditions of the present one leave out. */
  readonly engagement: Readonly<Record<string, Meter>>
  /** By group id, `*` for all rules together: the awards that still matter for the cap. */
  readonly groups?: Readonly<Record<string, Window>>
  readonly emails: {
    readonly opened: Readonly<Record<string, string>>
    readonly clicked: Readonly<Record<string, string>>
  }
  readonly consent: Readonly<Record<string, Consent>>
  /** Soft bounces within the time that the settings look back, in ms since the epoch. */
  readonly softBounces?: readonly number[]
  /** Set by a hard bounce, too many soft ones or a complaint: no mail at all. */
  readonly suppression?: {
    readonly reason: SuppressionReason
    readonly at: string
    readonly factId: string
  }
  /** Whoever reads the mailbox has said that it was not they who signed up: nobody asks them again. */
  readonly refused?: { readonly at: string; readonly factId: string }
  readonly band: BandEntry
  readonly stage: StageEntry
  /** Every stage entered in the latest cycles, and the very first, oldest first, the current one last. */
  readonly stages: readonly StageEntry[]
  /** Begins at 1; a recycle adds one. */
  readonly cycle: number
  /** Moments in each cycle at which the lead qualified, oldest first. */
  readonly qualifications: readonly Qualification[]
  /** Set by what sent the lead back: it may not qualify before. */
  readonly paused?: Pause
  readonly recycles: readonly Recycle[]
  /** Business with this lead, oldest first. */
  readonly deals?: readonly Deal[]
  /** Double opt-in mails that became due, oldest first (those of the last 30 days). */
  readonly confirmations: readonly ConfirmationDue[]
  /** By `triggerKey`: what sequences may begin with or wait for, and the fact that brought it about last. */
  readonly triggers?: Readonly<Record<string, Trigger>>
  /** Marks of the ids of facts that were taken back, whether they have come yet or not; `*` for any: there are too many. */
  readonly voids?: readonly string[]
  /** Leads merged into this one, and those that were set apart again and are not to be joined by themselves. */
  readonly family?: { readonly members: readonly LeadId[]; readonly apart: readonly LeadId[] }
  /** Deliveries and hits of the last moments: a further hit may show that an earlier one was a machine's. */
  readonly traffic?: Traffic
  /** When the earliest hit that is held back may be counted. */
  readonly heldUntil?: string
}

/** `ses-suppressed`: SES itself keeps the address on a suppression list and handed the mail to nobody. */
export type SuppressionReason = 'bounced' | 'soft-bounced' | 'ses-suppressed' | 'complained'

export interface Claim {
  readonly at: string
  readonly values: JsonObject
}

/** Times in ms since the epoch; `message` is what a delivery and the hits on it share. */
export interface Traffic {
  readonly delivered: readonly (readonly [message: string, at: number])[]
  readonly hits: readonly (readonly [message: string, at: number, link: string])[]
  /** There were more than are kept: what comes next is judged by the whole log. */
  readonly cut?: true
}

/** The band and grade since the last change of either, as of the fact that changed it. */
export interface BandEntry {
  readonly id: string
  readonly grade: string
  readonly score: number
  /** The band before; absent for the first. */
  readonly from?: string
  readonly at: string
  /** The fact that changed it; where points faded, the one that had changed it before. */
  readonly factId: string
  /** It changed by the passing of time alone. */
  readonly faded?: true
}

/** `held`: a condition that was true after the last fact; what becomes true next is a rising edge only once it was not. */
export interface Trigger {
  readonly factId: string
  readonly at: string
  readonly held?: true
}

export interface StageEntry {
  readonly stage: StageId
  readonly from?: StageId
  readonly at: string
  readonly factId: string
  /** The condition that held, as the playbook words it; absent for the first stage. */
  readonly condition?: string
  readonly cycle: number
  /** Skipped on the way to a later stage: it counts as passed through, and nothing follows from it. */
  readonly implied?: true
}

export interface Qualification {
  readonly cycle: number
  readonly at: string
  readonly factId: string
  readonly score: number
  /** Nothing happened then but the end of a pause; `factId` is what the pause began with. */
  readonly pauseOver?: true
}

/** `until` absent: closed for good. */
export interface Pause {
  readonly until?: string
  /** Its end was judged: what happened before it and comes in later has to be taken first. */
  readonly over?: true
  readonly at: string
  readonly factId: string
  readonly reason: string
}

/** The beginning of a further cycle. */
export interface Recycle {
  readonly cycle: number
  readonly at: string
  readonly factId: string
  readonly reason: string
  /** Its last deal was lost; absent: its handoff was rejected. */
  readonly lost?: true
  /** When it may qualify again. */
  readonly pausedUntil?: string
  /** The sequence that it enters. */
  readonly sequence?: string
}

/** State of one purpose. Evidence (wording, form, how) stands in the fact. */
export interface Consent {
  /** `lapsed`: nobody confirmed it in time. */
  readonly status: 'pending' | 'granted' | 'withdrawn' | 'lapsed'
  /** Granted by somebody who has shown that the mailbox is theirs. */
  readonly confirmed?: true
  readonly at: string
  readonly factId: string
}

export interface ConfirmationDue {
  readonly factId: string
  readonly form: string
  readonly purpose: string
  /** Of the box that was ticked beside it: the same email confirms both. */
  readonly furtherPurpose?: string
  readonly language: string
  readonly at: string
  /** The one that comes by itself when nobody has answered. */
  readonly reminder?: true
}
