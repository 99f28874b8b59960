import type { EventData } from '../../../domain/model/events.ts'
import { leadId } from './facts.ts'

const at = '2026-03-02T09:00:00.000Z'
const because = { activityId: 'x' }
const run = { sequence: 'interest', version: 'v1', runId: `${leadId}:interest:1` }
const email = { sendId: `${run.runId}:0`, email: 'welcome', recipient: 'lead' } as const
const handoffId = `${leadId}.1`
const deadline = { handoffId, team: 'dach', assignment: 1, dueAt: at }
const deal = { dealId: 'd', because }

/** Data of events, whole: tests say what differs. */
export const eventSamples = {
  LeadScored: { score: 59.9, band: 'warm', grade: 'B2', previousBand: 'hot', because: 'activity' },
  StageAdvanced: {
    from: null,
    to: 'awareness',
    skipped: [],
    because: { ...because, condition: null },
    cycle: 1,
    factOccurredAt: at,
  },
  StageWithdrawn: { stage: 'intent', cycle: 1, to: 'interest', because },
  LeadQualified: { score: 72, stage: 'intent', cycle: 1 },
  QualificationWithdrawn: { cycle: 1, because },
  LeadRecycled: {
    reason: 'not-now',
    because: 'rejected',
    cycle: 2,
    from: 'intent',
    to: 'interest',
    pausedUntil: null,
    sequence: null,
  },
  LeadClosed: { reason: 'wrong-fit', cycle: 1 },
  SequenceStepReached: { ...run, step: 0, type: 'wait' },
  SequenceExited: { ...run, outcome: 'exit' },
  EmailRequested: email,
  EmailSent: email,
  EmailSuppressed: { ...email, outcome: 'suppressed', reason: 'no-consent' },
  EmailHeld: { ...email, reason: 'window', until: at },
  HandoffRequested: { handoffId, team: 'dach', score: 72, stage: 'intent', dueAt: at },
  HandoffAssigned: { handoffId, team: 'dach', member: 0, because: 'routed', assignment: 1 },
  HandoffReminded: deadline,
  HandoffEscalated: deadline,
  HandoffAccepted: { handoffId },
  HandoffRejected: { handoffId, reason: 'not-now' },
  DealPhaseChanged: { ...deal, from: null, to: 'lead_qualification' },
  DealWon: { ...deal, phase: 'closing' },
  DealLost: { ...deal, phase: 'closing' },
  DealOutcomeWithdrawn: { ...deal, outcome: 'won', phase: null },
} as const satisfies Partial<EventData>
