import type { LeadState } from '../lead/lead-state.ts'
import type { Rules } from '../playbook/rules.ts'
import { viewAt } from '../scoring/score.ts'
import type { ConditionContext } from './condition.ts'

/**
 * What conditions about a lead see at `now` (RFC 3339 UTC); `lead.email` is the known address unless a form gave one.
 * @param since the beginning of a cycle: what happened before it is left out.
 */
export const leadContext = (
  lead: { readonly email?: string; readonly state: LeadState },
  rules: Rules,
  now: string,
  since?: string,
): ConditionContext => viewAt(lead, rules, now, since)
