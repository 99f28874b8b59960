import type { Handoff } from '../handoff/handoff.ts'
import type { JsonObject } from '../json.ts'
import type { LeadState } from '../lead/lead-state.ts'

/** What is known beside the event when it is told. */
export interface Background {
  readonly handoff?: Handoff
  readonly lead?: { readonly email?: string; readonly state: LeadState }
}

/** Attributes that a CRM needs to know whom it is about. */
const contactAttributes = ['firstName', 'lastName', 'company', 'phone'] as const

/** Who the lead is, for endpoints that asked for it. */
export const contactOf = ({ email, state }: NonNullable<Background['lead']>): JsonObject => ({
  ...(email !== undefined && { email }),
  ...Object.fromEntries(
    contactAttributes.flatMap((name) => {
      const value = state.attributes[name]?.value
      return typeof value === 'string' && value !== '' ? [[name, value]] : []
    }),
  ),
})
