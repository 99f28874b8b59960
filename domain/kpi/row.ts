import type { Handoff } from '../handoff/handoff.ts'
import type { Fact, LeadId } from '../model/activity.ts'
import type { MarkedSend } from '../sending/email-figures.ts'
import type { Run } from '../sequence/run.ts'

/**
 * What a row tells. `happenedAt` is the moment of the word itself; `until` when it stopped to hold, null while it holds: at a
 * moment `t` stand the rows with `happenedAt < t` and `until` null or `>= t`.
 */
export const rowKinds = [
  /** A person or a browser was seen for the first time. */
  'lead',
  /** Became known by an address. */
  'known',
  /** Entered the stage `key`; `until`: left it; `next`: entered a higher one in the same cycle; `n` 0: skipped on the way. */
  'stage',
  /** Became ready for sales; `value`: the score. */
  'qualified',
  /** An activity of the type `key`; `value`: its rating, or its seconds; `n`: the needs it tells, otherwise 1. */
  'activity',
  /** Submitted the form `key`. */
  'submitted',
  /** Confirmed what was asked for with the form `key`: once for each time it was submitted. */
  'confirmed',
  /**
   * An order, or a won deal (`key`: `order`, `deal`, `negotiated`), for `amount`; `until`: the deal was opened again; `first`: the
   * lead was seen first; `value`: the days that the deal was open.
   */
  'purchase',
  /** A lost deal (`key`: `deal`, `negotiated`); `until`, `first` and `value` as of a purchase. */
  'loss',
  /** A deal was opened; `until`: closed; `amount`: the last that was told. */
  'deal',
  /** A deal went into negotiation; `until`: that ended. */
  'negotiation',
  /** Asked sales to take the lead; `until`: answered; `key`: `explored` below the threshold, by way of trial. */
  'handoff',
  /** Sales accepted; `first`: it was asked. */
  'accepted',
  /** Sales rejected for the reason `key`; `first`: it was asked. */
  'rejected',
  /** An answer of sales was due and not there; may lie ahead. */
  'overdue',
  /** Entered the sequence `key`; `until`: its end, whichever. */
  'run',
  /** Ended the sequence `key` at its last step. */
  'completed',
  /** Ended the sequence `key` by reaching its goal. */
  'goal',
  /** An email went out; `key`: `sequence/email`, with `-` for an email that no sequence sent. */
  'sent',
  /** The same for what became of an email, once for each; `first`: it went out. */
  'delivered',
  'opened',
  'clicked',
  /** A link of an email was followed, once for each; `key`: `sequence/email address`, without what is added for campaigns. */
  'link',
  'unsubscribed',
  /** The part of a purchase that the attribution model `key` gives to `source` and `campaign`; otherwise as the purchase. */
  'credit',
  /** What `source` and `campaign` cost; belongs to no lead. */
  'cost',
] as const
export type RowKind = (typeof rowKinds)[number]

/** One thing that counts. Holds no personal data. Instants are milliseconds since the epoch. */
export interface Row {
  /** The lead into which all others of the person were merged; null for a cost. */
  readonly lead: string | null
  /** Of the lead's first touch: `direct` where nothing tells. */
  readonly source: string
  readonly campaign: string | null
  readonly kind: RowKind
  readonly happenedAt: number
  readonly until: number | null
  readonly next: number | null
  readonly first: number | null
  /** In millionths: a whole number of at most 2^52. */
  readonly value: number | null
  readonly key: string | null
  readonly n: number
  /** In ten-thousandths of the currency, the finest that any has. */
  readonly amount: bigint | null
  /** ISO 4217. */
  readonly currency: string | null
}

/** `decimal(p,s)`: a whole number of 10^-s in `Row`. `timestamp`: UTC, milliseconds. */
export type ColumnType = 'string' | 'timestamp' | 'int' | 'decimal(18,6)' | 'decimal(38,4)'

interface RowColumn {
  readonly name: keyof Row
  readonly type: ColumnType
  readonly nullable: boolean
}

/** The columns of the stored rows, in their order. */
export const rowColumns = [
  { name: 'lead', type: 'string', nullable: true },
  { name: 'source', type: 'string', nullable: false },
  { name: 'campaign', type: 'string', nullable: true },
  { name: 'kind', type: 'string', nullable: false },
  { name: 'happenedAt', type: 'timestamp', nullable: false },
  { name: 'until', type: 'timestamp', nullable: true },
  { name: 'next', type: 'timestamp', nullable: true },
  { name: 'first', type: 'timestamp', nullable: true },
  { name: 'value', type: 'decimal(18,6)', nullable: true },
  { name: 'key', type: 'string', nullable: true },
  { name: 'n', type: 'int', nullable: false },
  { name: 'amount', type: 'decimal(38,4)', nullable: true },
  { name: 'currency', type: 'string', nullable: true },
] as const satisfies readonly RowColumn[]

/** Rows as an array for each column, all of the same length. */
export type RowColumns = { readonly [Name in keyof Row]: ArrayLike<Row[Name]> }

export type KpiHandoff = Pick<
  Handoff,
  'handoffId' | 'requestedAt' | 'dueAt' | 'answer' | 'overdueSince' | 'explored'
>

/** An email that went out; `sequence` absent: none asked for it. */
export interface KpiSend extends Pick<MarkedSend, 'sendId' | 'email'> {
  readonly sequence?: string
  /** RFC 3339 UTC. */
  readonly sentAt: string
}

/** All that is known of a person, over all leads merged into one. */
export interface History {
  /** The lead into which the others were merged. */
  readonly leadId: LeadId
  /** Of the lead and those merged into it, whose facts name their `member`; in any order. */
  readonly log: readonly Fact[]
  readonly handoffs: readonly KpiHandoff[]
  readonly runs: readonly Pick<Run, 'sequence' | 'enteredAt' | 'status'>[]
  /** Those that went out. */
  readonly sends: readonly KpiSend[]
}

/**
 * To be raised when rows of the same history become others, or where they stand, or a lead's places among all people: all are
 * made anew then.
 */
export const rowsVersion = 5

export const groupings = ['source', 'campaign', 'week', 'month'] as const
export type Grouping = (typeof groupings)[number]

/** What a report is asked for. */
export interface Asked {
  /** Whole days in `zone`, `YYYY-MM-DD`: the first one, and the one after the last. */
  readonly from: string
  readonly to: string
  readonly by?: Grouping
  /** IANA zone of the company. */
  readonly zone: string
  /** RFC 3339 UTC: what happens later is not counted yet. */
  readonly now: string
}
