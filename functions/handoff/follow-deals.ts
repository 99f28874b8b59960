import { followLead } from '../../domain/handoff/follow-lead.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import { besideOthers, hasStandIn } from '../../domain/handoff/stand-in.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import { type Handoffs, type Lead, type Leads, Transient } from '../ports.ts'
import { type RetryOptions, retryConflicts } from '../retry-conflicts.ts'
import { rootLead } from '../root-lead.ts'
import { type AttendHandoffPorts, attendHandoff, setDeadlines } from './publish-handoff.ts'

interface FollowDealsPorts extends AttendHandoffPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Handoffs
  readonly pauseUpTo: NonNullable<RetryOptions['pauseUpTo']>
}

/** More changes in a row than any lead brings about: whoever needs them goes round in a circle. */
const mostRounds = 20

/**
 * Aligns a handoff with its lead's current state: answered, won, lost or reopened by an activity, or one of several that the
 * person has; then updates the team's open counts. Idempotent, in any order.
 * @throws Transient while its lead is being merged.
 */
export const makeFollowDeals =
  (ports: FollowDealsPorts) =>
  (handoffId: string): Promise<void> =>
    retryConflicts(
      async () => {
        // Repeated after each change: a concurrent message may have seen the new deals and found nothing to do.
        for (let round = 0; round < mostRounds; round += 1)
          if (await standsAsItsLead(ports, handoffId)) return
        throw new Error(`handoff ${handoffId} never stands as its lead`)
      },
      { pauseUpTo: ports.pauseUpTo },
    )

/** @returns whether nothing had to change. */
const standsAsItsLead = async (ports: FollowDealsPorts, handoffId: string): Promise<boolean> => {
  const stored = await ports.handoffs.find(handoffId)
  if (!stored) return true
  const handoff = await attendHandoff(ports, stored)
  // Read after the handoff: the commit below fails if another process has seen later deals.
  const lead = await rootLead(ports.leads, handoff.leadId)
  if (!lead?.state) return true
  if (lead.leadId !== handoff.leadId && !lead.members?.includes(handoff.leadId))
    throw new Transient(`lead ${handoff.leadId} is being merged`)
  const root = { ...lead, state: lead.state }
  const followed = followLead(handoff, root)
  const next = followed === handoff ? await followOthers(ports, handoff, root) : followed
  if (next === handoff) {
    await ports.handoffs.count(handoff)
    await setDeadlines(ports, handoff)
    return true
  }
  await ports.handoffs.commit(next)
  return false
}

/** Aligns a handoff with those of the person's other leads, should some have been merged. */
const followOthers = async (
  { handoffs, clock }: FollowDealsPorts,
  handoff: Handoff,
  root: Pick<Lead, 'leadId' | 'members'> & { readonly state: LeadState },
): Promise<Handoff> => {
  if (handoff.answer.state !== 'requested' && !hasStandIn(handoff)) return handoff
  const others = [root.leadId, ...(root.members ?? [])].filter((leadId) => leadId !== handoff.leadId)
  const theirs = await Promise.all(others.map(handoffs.list))
  return besideOthers(handoff, root, theirs.flat(), clock())
}

/** Checks every handoff of the person, whatever the message says: a lead has few. */
export const makeFollowLead = (ports: FollowDealsPorts) => {
  const follow = makeFollowDeals(ports)
  return async (leadId: LeadId): Promise<void> => {
    const root = await rootLead(ports.leads, leadId)
    if (!root) return
    const family = [...new Set([root.leadId, ...(root.members ?? []), leadId])]
    const all = (await Promise.all(family.map(ports.handoffs.list))).flat().filter(mayChange)
    // What becomes of a later one may concern those before it.
    for (const { handoffId } of all.length > 1 ? [...all, ...all] : all) await follow(handoffId)
  }
}

/** Rejected and withdrawn handoffs are final, but may still have to be published. */
const mayChange = (handoff: Handoff): boolean => {
  const { answer, outbox } = handoff
  const isFinal = answer.state === 'rejected' || (answer.state === 'expired' && !hasStandIn(handoff))
  return !isFinal || outbox.length > 0
}
