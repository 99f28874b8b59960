import type { LeadId } from '../lead/lead-id.ts'
import type { SalesPhase } from './sales-phases.ts'

/** `amount`: a decimal of 0 or more as text, such as `1234.50`, never a floating-point number; `currency`: ISO 4217. */
export interface Money {
  readonly amount: string
  readonly currency: string
}

/** One piece of business with a lead: a part of what its log folds to. Several may stand side by side. */
export interface Deal {
  /** The handoff's id where it opened on acceptance, else the id it came with, else that of the fact that opened it. */
  readonly dealId: string
  /** What the CRM calls it, where that is another id. */
  readonly externalId?: string
  /** The handoff that it came from: its owner is the deal's. */
  readonly handoffId?: string
  /** The merged lead in whose log it began. */
  readonly member?: LeadId
  readonly status: 'open' | 'won' | 'lost'
  /** Every phase it came to, oldest first; the last one is where it stands. */
  readonly phases: readonly DealPhase[]
  readonly openedAt: string
  /** Of the latest proposal or, once won, of the win. */
  readonly value?: Money
  readonly closedAt?: string
  /** The fact that won or lost it. */
  readonly closedBy?: string
  /** Why it was lost. */
  readonly reason?: string
}

export interface DealPhase {
  readonly phase: SalesPhase
  readonly at: string
  readonly factId: string
  /** Why it went back, where it did. */
  readonly reason?: string
  /** When the talks were said to be over, though the deal was not. */
  readonly endedAt?: string
}

/** Opened by the acceptance of a handoff that the activity does not name: it stands for whichever waits for an answer. */
export const isOfUnnamedHandoff = ({ dealId, handoffId, phases }: Deal): boolean =>
  handoffId !== undefined && handoffId === dealId && handoffId === phases[0]?.factId
