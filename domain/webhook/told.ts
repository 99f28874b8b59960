import { neutralText, withoutHidden } from '../email/neutral-text.ts'
import type { Handoff } from '../handoff/handoff.ts'
import type { JsonObject } from '../json.ts'
import { type Attribute, isBlank } from '../lead/attribute.ts'
import type { LeadState } from '../lead/lead-state.ts'

/** What is known beside the event when it is told. */
export interface Background {
  readonly handoff?: Handoff
  readonly lead?: { readonly email?: string; readonly state: LeadState }
}

/** Attributes that a CRM needs to know whom it is about. */
const contactAttributes = ['firstName', 'lastName', 'company', 'phone'] as const

const contactIn = (
  attributes: Readonly<Record<string, Attribute>>,
  worded: (text: string, attribute: Attribute) => string,
): JsonObject =>
  Object.fromEntries(
    contactAttributes.flatMap((name) => {
      const attribute = attributes[name]
      const value = attribute?.value
      return attribute && typeof value === 'string' && !isBlank(value)
        ? [[name, worded(value, attribute)]]
        : []
    }),
  )

/** Who the lead is, for endpoints that asked for it. `unconfirmed`: what forms said that nobody has confirmed. */
export const contactOf = ({ email, state }: NonNullable<Background['lead']>): JsonObject => {
  const unconfirmed = contactIn(state.unconfirmed ?? {}, withoutHidden)
  return {
    ...(email !== undefined && { email }),
    ...contactIn(state.attributes, withoutHidden),
    ...(Object.keys(unconfirmed).length > 0 && { unconfirmed }),
  }
}

/** The same for people in a channel, where what a form said leads nowhere by a click. */
export const readableContact = ({ email, state }: NonNullable<Background['lead']>): JsonObject => ({
  ...(email !== undefined && { email }),
  ...contactIn(state.attributes, (text, { given }) =>
    given === undefined ? withoutHidden(text) : neutralText(text),
  ),
})
