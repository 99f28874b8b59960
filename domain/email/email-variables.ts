import type { Json, JsonObject } from '../json.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { privacyOf } from '../page/privacy.ts'
import type { Settings } from '../playbook/settings.ts'

/** Control characters that mean nothing in a text; line breaks and tabs may stay. */
const meaningless = /(?![\t\n\r])\p{Cc}/gu

/** `lead.*`: what is known of the lead. A blank value counts as missing, so that an author's `default` takes its place. */
export const leadVariables = (lead: { readonly email?: string; readonly state: LeadState }): JsonObject => {
  const known = Object.entries(lead.state.attributes)
    .map(([name, { value }]): [string, Json] => [name, readable(value)])
    .filter(([, value]) => value !== null && value !== '')
  return { ...Object.fromEntries(known), ...(lead.email !== undefined && { email: lead.email }) }
}

const readable = (value: Json): Json =>
  typeof value === 'string' ? value.replace(meaningless, '').trim() : value

/** `company.*`, in the language of the email. `privacy`: address of the policy, false where none is named, so that `if` can ask. */
export const companyVariables = ({ company }: Settings, language: string): JsonObject => ({
  name: company.name,
  address: company.address,
  imprint: company.imprint,
  privacy: privacyOf(company.privacy, language) ?? false,
})
