import { type Activity, compareFacts, type Fact } from '../activity/activity.ts'
import { type LeadId, parseLeadId } from './lead-id.ts'
import type { LeadState } from './lead-state.ts'

type Family = NonNullable<LeadState['family']>

/**
 * By what a browser's lead joins the person who gave an address on it. Of several joins of one browser the first in
 * `(occurredAt, id)` order stands, which is that of the activities.
 */
export const joinOf = ({ id, occurredAt }: Pick<Activity, 'id' | 'occurredAt'>, browser: LeadId): Fact => ({
  id: `join:${browser}:${occurredAt}:${id}`,
  type: 'lead.merged',
  occurredAt,
  properties: { leadId: browser, automatic: true },
})

export const isJoin = ({ type, properties }: Pick<Fact, 'type' | 'properties'>): boolean =>
  type === 'lead.merged' && properties.automatic === true

/** Takes a join back: an earlier one has shown itself. It may be written before what it takes back. */
export const partOf = ({ id, occurredAt, properties }: Fact): Fact => ({
  id: `part:${id}`,
  type: 'lead.unmerged',
  occurredAt,
  properties: { leadId: properties.leadId ?? null, join: id },
})

const isPart = ({ type, properties }: Fact): boolean =>
  type === 'lead.unmerged' && typeof properties.join === 'string'

/**
 * Who was merged into a lead and still is, and who was set apart again, as the lead's own log says. Of what was decided
 * by hand the last word counts. A join counts unless it was taken back, or somebody set the two apart by hand.
 */
export const membersOf = (ownFacts: readonly Fact[]): Family => {
  const changes = ownFacts
    .filter(
      ({ type, member }) => member === undefined && (type === 'lead.merged' || type === 'lead.unmerged'),
    )
    .toSorted(compareFacts)
  const takenBack = new Set(changes.filter(isPart).map(({ properties }) => properties.join))
  const members = new Set<LeadId>()
  const apart = new Set<LeadId>()
  for (const change of changes) {
    const leadId = parseLeadId(change.properties.leadId)
    if (leadId === undefined || isJoin(change) || isPart(change)) continue
    const [from, to] = change.type === 'lead.merged' ? [apart, members] : [members, apart]
    from.delete(leadId)
    to.add(leadId)
  }
  for (const join of changes.filter(isJoin)) {
    const leadId = parseLeadId(join.properties.leadId)
    if (leadId !== undefined && !takenBack.has(join.id) && !apart.has(leadId)) members.add(leadId)
  }
  return { members: [...members], apart: [...apart] }
}
