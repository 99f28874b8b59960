import type { LeadId } from '../domain/model/activity.ts'
import { type Lead, type Leads, Transient } from './ports.ts'

/** Merges lead to one root: a longer way than this is a circle of merges that have begun at once, one of which will be taken back. */
const longestWay = 32

/** The lead that stands for the person: the named one, or the one that it was merged into, however often. Undefined for nobody, and for somebody who was erased. @throws Transient while merges meet. */
export const rootLead = async (leads: Pick<Leads, 'load'>, leadId: LeadId): Promise<Lead | undefined> => {
  let at = leadId
  for (let step = 0; step < longestWay; step += 1) {
    const lead = await leads.load(at)
    if (lead?.erased) return undefined
    if (lead?.mergedInto === undefined) return lead
    at = lead.mergedInto
  }
  throw new Transient(`lead ${leadId} is being merged`)
}
