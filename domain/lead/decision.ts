import type { JsonObject } from '../json.ts'
import type { LeadId } from './lead-id.ts'

/** Names of the events that leave on the bus: those of CONTRACT section 6, those that take back what no longer stands, that close or steer, and the request to forget somebody. */
export const decisionTypes = [
  'LeadCreated',
  'LeadScored',
  'StageAdvanced',
  'StageWithdrawn',
  'LeadQualified',
  'QualificationWithdrawn',
  'LeadRecycled',
  'LeadClosed',
  'LeadMerged',
  'LeadUnmerged',
  'ErasureRequested',
  'LeadErased',
  'ConsentGranted',
  'ConsentWithdrawn',
  'ActivityRecorded',
  'SequenceTriggered',
  'SequenceEntered',
  'SequenceStepReached',
  'SequenceExited',
  'SequenceMigrated',
  'EmailRequested',
  'EmailSent',
  'EmailSuppressed',
  'EmailHeld',
  'HandoffRequested',
  'HandoffAssigned',
  'HandoffReminded',
  'HandoffEscalated',
  'HandoffAccepted',
  'HandoffRejected',
  'DealPhaseChanged',
  'DealWon',
  'DealLost',
  'DealOutcomeWithdrawn',
  'PlaybookPublished',
  'SendingPaused',
  'SendingResumed',
] as const
export type DecisionType = (typeof decisionTypes)[number]

/**
 * Something decided about a lead, on its way to the bus. `id` is derived from what it is, so that the same decision
 * has the same id however often it is taken; `data` carries no personal data.
 */
export interface Decision {
  readonly id: string
  readonly type: DecisionType
  readonly occurredAt: string
  /** The fact or decision that caused it. */
  readonly causationId: string
  readonly correlationId: string
  readonly leadId: LeadId
  readonly data: JsonObject
}

/** Whom decisions are about. */
export interface Decided {
  readonly leadId: LeadId
}

/** The fact that decisions follow from, and its time. */
export type Cause = { readonly at: string; readonly factId: string }

/** @param key what it is, unique for its lead. */
export const decision = (
  { leadId }: Decided,
  type: DecisionType,
  key: string,
  { at, factId }: Cause,
  data: JsonObject,
): Decision => ({
  id: `${leadId}:${key}`,
  type,
  occurredAt: at,
  causationId: factId,
  correlationId: factId,
  leadId,
  data: { leadId, ...data },
})
