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

/** In the order in which what follows from one moment is published. */
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
   * The state was folded anew under the rules of this version: what follows is marked by it, so that nobody takes it for
   * news, and emails that old facts would ask for stay unsent.
   */
  readonly rescored?: string
}

/**
 * What follows from a lead's new state that did not follow from the one before: the same decision has the same id
 * whenever it is taken, however the facts came in. The first stage counts as reached (`from` null). What no longer
 * follows is taken back where others have built on it.
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
