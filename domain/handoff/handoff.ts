import type { StageId } from '../funnel/funnel-rules.ts'
import type { Decision } from '../lead/decision.ts'
import type { LeadId } from '../lead/lead-id.ts'

export const handoffStates = ['requested', 'accepted', 'rejected', 'expired', 'won', 'lost'] as const
export type HandoffState = (typeof handoffStates)[number]

/** A qualified lead on its way from marketing to sales. */
export interface Handoff {
  readonly handoffId: string
  readonly leadId: LeadId
  readonly team: string
  readonly owner: { readonly name: string; readonly email: string }
  readonly score: number
  readonly stage: StageId
  readonly requestedAt: string
  /** When an unanswered handoff is escalated, in the team's business hours. */
  readonly dueAt: string
  readonly answer: HandoffAnswer
  /** How often it was opened; absent: once. */
  readonly round?: number
  /** 0: not stored yet. */
  readonly version: number
  readonly outbox: readonly Decision[]
}

export type HandoffAnswer =
  | { readonly state: 'requested' }
  | { readonly state: 'accepted'; readonly at: string; readonly by: string }
  | { readonly state: 'rejected'; readonly at: string; readonly by: string; readonly reason: string }
  /** `withdrawn`: what the lead qualified by was taken back. */
  | { readonly state: 'expired'; readonly at: string; readonly reason?: 'withdrawn' }
  | { readonly state: 'won' | 'lost'; readonly at: string }
