import { leadContext } from '../../domain/condition/lead-context.ts'
import { chooseTeam } from '../../domain/handoff/choose-team.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { Team } from '../../domain/handoff/handoff-rules.ts'
import type { Qualified } from '../../domain/handoff/request-handoff.ts'
import {
  handoffIdOf,
  isWithdrawn,
  reopenHandoff,
  requestHandoff,
} from '../../domain/handoff/request-handoff.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { Bus, Clock, Handoffs, Lead, Leads } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { publishHandoff } from './publish-handoff.ts'
import { qualifiesIn, takeBackHandoffs } from './take-back-handoffs.ts'

export interface HandOffLeadPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Handoffs
  readonly bus: Bus
  readonly clock: Clock
  readonly rules: Rules
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
export const makeHandOffLead =
  (ports: HandOffLeadPorts) =>
  (qualified: Qualified): Promise<void> =>
    retryConflicts(
      async () => {
        if (!(await handOff(ports, qualified))) return
        // Whoever took the qualification back meanwhile may have found no handoff to close.
        await takeBackHandoffs(ports, qualified)
      },
      { tries, pauseUpTo: ports.pauseUpTo },
    )

/** @returns whether a handoff is there. */
const handOff = async (ports: HandOffLeadPorts, qualified: Qualified): Promise<boolean> => {
  const handoffId = handoffIdOf(qualified.leadId, qualified.cycle)
  const stored = await ports.handoffs.load(qualified.leadId, handoffId)
  const existing = stored && (await publishHandoff(ports, stored))
  if (existing && !isWithdrawn(existing)) return true
  const lead = await ports.leads.load(qualified.leadId)
  if (lead?.erased) return false
  if (!lead?.state) throw new Error(`handoff ${handoffId}: its lead is not in the table`)
  if (!qualifiesIn(lead, qualified.cycle) || (await isInHand(ports, lead))) return existing !== undefined
  const now = ports.clock()
  const { handoff: rules } = ports.rules.playbook
  const team = teamFor(ports, { ...lead, state: lead.state }, existing, now)
  const handoff = existing
    ? reopenHandoff(existing, qualified, team, rules, now)
    : requestHandoff(qualified, team, await ports.handoffs.nextTurn(team.id, handoffId), rules, now)
  await ports.handoffs.commit(handoff)
  await publishHandoff(ports, { ...handoff, version: handoff.version + 1 })
  return true
}

/** The team of a handoff that is opened again, while there is such a team; else the first route that matches. */
const teamFor = (
  { rules }: HandOffLeadPorts,
  lead: { readonly email?: string; readonly state: LeadState },
  existing: Handoff | undefined,
  now: string,
): Team => {
  const { handoff } = rules.playbook
  const known = existing && Object.hasOwn(handoff.teams, existing.team) && handoff.teams[existing.team]
  if (known) return known
  const context = leadContext(lead, rules, now)
  return chooseTeam(handoff, (condition) => rules.holds(condition, context))
}

/** Whether sales has this person already: through a lead that was merged into this one, or by whoever this one was merged into. */
const isInHand = async ({ handoffs }: HandOffLeadPorts, lead: Lead): Promise<boolean> => {
  if (lead.mergedInto !== undefined) return true
  for (const leadId of lead.members ?? [])
    for (const { answer } of await handoffs.list(leadId))
      if (answer.state === 'requested' || answer.state === 'accepted') return true
  return false
}
