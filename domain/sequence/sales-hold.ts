import type { LeadState } from '../lead/lead-state.ts'
import { isClosed, isCustomer, withSalesSince } from '../lead/with-sales.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { isMarketing } from './marketing-mail.ts'
import type { Run } from './run.ts'
import type { Sequence } from './sequence.ts'

/** Activities of the sale itself and of what comes after it begin with one of these. */
const ofSales = ['needs', 'proposal', 'negotiation', 'deal', 'onboarding', 'customer', 'order', 'renewal']
/** What they are when the sale came to nothing. */
const lost = 'deal.lost'

/** Whether a sequence is meant for people whom sales has, or for customers, where it does not say so itself. */
const isForSales = ({ enter }: Pick<Sequence, 'enter'>): boolean => {
  if ('stage' in enter) return enter.stage === 'purchase'
  if (!('activity' in enter)) return false
  const [noun = ''] = enter.activity.split('.', 1)
  return (ofSales.includes(noun) && enter.activity !== lost) || enter.activity === 'handoff.accepted'
}

/** Whether a sequence goes on while sales has the lead. */
export const goesOnWithSales = (sequence: Pick<Sequence, 'enter' | 'withSales'>): boolean =>
  sequence.withSales === undefined ? isForSales(sequence) : sequence.withSales === 'continue'

/** Sales has the lead: marketing stands back. */
export interface SalesHold {
  /** RFC 3339 UTC. */
  readonly since: string
  /** Whether this email waits until the lead is given back. */
  holds(email: string): boolean
}

/**
 * @param playbook the version that the run is in.
 * @param state the lead as it is by now.
 * @returns undefined where nothing is held: marketing has the lead, or the sequence is meant for such leads.
 */
export const salesHold = (
  playbook: Pick<Playbook, 'emails'>,
  sequence: Pick<Sequence, 'enter' | 'withSales'>,
  state: LeadState,
): SalesHold | undefined => {
  const since = withSalesSince(state)
  return since === undefined || goesOnWithSales(sequence)
    ? undefined
    : { since, holds: (email) => isMarketing(playbook, email) }
}

/** When a lead that sales had since `since` was given back, as its log says; undefined where it says nothing of that. */
export const backFromSales = (since: string, { recycles }: Pick<LeadState, 'recycles'>): string | undefined =>
  recycles.find(({ at }) => at >= since)?.at

/** When some deal was first won, RFC 3339 UTC. */
const wonAt = ({ deals = [] }: LeadState): string | undefined =>
  deals
    .filter(({ status }) => status === 'won')
    .map(({ closedAt, openedAt }) => closedAt ?? openedAt)
    .toSorted()[0]

/**
 * Why what a run began before has no sense any more: its lead has become a customer since, or was closed for good. What
 * begins afterwards is another matter.
 */
export const salesOutcome = (
  run: Pick<Run, 'enteredAt'>,
  sequence: Pick<Sequence, 'enter' | 'withSales'>,
  state: LeadState,
): 'customer' | 'closed' | undefined => {
  if (goesOnWithSales(sequence)) return undefined
  const won = isCustomer(state) ? wonAt(state) : undefined
  if (won !== undefined && run.enteredAt < won) return 'customer'
  return isClosed(state) && state.paused && run.enteredAt < state.paused.at ? 'closed' : undefined
}
