import { compareFacts, type Fact } from '../../../domain/activity/activity.ts'
import { type LeadId, parseLeadId } from '../../../domain/lead/lead-id.ts'
import { Conflict, type Lead, type Leads } from '../../../functions/ports.ts'

export interface MemoryLeads extends Leads {
  readonly items: ReadonlyMap<LeadId, Lead>
  /** The whole log of a lead, in order. */
  log(leadId: LeadId): readonly Fact[]
}

const idOf = (number: number): LeadId => {
  const id = parseLeadId(`lead-${String(number).padStart(4, '0')}`)
  if (id === undefined) throw new Error('not a lead id')
  return id
}

/** Leads as the table keeps them: what is stored is JSON, and a version guards each commit. Ids are `lead-0001`, `lead-0002`, … */
export const memoryLeads = (): MemoryLeads => {
  const items = new Map<LeadId, Lead>()
  const pointers = new Map<string, LeadId>()
  const logs = new Map<LeadId, Map<string, Fact>>()
  const firstTimes = new Map<string, string>()
  const copy = <Value>(value: Value): Value => structuredClone(value)
  const log = (leadId: LeadId) => [...(logs.get(leadId)?.values() ?? [])].sort(compareFacts)
  return {
    items,
    log,
    identify: async (subject) => {
      if ('leadId' in subject) return items.get(subject.leadId)
      const pointer = JSON.stringify(subject)
      const leadId = pointers.get(pointer) ?? idOf(pointers.size + 1)
      pointers.set(pointer, leadId)
      return 'email' in subject ? { leadId, email: subject.email } : { leadId }
    },
    load: async (leadId) => copy(items.get(leadId)),
    append: async (leadId, facts) => {
      const stored = logs.get(leadId) ?? new Map<string, Fact>()
      logs.set(leadId, stored)
      return facts.map(({ timeAssumed, ...given }) => {
        const key = `${leadId} ${given.id}`
        if (timeAssumed && !firstTimes.has(key)) firstTimes.set(key, given.occurredAt)
        const occurredAt = (timeAssumed && firstTimes.get(key)) || given.occurredAt
        const fact = copy({ ...given, occurredAt })
        const place = `${occurredAt}#${fact.id}`
        if (!stored.has(place)) stored.set(place, fact)
        return fact
      })
    },
    facts: async (leadId, upTo) =>
      log(leadId).filter((fact) => upTo === undefined || compareFacts(fact, { ...fact, ...upTo }) <= 0),
    commit: async (lead) => {
      if ((items.get(lead.leadId)?.version ?? 0) !== lead.version) throw new Conflict(lead.leadId)
      items.set(lead.leadId, copy({ ...lead, version: lead.version + 1 }))
    },
    clearOutbox: async (leadId, version) => {
      const lead = items.get(leadId)
      if (lead?.version === version) items.set(leadId, { ...lead, outbox: [] })
    },
  }
}
