import type { JsonObject } from '../domain/json.ts'
import type { LeadId } from '../domain/lead/lead-id.ts'
import type { Attempted, Delivery, DeliveryState } from '../domain/webhook/delivery.ts'
import type { EndpointState } from '../domain/webhook/endpoint-state.ts'

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
  /** One conditional write against `delivery.version`. @throws Conflict, where it was erased as well */
  commit(delivery: Delivery): Promise<void>
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
  /** One conditional write against `state.version`. @throws Conflict */
  commit(endpoint: string, state: EndpointState): Promise<void>
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
