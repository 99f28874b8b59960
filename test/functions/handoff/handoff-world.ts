import { foldLead } from '../../../domain/lead/fold.ts'
import type { LeadId } from '../../../domain/lead/lead-id.ts'
import { parseLeadId } from '../../../domain/lead/lead-id.ts'
import type { Playbook } from '../../../domain/playbook/playbook.ts'
import { compileRules } from '../../../domain/playbook/rules.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { memoryBus } from '../fakes/memory-bus.ts'
import { memoryHandoffs } from '../fakes/memory-handoffs.ts'
import { memoryLeads } from '../fakes/memory-leads.ts'

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

/** Some leads that have done something, and everything that hands them over, in memory. */
export const handoffWorld = async (count = 1) => {
  const rules = compileRules(playbook)
  const leads = memoryLeads()
  const leadIds: LeadId[] = []
  for (let index = 0; index < count; index += 1) {
    const leadId = parseLeadId(`lead-${String(index + 1).padStart(4, '0')}`)
    const properties = { path: '/' }
    const state = foldLead([{ id: 'f', type: 'page.viewed', occurredAt: now, properties }], rules)
    if (!leadId || !state) throw new Error('no lead')
    await leads.commit({ leadId, email: `${leadId}@werk.example.net`, version: 0, state, outbox: [] }, 0)
    leadIds.push(leadId)
  }
  const ports = {
    leads,
    handoffs: memoryHandoffs(),
    bus: memoryBus(),
    clock: () => now,
    rules,
    pauseUpTo: async () => {},
  }
  return {
    ...ports,
    ports,
    leadIds,
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
