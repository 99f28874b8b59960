import type { LeadId } from '../domain/model/activity.ts'
import type { AudienceReport, Broadcast } from '../domain/sending/broadcast.ts'

/** Who gets a broadcast is spread over so many partitions. */
export const memberLanes = 4

export interface Broadcasts {
  /** Strongly consistent. */
  load(broadcastId: string): Promise<Broadcast | undefined>
  /** One conditional write against `version`. @returns what stands. @throws Conflict */
  commit(broadcast: Broadcast): Promise<Broadcast>
  /** Newest first; eventually consistent. */
  page(place: { readonly limit: number; readonly cursor?: string }): Promise<{
    readonly items: readonly Broadcast[]
    readonly next?: string
  }>
}

/** One lane of finding the audience. */
interface Freezing {
  readonly cursor?: string
  /** Leads move within the lists while they are read: rounds repeat until one finds nobody new. */
  readonly round: number
  readonly found: number
  /** Moments at which some of them are to get it. */
  readonly dues: readonly string[]
}

/** Asking for the emails, those of one moment after those of an earlier one. */
interface Dispatching {
  readonly dues: readonly string[]
  readonly due: number
  readonly lane: number
  readonly cursor?: string
  /** Set once everybody was asked for who gets a variant to try, and others wait for what comes of that. */
  readonly trial?: {
    /** When the last of them was asked for. */
    readonly askedAt: string
    /** The look that is to come, from 1 on; absent once it is decided what the others get. */
    readonly look?: number
  }
}

/** Going through the audience for the report, again and again until nobody is left to wait for. */
interface Reporting {
  readonly lane: number
  readonly cursor?: string
  readonly counted: AudienceReport
  readonly passes: number
  /** The last one that was finished. */
  readonly latest?: AudienceReport
  readonly latestAt?: string
}

export interface PartStates {
  readonly freeze: Freezing
  readonly dispatch: Dispatching
  readonly report: Reporting
}
export type PartKind = keyof PartStates

/** A part of the work on a broadcast that goes on step by step. */
export interface BroadcastPart<Kind extends PartKind = PartKind> {
  readonly broadcastId: string
  readonly kind: Kind
  /** Of freezing; 0 for the others. */
  readonly lane: number
  /** Of the message that is to come. */
  readonly seq: number
  /** When the last one was taken; absent: none was yet. */
  readonly turnedAt?: string
  readonly isDone: boolean
  /** The next step is not before then. */
  readonly until?: string
  readonly state: PartStates[Kind]
  /** 0: not stored yet. */
  readonly version: number
}

export interface BroadcastParts {
  /** Strongly consistent. */
  load<Kind extends PartKind>(
    broadcastId: string,
    kind: Kind,
    lane: number,
  ): Promise<BroadcastPart<Kind> | undefined>
  /** One conditional write against `version`. @returns what stands. @throws Conflict */
  commit<Kind extends PartKind>(part: BroadcastPart<Kind>): Promise<BroadcastPart<Kind>>
}

/** One of the audience, and when they are to get it. */
export interface Member {
  readonly leadId: LeadId
  readonly due: string
}

/** The audience as it was found. */
export interface BroadcastMembers {
  /** Whoever is in it already stays as they are. @returns how many are new. */
  add(broadcastId: string, members: readonly Member[]): Promise<number>
  /** Strongly consistent, in a fixed order. */
  page(
    broadcastId: string,
    lane: number,
    place: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<{ readonly items: readonly Member[]; readonly next?: string }>
}
