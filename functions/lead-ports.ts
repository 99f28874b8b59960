import type { Fact } from '../domain/activity/activity.ts'
import type { LeadId } from '../domain/lead/lead-id.ts'
import type { LeadState } from '../domain/lead/lead-state.ts'
import type { CheckpointRef, Lead, LeftJoin } from './ports.ts'

/** States of earlier moments, kept beside the lead. Writing one does not make it valid: the ref in the lead does. */
export interface Checkpoints {
  keep(leadId: LeadId, slot: number, state: LeadState): Promise<CheckpointRef>
  /** @returns undefined when the slot holds another state by now. */
  load(leadId: LeadId, ref: CheckpointRef): Promise<LeadState | undefined>
}

/** Merges on their way, each one conditional write on the item of the lead that goes into another. */
export interface MergeClaims {
  /**
   * Of two that claim a lead, one wins. A lead without an item gets one. It leaves the lists.
   * @param left joins that this one replaces. @throws Conflict when `lead.version` is no longer the stored one.
   */
  begin(
    lead: Pick<Lead, 'leadId' | 'version'>,
    into: LeadId,
    fact: Fact,
    left?: readonly LeftJoin[],
  ): Promise<void>
  /** @throws Conflict when the claim no longer stands. */
  confirm(leadId: LeadId, factId: string): Promise<void>
  /** The other lead's state holds it. Changes nothing when that was noted before. */
  settle(leadId: LeadId, factId: string): Promise<void>
  /** The lead stands for itself, whatever it did before. One without an item gets one. @throws Conflict when `lead.version` is no longer the stored one. */
  release(lead: Pick<Lead, 'leadId' | 'version'>): Promise<void>
}

/** Messages to the recorder itself that come a little later: for waits too short for a schedule. */
export interface DelayedWakes {
  /** @param seconds whole, 0 to 900. */
  later(wake: Wake, seconds: number): Promise<void>
}

/** Time has passed for a lead. */
export interface Wake {
  readonly leadId: LeadId
  /**
   * The moment that it was to come at: it counts as long as the lead waits for that one. Absent: the lead is looked at
   * whatever it waits for, and all that it waits for is set again.
   */
  readonly at?: string
}
