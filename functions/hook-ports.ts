import type { MappedActivity } from '../domain/hook/map-event.ts'
import type { Claim } from '../domain/hook/signed-claim.ts'
import type { LeadId } from '../domain/lead/lead-id.ts'

/** Whose deal it is, and since when that is known to be so (RFC 3339 UTC). */
export interface DealOwner {
  readonly leadId: LeadId
  readonly taughtAt: string
}

/** What is known of the deals of programs outside. A deal is named by its source and by what that calls it. */
export interface HookDeals {
  /** Strongly consistent. */
  owner(source: string, dealId: string): Promise<DealOwner | undefined>
  /** The one taught last in time stays, whichever comes last. */
  setOwner(source: string, dealId: string, owner: DealOwner): Promise<void>
  /** Keeps what is about a deal of nobody yet, for a week. Idempotent by the activity's id. @param at RFC 3339 UTC */
  keep(source: string, dealId: string, activity: MappedActivity, at: string): Promise<void>
  /** What has been kept about it for less than a week, in the order of time. Strongly consistent. @param now RFC 3339 UTC */
  kept(source: string, dealId: string, now: string): Promise<readonly MappedActivity[]>
  /** Idempotent. */
  drop(source: string, dealId: string, activities: readonly MappedActivity[]): Promise<void>
}

/** How often each thing happened on a day (UTC), by name. */
export interface HookDay {
  readonly day: string
  /** RFC 3339 UTC. */
  readonly lastReceivedAt?: string
  readonly counts: Readonly<Record<string, number>>
}

/** Counts for each source, kept for a month. Eventually consistent. */
export interface HookFigures {
  /** @param at RFC 3339 UTC */
  add(source: string, at: string, counts: Readonly<Record<string, number>>): Promise<void>
  /** @param from a day, such as 2026-03-02. */
  since(source: string, from: string): Promise<readonly HookDay[]>
}

/** What a program outside signs with, newest first; none where nobody has set one. */
export interface HookSecrets {
  (source: string): Promise<readonly string[]>
  /** Whether one is set that is too short to count: whoever set it wonders. */
  readonly isTooShort?: (source: string) => Promise<boolean>
}

/** Whether a claim holds for one of the secrets; takes equally long whichever it is. */
export type ProveClaim = (claim: Claim, secrets: readonly string[]) => boolean
