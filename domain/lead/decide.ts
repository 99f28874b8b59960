import type { LeadId } from '../model/activity.ts'
import type { Decided, Decision } from '../model/decision.ts'
import type { DecisionType } from '../model/events.ts'
import { bandSlice } from './band.ts'
import { consentSlice } from './consent.ts'
import { funnelSlice } from './funnel.ts'
import type { LeadState } from './lead-state.ts'
import { logSlice } from './log.ts'
import { dealSlice } from './sales.ts'
import { triggerSlice } from './triggers.ts'

/** In the order in which decisions of one moment are published. */
const slices = [logSlice, consentSlice, bandSlice, funnelSlice, dealSlice, triggerSlice]

const implied = (lead: Decided, state: LeadState): readonly Decision[] =>
  slices.flatMap((slice): readonly Decision[] => slice.decisions(lead, state))

const changing = slices.filter((slice) => 'changes' in slice)

const marked = <Type extends DecisionType>(one: Decision<Type>, rescored: string): Decision<Type> => ({
  ...one,
  data: { ...one.data, rescored },
})

interface DecideOptions {
  /**
   * The state was recomputed under the rules of this version: decisions are marked, so that nobody mistakes them for news, and
   * emails for old facts are not sent.
   */
  readonly rescored?: string
}

/**
 * The decisions that follow from a lead's new state and did not follow from the previous one. A decision always has the same
 * id, however the facts arrived. The first stage counts as reached (`from` null). Decisions that no longer follow are withdrawn
 * if others depend on them.
 */
export const decide = (
  lead: { readonly leadId: LeadId; readonly email?: string },
  before: LeadState | undefined,
  after: LeadState,
  { rescored }: DecideOptions = {},
): readonly Decision[] => {
  if (before === after) return []
  const known = new Set(before ? implied(lead, before).map(({ id }) => id) : [])
  const decided = [
    ...changing.flatMap((slice): readonly Decision[] => slice.changes(lead, before, after)),
    ...implied(lead, after),
  ]
    .filter(({ id }) => !known.has(id))
    .toSorted((a, b) => (a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : 0))
  return rescored === undefined
    ? decided
    : decided.filter(({ type }) => type !== 'EmailRequested').map((one) => marked(one, rescored))
}
