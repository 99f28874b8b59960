import { localize } from '../form/localize.ts'
import type { Json, JsonObject } from '../json.ts'
import { type Attribute, isBlank } from '../lead/attribute.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { privacyOf } from '../page/privacy.ts'
import type { Playbook } from '../playbook/playbook.ts'
import type { Settings } from '../playbook/settings.ts'
import { neutralText, withoutHidden } from './neutral-text.ts'

type Shown = (name: string, attribute: Attribute) => Json | undefined

/** A blank value counts as missing, so that an author's `default` takes its place. */
export const variablesOf = (
  lead: { readonly email?: string; readonly state: Pick<LeadState, 'attributes'> },
  shown: Shown,
): JsonObject => {
  const known = Object.entries(lead.state.attributes).flatMap(([name, attribute]) => {
    const value = shown(name, { ...attribute, value: readable(attribute.value) })
    return isBlank(value) ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(known), ...(lead.email !== undefined && { email: lead.email }) }
}

const readable = (value: Json): Json => (typeof value === 'string' ? withoutHidden(value).trim() : value)

const neutral = (value: Json): Json => {
  if (typeof value === 'string') return neutralText(value)
  return Array.isArray(value) ? value.map((item: Json) => neutral(item)) : value
}

/** `lead.*` in what colleagues read: what a form said leads nowhere by a click. */
export const leadVariables = (lead: { readonly email?: string; readonly state: LeadState }): JsonObject =>
  variablesOf(lead, (_, { value, given }) => (given === undefined ? value : neutral(value)))

/** What forms said that nobody has confirmed, and that counts for nothing: for colleagues, who may ask. */
export const unconfirmedRows = (
  { unconfirmed = {} }: Pick<LeadState, 'unconfirmed'>,
  { forms }: Pick<Playbook, 'forms'>,
  language: string,
): readonly JsonObject[] => {
  const fields = Object.values(forms).flatMap((form) => form.fields)
  return Object.entries(
    variablesOf({ state: { attributes: unconfirmed } }, (_, { value }) => neutral(value)),
  ).map(([name, value]) => {
    const label = fields.find((field) => field.name === name)?.label
    return { name, label: label ? localize(label, language) : name, value: value ?? '' }
  })
}

/** `company.*`, in the language of the email. `privacy`: address of the policy, false where none is named, so that `if` can ask. */
export const companyVariables = ({ company }: Settings, language: string): JsonObject => ({
  name: company.name,
  address: company.address,
  imprint: company.imprint,
  privacy: privacyOf(company.privacy, language) ?? false,
})
