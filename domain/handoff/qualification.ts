import { type UnmetPart, unmetParts } from '../condition/unmet-parts.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { lackedBy } from '../lead/pass-pause.ts'
import { isClosed, isCustomer, qualificationNow, withSales } from '../lead/with-sales.ts'
import type { Rules } from '../playbook/rules.ts'
import { viewAt } from '../scoring/score.ts'
import { missingText } from './missing-words.ts'

/** Who has a lead, as far as that can be told without asking its rules. */
export type QualificationStatus =
  /** Marketing. */
  | 'not-yet'
  /** Marketing; sales sent it back for a while. */
  | 'paused'
  | 'with-sales'
  | 'customer'
  /** Marketing again: its deals came to nothing, and `handoff.yaml` says nothing of that. */
  | 'lost'
  /** Nobody: it was closed for good. */
  | 'closed'

/** What a lead lacks to go to sales; `text` says it in words, for the console. */
export type Missing =
  | { readonly type: 'attribute'; readonly attribute: string; readonly text: string }
  | ({ readonly type: 'condition'; readonly text: string } & UnmetPart)

export interface QualificationView {
  /** `qualified`: nothing is missing; it goes to sales with its next activity. */
  readonly status: QualificationStatus | 'qualified'
  readonly cycle: number
  /** In the present cycle. */
  readonly qualifiedAt: string | null
  /** What it lacks now; empty where sales has it or it is closed. */
  readonly missing: readonly Missing[]
  /** The same in one line: "phone, score 42 of 60"; null where nothing is missing. */
  readonly butFor: string | null
  /** Until then it cannot qualify, whatever it does. */
  readonly pausedUntil: string | null
  /** Why sales sent it back for a while, or why it was closed. */
  readonly reason: string | null
}

/** The end of a pause that is not over at `now`. */
const pausedUntil = ({ paused }: LeadState, now: string): string | undefined =>
  paused?.until !== undefined && now < paused.until ? paused.until : undefined

/** @param now RFC 3339 UTC */
export const qualificationStatus = (state: LeadState, now: string): QualificationStatus => {
  if (withSales(state)) return 'with-sales'
  if (isClosed(state)) return 'closed'
  if (isCustomer(state)) return 'customer'
  if (qualificationNow(state)) return 'lost'
  return pausedUntil(state, now) === undefined ? 'not-yet' : 'paused'
}

const missingOf = (
  lead: { readonly email?: string; readonly state: LeadState },
  rules: Rules,
  now: string,
): readonly Missing[] => {
  const view = viewAt(lead, rules, now)
  return [
    ...lackedBy(view, rules).map((attribute) => ({ type: 'attribute', attribute, text: attribute }) as const),
    ...unmetParts(rules.qualify.source, view).map(
      (part) => ({ type: 'condition', text: missingText(part), ...part }) as const,
    ),
  ]
}

/** How a lead stands with sales, and what it still lacks. @param now RFC 3339 UTC */
export const viewQualification = (
  lead: { readonly email?: string; readonly state: LeadState },
  rules: Rules,
  now: string,
): QualificationView => {
  const { state } = lead
  const status = qualificationStatus(state, now)
  const isOpen = status === 'not-yet' || status === 'paused'
  const missing = isOpen ? missingOf(lead, rules, now) : []
  const until = pausedUntil(state, now)
  const hasReason = status === 'paused' || status === 'closed'
  return {
    status: status === 'not-yet' && missing.length === 0 ? 'qualified' : status,
    cycle: state.cycle,
    qualifiedAt: qualificationNow(state)?.at ?? null,
    missing,
    butFor: missing.length === 0 ? null : missing.map(({ text }) => text).join(', '),
    pausedUntil: until ?? null,
    reason: (hasReason && state.paused?.reason) || null,
  }
}
