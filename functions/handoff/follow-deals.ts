import { followDeals } from '../../domain/handoff/follow-deals.ts'
import { type Handoffs, type Leads, Transient } from '../ports.ts'
import { type RetryOptions, retryConflicts } from '../retry-conflicts.ts'
import { rootLead } from '../root-lead.ts'
import { type AttendHandoffPorts, attendHandoff } from './attend-handoff.ts'
import { setDeadlines } from './set-deadlines.ts'

export interface FollowDealsPorts extends AttendHandoffPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Handoffs
  readonly pauseUpTo: NonNullable<RetryOptions['pauseUpTo']>
}

/**
 * A deal of a handoff was won or lost, or is open again: the handoff stands as its lead's deals do by now, whatever the
 * message said, and counts for its team accordingly. Safe to repeat, in any order.
 * @throws Transient while its lead is being merged.
 */
export const makeFollowDeals =
  (ports: FollowDealsPorts) =>
  (handoffId: string): Promise<void> =>
    retryConflicts(
      async () => {
        let isDone = false
        // Once more after each change: another message may have found the deals as they are now, and nothing to do.
        while (!isDone) isDone = await standsAsItsDeals(ports, handoffId)
      },
      { pauseUpTo: ports.pauseUpTo },
    )

/** @returns whether it stood so already. */
const standsAsItsDeals = async (ports: FollowDealsPorts, handoffId: string): Promise<boolean> => {
  const stored = await ports.handoffs.find(handoffId)
  if (!stored) return true
  const handoff = await attendHandoff(ports, stored)
  // After the handoff: what is committed below is refused where another has seen later deals.
  const lead = await rootLead(ports.leads, handoff.leadId)
  if (!lead?.state) return true
  if (lead.leadId !== handoff.leadId && !lead.members?.includes(handoff.leadId))
    throw new Transient(`lead ${handoff.leadId} is being merged`)
  const next = followDeals(handoff, lead.state.deals ?? [])
  if (next === handoff) {
    await ports.handoffs.count(handoff)
    await setDeadlines(ports, handoff)
    return true
  }
  await ports.handoffs.commit(next)
  return false
}
