import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { MergeClaims } from '../lead-ports.ts'
import { type BegunMerge, Conflict, type Lead, type Leads } from '../ports.ts'

/** A lead on its way into another one, which does not hold it yet. */
export type Merging = Lead & { readonly mergedInto: LeadId; readonly merge: BegunMerge }

export interface Root {
  readonly leadId: LeadId
  /** Absent where nothing is stored. */
  readonly lead?: Lead
  /** Merges on the way there that wait to be carried on. */
  readonly begun: readonly Merging[]
}

const isMerging = (lead: Lead): lead is Merging => lead.mergedInto !== undefined && lead.merge !== undefined

export interface FindRootPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly claims: Pick<MergeClaims, 'confirm' | 'release'>
}

/**
 * Follows a lead to the one that stands for the person. A merge that has begun is confirmed on the way: it was claimed
 * before the way was walked to its end, so of all merges that would close a circle the last one claimed sees the others,
 * and no circle is ever confirmed. What has not been confirmed is taken back where a circle shows.
 * @throws Conflict where merges met.
 */
export const makeFindRoot =
  ({ leads, claims }: FindRootPorts) =>
  async (from: LeadId): Promise<Root> => {
    const passed: Lead[] = []
    for (let leadId = from; ; ) {
      const lead = await leads.load(leadId)
      if (lead?.mergedInto === undefined) {
        const begun = passed.filter(isMerging)
        for (const { leadId: member, merge } of begun)
          if (!merge.confirmed) await claims.confirm(member, merge.fact.id)
        return lead ? { leadId, lead, begun } : { leadId, begun }
      }
      const circle = passed.slice(passed.findIndex((one) => one.leadId === leadId))
      if (passed.some((one) => one.leadId === leadId)) {
        const open = circle.find(({ merge }) => merge?.confirmed === false)
        if (!open) throw new Error(`lead ${leadId} was merged in a circle`)
        await claims.release(open)
        throw new Conflict(`two merges of lead ${open.leadId} met`)
      }
      passed.push(lead)
      leadId = lead.mergedInto
    }
  }
