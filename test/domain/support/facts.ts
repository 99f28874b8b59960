import type { LeadState } from '../../../domain/lead/lead-state.ts'
import { type Fact, type LeadId, parseLeadId } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { deepFreeze } from './deep-freeze.ts'

export const leadIdOf = (text: string): LeadId => {
  const leadId = parseLeadId(text)
  if (!leadId) throw new Error(`not a lead id: ${text}`)
  return leadId
}

export const leadId = leadIdOf('lead-0001')

/** A fact of 2026: `at` is `MM-DDTHH:MM` or a whole instant. */
export const fact = (id: string, type: string, at: string, properties: JsonObject = {}): Fact => ({
  id,
  type,
  occurredAt: at.length > 11 ? at : `2026-${at}:00.000Z`,
  properties,
})

/** The state as stored and read again, frozen. @throws when there is none. */
export const stored = (state: LeadState | undefined): LeadState => {
  if (!state) throw new Error('no state')
  return deepFreeze(JSON.parse(JSON.stringify(state)))
}
