import type { Handoff } from '../domain/handoff/handoff.ts'
import type { LeadId } from '../domain/model/activity.ts'
import type { Broadcast } from '../domain/sending/broadcast.ts'
import type { Run } from '../domain/sequence/run.ts'
import type { Delivery } from '../domain/webhook/delivery.ts'
import type { BroadcastPart } from './broadcast-ports.ts'
import type { Lead } from './ports.ts'
import type { Send } from './send-ports.ts'

/** Taking out of the table what is held on a person. Every step may be repeated. */
export interface Remains {
  /**
   * Puts into the place of the lead's item that it was erased, and with whom: whoever is about to commit to it meets a
   * Conflict, and whoever reads it finds nobody. It goes away by itself after a while.
   * @throws Conflict when `lead.version` is no longer the stored one.
   */
  bury(lead: Pick<Lead, 'leadId' | 'version'>, at: string, family: readonly LeadId[]): Promise<void>
  /** Deletes everything else in the lead's partition. */
  clear(leadId: LeadId): Promise<void>
  /** Deletes what leads to the lead: its browsers, and the addresses with these hashes. */
  dropPointers(leadId: LeadId, addressHashes: readonly string[]): Promise<void>
}

/** Messages that a worker gave up on. They hold what their senders put there, addresses included. */
export interface DeadLetters {
  /**
   * Deletes those that `isTheirs` says of; the others stay. A body that is no JSON comes as text.
   * @throws Transient when there are more than one pass looks at.
   */
  sift(isTheirs: (body: unknown) => boolean): Promise<void>
}

/** The list that SES keeps of addresses that bounced or complained, in the clear. */
export interface ProviderSuppressions {
  /** One that is not on the list changes nothing. */
  remove(address: string): Promise<void>
}

/** One-time timers that are not wanted any more. */
export interface CancelTimer {
  /** @param name as it was set; one that has gone off, or never was, changes nothing. */
  cancel(name: string): Promise<void>
}

/** The browsers that lead to somebody. Eventually consistent. */
export interface Browsers {
  list(leadId: LeadId): Promise<readonly string[]>
}

/** Something in the table for which a moment may come. */
export type Waiting =
  | { readonly type: 'lead'; readonly lead: Lead }
  | { readonly type: 'run'; readonly run: Run }
  | { readonly type: 'handoff'; readonly handoff: Handoff }
  | { readonly type: 'send'; readonly send: Send }
  | { readonly type: 'delivery'; readonly delivery: Delivery }
  | { readonly type: 'broadcast'; readonly broadcast: Broadcast }
  | { readonly type: 'broadcast-part'; readonly part: BroadcastPart }
