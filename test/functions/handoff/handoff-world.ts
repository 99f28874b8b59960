import { foldLead } from '../../../domain/lead/fold.ts'
import { type LeadId, parseLeadId } from '../../../domain/model/activity.ts'
import type { Deal } from '../../../domain/model/deal.ts'
import type { HandoffRules } from '../../../domain/model/handoff-rules.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { memoryTimers } from '../../../functions/adapters/memory-event-bus.ts'
import { memoryHandoffs } from '../../../functions/adapters/memory-handoffs.ts'
import { memoryAccounts, memoryLeads } from '../../../functions/adapters/memory-leads.ts'
import { memoryConfirmationPlaces } from '../../../functions/adapters/memory-sends.ts'
import type { Lead } from '../../../functions/ports.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { memoryBus } from '../fakes/memory-bus.ts'

export const now = '2026-03-02T09:00:00.000Z'

/** A team of two, so that a turn taken twice would show. */
const playbook = ((): Playbook => {
  const made = makePlaybook()
  const { dach } = made.handoff.teams
  if (!dach) throw new Error('no team')
  const ben = { name: 'Ben Thal', email: 'ben@sales.example.com' }
  const teams = { dach: { ...dach, members: [...dach.members, ben] as const } }
  return { ...made, handoff: { ...made.handoff, teams } }
})()

const qualifications = [{ cycle: 1, at: now, factId: 'f', score: 70 }]

/**
 * Some leads that qualify, and everything that hands them over, in memory.
 * @param parts in place of those of the playbook's `handoff.yaml`.
 */
export const handoffWorld = async (count = 1, parts: Partial<HandoffRules> = {}) => {
  const rules = compileRules({ ...playbook, handoff: { ...playbook.handoff, ...parts } })
  const leads = memoryLeads()
  const leadIds: LeadId[] = []
  const folded = foldLead(
    [{ id: 'f', type: 'page.viewed', occurredAt: now, properties: { path: '/' } }],
    rules,
  )
  for (let index = 0; index < count; index += 1) {
    const leadId = parseLeadId(`lead-${String(index + 1).padStart(4, '0')}`)
    if (!leadId || !folded) throw new Error('no lead')
    const state = { ...folded, qualifications }
    await leads.commit({ leadId, email: `${leadId}@werk.example.net`, version: 0, state, outbox: [] }, 0)
    leadIds.push(leadId)
  }
  const told: { readonly message: JsonObject; readonly delay: number }[] = []
  const handoffs = memoryHandoffs()
  const alerted: string[] = []
  const ports = {
    leads,
    handoffs,
    rounds: handoffs.rounds,
    accounts: memoryAccounts(),
    /** Teams that had nobody. */
    alerted,
    countUnconfirmed: memoryConfirmationPlaces().count,
    alertEmptyTeam: (team: string): void => {
      alerted.push(team)
    },
    bus: memoryBus(),
    timers: memoryTimers(),
    /** What the handoff queue was given, and with which delay. */
    told,
    enqueueHandoff: async (message: JsonObject, delay: number): Promise<void> => {
      told.push({ message, delay })
    },
    clock: () => now,
    rules,
    pauseUpTo: async () => {},
  }
  return {
    ...ports,
    ports,
    leadIds,
    /** Commits a further change of what `record` keeps of a lead. */
    change: async (leadId: LeadId, parts: Partial<Lead> & { readonly qualifies?: boolean }) => {
      const { qualifies, ...rest } = parts
      const lead = await leads.load(leadId)
      if (!lead?.state) throw new Error('no lead')
      const standing = qualifies === undefined ? lead.state.qualifications : qualifies ? qualifications : []
      const state = { ...lead.state, qualifications: standing }
      await leads.commit({ ...lead, ...rest, state }, 0)
    },
    /** Stands for itself again. */
    part: async (leadId: LeadId) => {
      const lead = await leads.load(leadId)
      if (!lead?.state) throw new Error('no lead')
      const { mergedInto: _, ...alone } = { ...lead, state: lead.state }
      await leads.commit(alone, 0)
    },
    /** How the deal stands that the lead's handoff became. */
    sell: async (leadId: LeadId, deal: Pick<Deal, 'status'> & Partial<Deal>) => {
      const lead = await leads.load(leadId)
      if (!lead?.state) throw new Error('no lead')
      const id = `${leadId}.1`
      const deals = [{ dealId: id, handoffId: id, phases: [], openedAt: now, ...deal }]
      await leads.commit({ ...lead, state: { ...lead.state, deals } }, 0)
    },
    /** What the lead says of itself. */
    describe: async (leadId: LeadId, attributes: Readonly<Record<string, string>>) => {
      const lead = await leads.load(leadId)
      if (!lead?.state) throw new Error('no lead')
      const said = Object.entries(attributes).map(([name, value]) => [name, { value, at: now, factId: 'f' }])
      await leads.commit({ ...lead, state: { ...lead.state, attributes: Object.fromEntries(said) } }, 0)
    },
    qualified: (leadId: LeadId) =>
      ({
        leadId,
        cycle: 1,
        score: 70,
        stage: 'intent',
        decisionId: `${leadId}:qualified:1`,
        correlationId: 'c',
      }) as const,
  }
}
