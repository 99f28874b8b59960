import type { CountedHandoff, RoundRobin } from '../domain/handoff/routing.ts'
import type { MappedActivity } from '../domain/hook/map-event.ts'
import type { Claim } from '../domain/hook/signed-claim.ts'
import type { LeadId } from '../domain/model/activity.ts'
import type { JsonObject } from '../domain/model/json.ts'
import type { Attempted, Delivery, DeliveryState, EndpointState } from '../domain/webhook/delivery.ts'

/** Names one delivery. */
export interface DeliveryRef {
  readonly leadId: LeadId
  readonly endpoint: string
  readonly webhookId: string
}

/** Deliveries as items of their lead's partition: erasure takes them along. */
export interface Deliveries {
  /** Writes it unless it stands already. @returns what stands then. */
  add(delivery: Delivery): Promise<Delivery>
  /** Strongly consistent. */
  load(ref: DeliveryRef): Promise<Delivery | undefined>
  /** One conditional write against `delivery.version`. @returns what stands. @throws Conflict, where it was erased as well */
  commit(delivery: Delivery): Promise<Delivery>
  /** Strongly consistent. */
  list(leadId: LeadId): Promise<readonly Delivery[]>
}

/** Deliveries over all leads, through an index: they lag behind by a moment. */
export interface DeliveryLists {
  /** Newest first. @param since leaves out what was created before it. */
  page(query: {
    readonly endpoint: string
    readonly state: DeliveryState
    readonly since?: string
    readonly limit: number
    readonly cursor?: string
  }): Promise<{ readonly items: readonly Delivery[]; readonly next?: string }>
  /** Up to some 100,000: a request for each part of the list. */
  count(endpoint: string, state: DeliveryState): Promise<number>
}

export interface EndpointStates {
  /** Strongly consistent; `newEndpoint` where nothing is known yet. */
  load(endpoint: string): Promise<EndpointState>
  /** One conditional write against `state.version`. @returns what stands. @throws Conflict */
  commit(endpoint: string, state: EndpointState): Promise<EndpointState>
}

export interface WebhookSecrets {
  /** `whsec_` and base64. */
  secretOf(endpoint: string, generation: number): string
  /** The header `webhook-signature`: a signature by the secret of each generation. @param seconds since the epoch. */
  sign(
    endpoint: string,
    generations: readonly number[],
    signed: { readonly webhookId: string; readonly seconds: number; readonly body: string },
  ): string
}

/** One request, answered or not within ten seconds; never throws for what the other side does. */
export type PostWebhook = (request: {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}) => Promise<Attempted>

/** Puts a message on the queue of the function `webhook`. @param delay in seconds, at most 900. */
export type QueueWebhook = (message: JsonObject, delay?: number) => Promise<void>

/** Writes the line that raises the alarm. */
export type WarnOfWebhook = (details: {
  readonly endpoint: string
  readonly webhookId: string
  readonly because: string
}) => void

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

/** Whose turn it is in each team. */
export interface RoundRobins {
  /** Strongly consistent; an empty round of version 0 where nothing is stored. */
  load(team: string): Promise<RoundRobin>
  /** One conditional write against `round.version`. @returns what stands. @throws Conflict */
  commit(round: RoundRobin): Promise<RoundRobin>
  /** The team's open handoffs, and those that it lost or closed within the last hour. Strongly consistent, any number. */
  counted(team: string): Promise<readonly CountedHandoff[]>
}

/** Who had the last accepted handoff of a company. */
export interface AccountOwners {
  /** @returns the address of the salesperson. */
  latest(account: string): Promise<string | undefined>
  /** Idempotent; goes away with the lead. */
  remember(account: string, accepted: AcceptedHandoff): Promise<void>
}

export interface AcceptedHandoff {
  readonly handoffId: string
  readonly leadId: LeadId
  /** Address of the salesperson. */
  readonly owner: string
  readonly at: string
}
