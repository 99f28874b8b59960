import type { LeadState } from '../../../domain/lead/lead-state.ts'
import type { LeadId, Subject } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { recordWorld } from './record-world.ts'

export const anna = { email: 'anna@example.com' }
export const ben = { email: 'ben@example.com' }
export const phone = { visitorId: 'phone' }

/** On the `day`th of March 2026. */
export const activityOf = (
  subject: Subject,
  id: string,
  type: string,
  day: number,
  properties: JsonObject = {},
) => ({
  id,
  type,
  subject,
  occurredAt: `2026-03-${String(day).padStart(2, '0')}T09:00:00.000Z`,
  properties,
})

export type TestActivity = ReturnType<typeof activityOf>

/** A world in which several people are met. */
export const familyWorld = () => {
  const world = recordWorld()
  const idOf = async (subject: Subject): Promise<LeadId> => {
    const found = await world.leads.identify(subject)
    if (!found) throw new Error('not identified')
    return found.leadId
  }
  const leadOf = async (subject: Subject) => {
    const lead = world.leads.items.get(await idOf(subject))
    if (!lead) throw new Error('no such lead')
    return lead
  }
  return {
    ...world,
    idOf,
    leadOf,
    stateOf: async (subject: Subject): Promise<LeadState> => {
      const { state } = await leadOf(subject)
      if (!state) throw new Error('no state')
      return state
    },
    take: async (...activities: readonly TestActivity[]): Promise<void> => {
      for (const [, error] of await world.record(activities.map((one) => activityMessage(one)))) throw error
    },
    merged: (into: LeadId, other: LeadId, id: string, day: number) =>
      activityOf({ leadId: into }, id, 'lead.merged', day, { leadId: other }),
    unmerged: (from: LeadId, other: LeadId, id: string, day: number) =>
      activityOf({ leadId: from }, id, 'lead.unmerged', day, { leadId: other }),
  }
}

/** What does not depend on which facts told of merges. */
export const essence = ({
  last: _last,
  recentIds: _ids,
  family: _family,
  ...rest
}: LeadState): Omit<LeadState, 'last' | 'recentIds' | 'family'> => rest
