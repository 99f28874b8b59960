import type { Activity, LeadId } from '../../domain/model/activity.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import type { Costs, TellFigures } from '../figures-ports.ts'
import type {
  Bus,
  Checkpoints,
  Clock,
  Identified,
  Leads,
  LeadTimers,
  MergeClaims,
  Reviews,
  Timers,
} from '../ports.ts'
import type { SendMarks } from '../send-ports.ts'
import type { HookFigures } from '../webhook-ports.ts'

export interface RecordPorts {
  readonly leads: Leads
  readonly claims: MergeClaims
  readonly checkpoints: Checkpoints
  readonly reviews: Pick<Reviews, 'begin'>
  readonly bus: Pick<Bus, 'publish'>
  /** Their messages come to the recorder's own queue. */
  readonly timers: Timers
  readonly leadTimers: LeadTimers
  /** Counts forms that were sent and confirmed. @default nobody counts */
  readonly formFigures?: Pick<HookFigures, 'add'>
  /** Told of a lead that stood under other rules than the live ones. @default nobody is told */
  readonly ensureRescored?: (live: Playbook, previous: string) => Promise<void>
  /** Told what to count anew. @default nobody is told */
  readonly figures?: TellFigures
  /** @default none is kept */
  readonly costs?: Pick<Costs, 'keep'>
  /** What becomes of emails is counted for the sequence that sent them. */
  readonly sendMarks: SendMarks
  /** Marks what is decided as no news, as `rescored`: no sequence begins and nobody is handed over by it. @default it is news */
  readonly noNews?: { readonly rescored: string }
  readonly clock: Clock
  /** The rules that are live. Asked once for each batch. */
  readonly currentRules: () => Promise<Rules>
  /** Waits a random part of `ms` milliseconds: jitter, so that competing writers do not collide again. */
  readonly pauseUpTo: (ms: number) => Promise<void>
}

/** What SES has reported about a lead. */
export interface Reported {
  readonly activity: Activity
  /** The send that it is about is marked already. */
  readonly marked?: true
}

/** An activity and the message that brought it. */
export interface Arrival extends Reported {
  readonly messageId: string
  /** The browser that it came from, beside the address that it is about. */
  readonly visitorId?: string
}

/** An arrival and in whose log it belongs. */
export interface Found extends Arrival {
  readonly leadId: LeadId
  /** What stood against the address when it became this lead's. */
  readonly suppressed?: Identified['suppressed']
  /** The lead of its browser. */
  readonly browser?: LeadId
  /** The lead was claimed for it. */
  readonly isNew?: true
}

/** By the id of each fact that an activity stands for: when it was written under, undefined where the log does not know it. */
export type FirstTimes = ReadonlyMap<string, string | undefined>
