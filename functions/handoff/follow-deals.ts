import { followLead } from '../../domain/handoff/follow-lead.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import { type Handoffs, type Leads, Transient } from '../ports.ts'
import { type RetryOptions, retryConflicts } from '../retry-conflicts.ts'
import { rootLead } from '../root-lead.ts'
import { type AttendHandoffPorts, attendHandoff, setDeadlines } from './publish-handoff.ts'

interface FollowDealsPorts extends AttendHandoffPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Handoffs
  readonly pauseUpTo: NonNullable<RetryOptions['pauseUpTo']>
}

/**
 * Brings a handoff in line with how its lead stands now: answered, won or lost by an activity, or its deal open again.
 * It then counts for its team accordingly. Safe to repeat, in any order.
 * @throws Transient while its lead is being merged.
 */
export const makeFollowDeals =
  (ports: FollowDealsPorts) =>
  (handoffId: string): Promise<void> =>
    retryConflicts(
      async () => {
        let isDone = false
        // Once more after each change: another message may have found the deals as they are now, and nothing to do.
        while (!isDone) isDone = await standsAsItsLead(ports, handoffId)
      },
      { pauseUpTo: ports.pauseUpTo },
    )

/** @returns whether it stood so already. */
const standsAsItsLead = async (ports: FollowDealsPorts, handoffId: string): Promise<boolean> => {
  const stored = await ports.handoffs.find(handoffId)
  if (!stored) return true
  const handoff = await attendHandoff(ports, stored)
  // After the handoff: what is committed below is refused where another has seen later deals.
  const lead = await rootLead(ports.leads, handoff.leadId)
  if (!lead?.state) return true
  if (lead.leadId !== handoff.leadId && !lead.members?.includes(handoff.leadId))
    throw new Transient(`lead ${handoff.leadId} is being merged`)
  const next = followLead(handoff, { leadId: lead.leadId, state: lead.state })
  if (next === handoff) {
    await ports.handoffs.count(handoff)
    await setDeadlines(ports, handoff)
    return true
  }
  await ports.handoffs.commit(next)
  return false
}

/**
 * Something became of a lead that sales may have: every handoff of the person is looked at, whatever the message said. A
 * lead has few.
 */
export const makeFollowLead = (ports: FollowDealsPorts) => {
  const follow = makeFollowDeals(ports)
  return async (leadId: LeadId): Promise<void> => {
    const root = await rootLead(ports.leads, leadId)
    if (!root) return
    for (const member of new Set([root.leadId, ...(root.members ?? []), leadId]))
      for (const handoff of await ports.handoffs.list(member))
        if (mayChange(handoff)) await follow(handoff.handoffId)
  }
}

/** What was given back or withdrawn stays so: it may only have to be told yet. */
const mayChange = ({ answer, outbox }: Handoff): boolean =>
  (answer.state !== 'rejected' && answer.state !== 'expired') || outbox.length > 0
