import { leadContext } from '../../domain/condition/lead-context.ts'
import type { Choice } from '../../domain/handoff/assign-owner.ts'
import { isAbsent } from '../../domain/handoff/availability.ts'
import { chooseTeam } from '../../domain/handoff/choose-team.ts'
import { followLead } from '../../domain/handoff/follow-lead.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import { handoffIdOf } from '../../domain/handoff/handoff-ids.ts'
import type { Team } from '../../domain/handoff/handoff-rules.ts'
import type { Qualified } from '../../domain/handoff/request-handoff.ts'
import { isWithdrawn, reopenHandoff, requestHandoff } from '../../domain/handoff/request-handoff.ts'
import { memberOf } from '../../domain/handoff/team-members.ts'
import { isUnconfirmed, unconfirmedQuota } from '../../domain/handoff/unconfirmed-limit.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { Quota } from '../../domain/sending/mailbox-limit.ts'
import type { Alarms, Bus, Clock, Handoffs, Lead, Leads } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { type AttendHandoffPorts, attendHandoff } from './attend-handoff.ts'
import { makeClaimTurn } from './claim-turn.ts'
import { makeFollowDeals } from './follow-deals.ts'
import { makeRouteHandoff, type RouteHandoffPorts } from './route-handoff.ts'
import { qualifiesIn, takeBackHandoffs } from './take-back-handoffs.ts'

export interface HandOffLeadPorts extends AttendHandoffPorts, RouteHandoffPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Handoffs
  readonly bus: Bus
  readonly clock: Clock
  readonly rules: Rules
  /** Counts one more handoff of an unconfirmed lead. @returns whether there was room. */
  readonly countUnconfirmed: (quota: Quota) => Promise<boolean>
  readonly alarms: Alarms
  /** Waits a random part of `ms` milliseconds. */
  readonly pauseUpTo: (ms: number) => Promise<void>
}

/** All handoffs of a team take turns at one item: under a flood many meet there. */
const tries = 12

/**
 * A lead qualified: one handoff, one owner, one email, however often the message comes; one that was withdrawn is opened
 * again. What counts is how the lead stands by now, not what the message says: the qualification may have been taken
 * back since. @throws a defect for a lead that is not there.
 */
export const makeHandOffLead = (ports: HandOffLeadPorts, claimTurn = makeClaimTurn(ports)) => {
  const route = makeRouteHandoff(ports, claimTurn)
  return (qualified: Qualified): Promise<void> => {
    const once = { ...ports, countUnconfirmed: countOnce(ports) }
    return retryConflicts(
      async () => {
        const handoff = await handOff(once, route, qualified)
        if (!handoff) return
        // Whoever took the qualification back meanwhile, or answered it, may have found no handoff to close.
        await takeBackHandoffs(ports, qualified)
        const lead = await ports.leads.load(qualified.leadId)
        if (!lead?.state || lead.mergedInto !== undefined) return
        const isOutOfLine = followLead(handoff, { ...lead, state: lead.state }) !== handoff
        if (isOutOfLine) await makeFollowDeals(ports)(handoff.handoffId)
      },
      { tries, pauseUpTo: ports.pauseUpTo },
    )
  }
}

/** However often it is tried after a conflict. */
const countOnce = ({ countUnconfirmed }: Pick<HandOffLeadPorts, 'countUnconfirmed'>) => {
  let hasRoom = false
  return async (quota: Quota): Promise<boolean> => {
    hasRoom ||= await countUnconfirmed(quota)
    return hasRoom
  }
}

/** @returns the handoff that is there, if any. */
const handOff = async (
  ports: HandOffLeadPorts,
  route: ReturnType<typeof makeRouteHandoff>,
  qualified: Qualified,
): Promise<Handoff | undefined> => {
  const handoffId = handoffIdOf(qualified.leadId, qualified.cycle)
  const stored = await ports.handoffs.load(qualified.leadId, handoffId)
  const existing = stored && (await attendHandoff(ports, stored))
  if (existing && !isWithdrawn(existing)) return existing
  const lead = await ports.leads.load(qualified.leadId)
  if (lead?.erased) return undefined
  if (!lead?.state) throw new Error(`handoff ${handoffId}: its lead is not in the table`)
  if (!qualifiesIn(lead, qualified.cycle) || (await isInHand(ports, lead))) return existing
  const now = ports.clock()
  const routed = { ...lead, state: lead.state }
  if (!existing && (await waits(ports, handoffId, qualified, lead.state, now))) return undefined
  const choice =
    (existing && sameOwner(ports, existing, now)) ??
    (await route({
      handoffId,
      assignment: (existing?.assignments.length ?? 0) + 1,
      team: teamFor(ports, routed, now),
      lead: routed,
    }))
  const { handoff: rules } = ports.rules.playbook
  const handoff = existing
    ? reopenHandoff(existing, qualified, choice, rules, now)
    : requestHandoff(qualified, choice, rules, now)
  await ports.handoffs.commit(handoff)
  return attendHandoff(ports, { ...handoff, version: handoff.version + 1 })
}

/** Anybody can make up leads: of those whose address nobody has confirmed so many an hour go to sales, and others wait. */
const waits = async (
  ports: Pick<HandOffLeadPorts, 'alarms' | 'countUnconfirmed' | 'rules'>,
  handoffId: string,
  qualified: Qualified,
  state: LeadState,
  now: string,
): Promise<boolean> => {
  if (!isUnconfirmed(state)) return false
  const quota = unconfirmedQuota(ports.rules.playbook.handoff, now)
  if (await ports.countUnconfirmed(quota)) return false
  await ports.alarms.set(`${handoffId}:unconfirmed:${quota.until}`, quota.until, {
    type: 'waiting',
    qualified: { ...qualified },
  })
  return true
}

/** Of a handoff that is opened again: whoever had it, while they are still in that team and not away. */
const sameOwner = (
  { rules }: HandOffLeadPorts,
  { team: id, owner }: Handoff,
  now: string,
): Choice | undefined => {
  const { teams } = rules.playbook.handoff
  const team = Object.hasOwn(teams, id) ? teams[id] : undefined
  const member = team && memberOf(team, owner.email)
  return team && member && !isAbsent(member, team, now) ? { team, member, because: 'routed' } : undefined
}

const teamFor = (
  { rules }: HandOffLeadPorts,
  lead: { readonly email?: string; readonly state: LeadState },
  now: string,
): Team => {
  const context = leadContext(lead, rules, now)
  return chooseTeam(rules.playbook.handoff, (condition) => rules.holds(condition, context))
}

/** Whether sales has this person already: through a lead that was merged into this one, or by whoever this one was merged into. */
const isInHand = async ({ handoffs }: HandOffLeadPorts, lead: Lead): Promise<boolean> => {
  if (lead.mergedInto !== undefined) return true
  for (const leadId of lead.members ?? [])
    for (const { answer } of await handoffs.list(leadId))
      if (answer.state === 'requested' || answer.state === 'accepted') return true
  return false
}
