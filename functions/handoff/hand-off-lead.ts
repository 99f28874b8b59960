import { leadContext } from '../../domain/condition/lead-context.ts'
import { chooseTeam } from '../../domain/handoff/choose-team.ts'
import type { Qualified } from '../../domain/handoff/request-handoff.ts'
import { handoffIdOf, requestHandoff } from '../../domain/handoff/request-handoff.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { Bus, Clock, Handoffs, Leads } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { publishHandoff } from './publish-handoff.ts'

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

/** A lead qualified: one handoff, one owner, one email, however often the message comes. @throws a defect for a lead that is not there. */
export const makeHandOffLead =
  (ports: HandOffLeadPorts) =>
  (qualified: Qualified): Promise<void> =>
    retryConflicts(
      async () => {
        const handoffId = handoffIdOf(qualified.leadId, qualified.cycle)
        const existing = await ports.handoffs.load(qualified.leadId, handoffId)
        if (existing) return publishHandoff(ports, existing)
        const lead = await ports.leads.load(qualified.leadId)
        if (!lead?.state) throw new Error(`handoff ${handoffId}: its lead is not in the table`)
        const now = ports.clock()
        const context = leadContext({ ...lead, state: lead.state }, ports.rules, now)
        const team = chooseTeam(ports.rules.playbook.handoff, (condition) =>
          ports.rules.holds(condition, context),
        )
        const turn = await ports.handoffs.nextTurn(team.id, handoffId)
        const handoff = requestHandoff(qualified, team, turn, ports.rules.playbook.handoff, now)
        await ports.handoffs.commit(handoff)
        await publishHandoff(ports, { ...handoff, version: handoff.version + 1 })
      },
      { tries, pauseUpTo: ports.pauseUpTo },
    )
