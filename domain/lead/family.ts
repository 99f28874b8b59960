import { compareFacts, type Fact } from '../activity/activity.ts'
import { type LeadId, parseLeadId } from './lead-id.ts'
import type { LeadState } from './lead-state.ts'

type Family = NonNullable<LeadState['family']>

/** Who was merged into a lead and still is, and who was set apart again, as the lead's own log says: the last word counts. */
export const membersOf = (ownFacts: readonly Fact[]): Family => {
  const members = new Set<LeadId>()
  const apart = new Set<LeadId>()
  for (const { type, properties, member } of ownFacts.toSorted(compareFacts)) {
    const leadId = parseLeadId(properties.leadId)
    if (leadId === undefined || member !== undefined) continue
    const [from, to] =
      type === 'lead.merged' ? [apart, members] : type === 'lead.unmerged' ? [members, apart] : []
    from?.delete(leadId)
    to?.add(leadId)
  }
  return { members: [...members], apart: [...apart] }
}
