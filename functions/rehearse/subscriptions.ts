import type { DecisionType } from '../../domain/lead/decision.ts'
import { activityDetailType, resumedDetailType, sendingResumedDetailType } from '../event-names.ts'

export type Worker = 'record' | 'nurture' | 'send' | 'handoff' | 'erase' | 'webhook'

type Steering = typeof activityDetailType | typeof resumedDetailType | typeof sendingResumedDetailType

/** Who takes which event: as the rules of the deployed bus have it, which a test holds against this. */
export const subscriptions: Readonly<Partial<Record<DecisionType | Steering, readonly Worker[]>>> = {
  [activityDetailType]: ['record'],
  StageAdvanced: ['nurture'],
  ActivityRecorded: ['nurture'],
  SequenceTriggered: ['nurture'],
  EmailRequested: ['send'],
  ConsentGranted: ['send'],
  [resumedDetailType]: ['send'],
  [sendingResumedDetailType]: ['send'],
  LeadQualified: ['handoff', 'webhook'],
  LeadRecycled: ['nurture', 'handoff', 'webhook'],
  LeadClosed: ['nurture', 'handoff', 'webhook'],
  QualificationWithdrawn: ['nurture', 'handoff', 'webhook'],
  HandoffAccepted: ['handoff', 'webhook'],
  DealWon: ['nurture', 'handoff', 'webhook'],
  DealLost: ['nurture', 'handoff', 'webhook'],
  ErasureRequested: ['erase'],
  LeadErased: ['webhook'],
  HandoffRequested: ['webhook'],
  HandoffAssigned: ['webhook'],
  HandoffReminded: ['webhook'],
  HandoffEscalated: ['webhook'],
  HandoffRejected: ['webhook'],
  DealPhaseChanged: ['handoff', 'webhook'],
  DealOutcomeWithdrawn: ['handoff', 'webhook'],
}

export const subscribersOf = (detailType: string): readonly Worker[] =>
  new Map(Object.entries(subscriptions)).get(detailType) ?? []
