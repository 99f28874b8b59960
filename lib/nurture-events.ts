import type { DecisionType } from '../domain/model/decision.ts'

/** What sequences begin with, and what tells that sales has given a lead back, won it or closed it. */
export const nurtureEvents: readonly DecisionType[] = [
  'StageAdvanced',
  'ActivityRecorded',
  'SequenceTriggered',
  'LeadRecycled',
  'LeadClosed',
  'QualificationWithdrawn',
  'DealWon',
  'DealLost',
]
