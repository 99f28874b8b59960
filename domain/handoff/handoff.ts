import type { StageId } from '../funnel/funnel-rules.ts'
import type { Decision } from '../lead/decision.ts'
import type { LeadId } from '../lead/lead-id.ts'
import type { Deadlines, DeadlineType } from './deadlines.ts'

export const handoffStates = ['requested', 'accepted', 'rejected', 'expired', 'won', 'lost'] as const
export type HandoffState = (typeof handoffStates)[number]

interface Person {
  readonly name: string
  readonly email: string
}

/**
 * `sticky`: they had the lead or its account before. `fallback`: nobody of the team that a route chose was there.
 * `deadline`: nobody answered in time.
 */
export type AssignedBecause = 'routed' | 'sticky' | 'fallback' | 'deadline' | 'by-hand'

/** Who was given a handoff, and why. */
export interface Assignment {
  readonly team: string
  readonly owner: Person
  readonly at: string
  readonly because: AssignedBecause
  /** Whoever gave it to them by hand, and why in their own words: personal data, not for events. */
  readonly by?: string
  readonly reason?: string
  /** They took it over from somebody who had accepted it: no answer is wanted of them. */
  readonly accepted?: true
  /** Of somebody who had it before, and whose clock was stopped: as they were for them. */
  readonly dueAt?: string
  readonly deadlines?: Deadlines
}

/** A qualified lead on its way from marketing to sales. */
export interface Handoff {
  readonly handoffId: string
  readonly leadId: LeadId
  readonly team: string
  /** Whoever has it by now, as the last of `assignments` says. */
  readonly owner: Person
  /** Who had it, oldest first. */
  readonly assignments: readonly Assignment[]
  readonly score: number
  readonly stage: StageId
  readonly requestedAt: string
  /** When an unanswered handoff is escalated, in the team's business hours. */
  readonly dueAt: string
  /** Of the present owner. */
  readonly deadlines?: Deadlines
  /** Which of them have come and were seen to. */
  readonly passed?: readonly DeadlineType[]
  /** Set once somebody let `dueAt` go by, and kept whoever has it later. */
  readonly overdueSince?: string
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
  | {
      readonly state: 'rejected'
      readonly at: string
      readonly by: string
      readonly reason: string
      /** The salesperson's own words: personal data, not for events. */
      readonly note?: string
    }
  /** `withdrawn`: what the lead qualified by was taken back. `returnedAs`: nobody answered; a reason of `reject`. */
  | {
      readonly state: 'expired'
      readonly at: string
      readonly reason?: 'withdrawn'
      readonly returnedAs?: string
    }
  /** What became of the deal; `accepted` is absent where nobody had said that they take it. */
  | {
      readonly state: 'won' | 'lost'
      readonly at: string
      readonly accepted?: { readonly at: string; readonly by: string }
    }
