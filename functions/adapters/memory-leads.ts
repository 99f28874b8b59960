import { isJoin } from '../../domain/lead/family.ts'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import type { Checkpoints, MergeClaims } from '../lead-ports.ts'
import { Conflict, type Lead, type Leads } from '../ports.ts'
import { listRank } from './dynamo-lead-items.ts'
import { type MemoryLog, memoryLog } from './memory-log.ts'

export interface MemoryLeads extends Leads, MemoryLog {
  readonly items: ReadonlyMap<LeadId, Lead>
  /** Of those that stand in lists. */
  readonly ranks: ReadonlyMap<LeadId, string>
  readonly claims: MergeClaims
  readonly checkpoints: Checkpoints
}

const idOf = (number: number): LeadId => {
  const id = parseLeadId(`lead-${String(number).padStart(4, '0')}`)
  if (id === undefined) throw new Error('not a lead id')
  return id
}

const copy = <Value>(value: Value): Value => structuredClone(value)

type Items = Map<LeadId, Lead>
type Ranks = Map<LeadId, string>

/** @returns an empty one where nothing is stored. */
const seenIn = (items: Items, { leadId, version }: Pick<Lead, 'leadId' | 'version'>): Lead => {
  const stored = items.get(leadId) ?? { leadId, version: 0, outbox: [] }
  if (stored.version !== version) throw new Conflict(leadId)
  return stored
}

const mergeClaims = (items: Items, ranks: Ranks): MergeClaims => {
  const begun = (leadId: LeadId, factId: string): Lead | undefined => {
    const lead = items.get(leadId)
    return lead?.merge?.fact.id === factId ? lead : undefined
  }
  return {
    begin: async (lead, into, fact, left = []) => {
      const { joinedBy: _joinedBy, ...stored } = seenIn(items, lead)
      const merge = copy({ fact, confirmed: false, ...(left.length > 0 && { left }) })
      const joined = isJoin(fact) && { joinedBy: copy(fact) }
      items.set(lead.leadId, { ...stored, version: lead.version + 1, mergedInto: into, merge, ...joined })
      ranks.delete(lead.leadId)
    },
    confirm: async (leadId, factId) => {
      const lead = begun(leadId, factId)
      if (!lead?.merge) throw new Conflict(leadId)
      if (lead.merge.confirmed) return
      items.set(leadId, { ...lead, version: lead.version + 1, merge: { ...lead.merge, confirmed: true } })
    },
    settle: async (leadId, factId) => {
      const lead = begun(leadId, factId)
      if (!lead) return
      const { merge: _merge, ...settled } = lead
      items.set(leadId, settled)
    },
    release: async (lead) => {
      const stored = seenIn(items, lead)
      const { merge: _merge, mergedInto: _into, joinedBy: _joinedBy, ...released } = stored
      items.set(lead.leadId, { ...released, version: lead.version + 1, unlisted: true })
    },
  }
}

const memoryCheckpoints = (): Checkpoints => {
  const slots = new Map<string, string>()
  return {
    keep: async (leadId, slot, state) => {
      const text = JSON.stringify(state)
      slots.set(`${leadId} ${slot}`, text)
      return { slot, digest: text, last: state.last }
    },
    load: async (leadId, { slot, digest }) => {
      const text = slots.get(`${leadId} ${slot}`)
      return text !== undefined && text === digest ? JSON.parse(text) : undefined
    },
  }
}

/**
 * Leads as the table keeps them: what is stored is JSON, and a version guards each commit.
 * @param newLeadId `lead-0001`, `lead-0002`, … unless it says otherwise.
 */
export const memoryLeads = (newLeadId: (number: number) => LeadId = idOf): MemoryLeads => {
  const items: Items = new Map()
  const ranks: Ranks = new Map()
  const pointers = new Map<string, { readonly leadId: LeadId }>()
  const memory = memoryLog((leadId) => items.get(leadId)?.members ?? [])
  return {
    ...memory,
    items,
    ranks,
    claims: mergeClaims(items, ranks),
    checkpoints: memoryCheckpoints(),
    identify: async (subject) => {
      if ('leadId' in subject) return items.get(subject.leadId)
      const name = JSON.stringify(subject)
      const pointer = pointers.get(name) ?? { leadId: newLeadId(pointers.size + 1) }
      pointers.set(name, pointer)
      return 'email' in subject ? { ...pointer, email: subject.email } : pointer
    },
    load: async (leadId) => copy(items.get(leadId)),
    commit: async (lead, rank) => {
      seenIn(items, lead)
      items.set(lead.leadId, copy({ ...lead, version: lead.version + 1 }))
      if (lead.mergedInto === undefined) ranks.set(lead.leadId, listRank(rank, lead.leadId))
      else ranks.delete(lead.leadId)
    },
    clearOutbox: async (leadId, version) => {
      const lead = items.get(leadId)
      if (lead?.version !== version) return
      const { owedWakes: _owedWakes, ...settled } = lead
      items.set(leadId, { ...settled, outbox: [] })
    },
  }
}
