import type { DecisionType } from '../../domain/lead/decision.ts'
import { activityDetailType } from '../event-names.ts'

export type Worker = 'record' | 'nurture' | 'send' | 'handoff' | 'erase'

/** Who takes which event: as the rules of the deployed bus have it, which a test holds against this. */
export const subscriptions: Readonly<
  Partial<Record<DecisionType | typeof activityDetailType, readonly Worker[]>>
> = {
  [activityDetailType]: ['record'],
  StageAdvanced: ['nurture'],
  ActivityRecorded: ['nurture'],
  SequenceTriggered: ['nurture'],
  EmailRequested: ['send'],
  ConsentGranted: ['send'],
  LeadQualified: ['handoff'],
  QualificationWithdrawn: ['handoff'],
  ErasureRequested: ['erase'],
}

export const subscribersOf = (detailType: string): readonly Worker[] =>
  new Map(Object.entries(subscriptions)).get(detailType) ?? []
