import { openDraft } from '../lead/draft.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { LeadView } from '../lead/lead-view.ts'
import type { Rules } from '../playbook/rules.ts'

export interface Score {
  /** `max(0, fit + engagement)`, a decimal. */
  readonly score: number
  readonly fit: number
  readonly engagement: number
  readonly band: string
  /** `A1` … `D4`. */
  readonly grade: string
}

/**
 * A lead as seen at `now` (RFC 3339 UTC), or at its last fact where that is later: points never grow towards the past.
 * @param since the beginning of a cycle: what happened before it is left out.
 */
export const viewAt = (
  { email, state }: { readonly email?: string; readonly state: LeadState },
  rules: Rules,
  now: string,
  since?: string,
): LeadView => {
  const draft = openDraft(state, rules)
  const view = new LeadView(draft, rules, since === undefined ? 'lead' : 'cycle', email, since)
  view.moveTo(Math.max(Date.parse(now), draft.now))
  return view
}

/** The score at `now`, faded to that moment. */
export const scoreAt = (
  lead: { readonly email?: string; readonly state: LeadState },
  rules: Rules,
  now: string,
): Score => {
  const view = viewAt(lead, rules, now)
  return {
    score: view.score() ?? 0,
    fit: view.fit() ?? 0,
    engagement: view.engagement() ?? 0,
    band: view.band() ?? '',
    grade: view.grade() ?? '',
  }
}
