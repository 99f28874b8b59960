import type { Json, JsonObject } from '../json.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { leadVariables } from './email-variables.ts'

/** Longer than a name of a person or a company. */
const longest = 80

/** What mail programs make a link of: a scheme, `www.`, a mail address, or a name with a dot and letters after it. */
const address = /:\/\/|\bwww\.|@|(?:^|[^\p{L}\p{N}-])[\p{L}\p{N}][\p{L}\p{N}-]*[.。．｡]\p{L}{2,}/iu

const isPlain = (value: Json): boolean =>
  typeof value !== 'string' || (value.length <= longest && !address.test(value))

/** A form was filled in for the address, and nobody has shown that they read what comes there. */
const mayBeStranger = ({ consent, seen }: Pick<LeadState, 'consent' | 'seen'>): boolean =>
  seen['form.submitted'] !== undefined && !Object.values(consent).some(({ confirmed }) => confirmed === true)

/**
 * `lead.*` in an email to the lead. Anybody may fill in a form with anybody's address: until its owner has confirmed,
 * what was written there is what a stranger may want them to read. A value that holds an address of the web or of mail,
 * or that is longer than a name, counts as missing then, and the author's `default` takes its place: else our own
 * confirmation would carry a spammer's link under our name.
 */
export const recipientVariables = (lead: {
  readonly email?: string
  readonly state: LeadState
}): JsonObject => {
  const { email, ...variables } = leadVariables(lead)
  const known = mayBeStranger(lead.state)
    ? Object.fromEntries(Object.entries(variables).filter(([, value]) => isPlain(value)))
    : variables
  return { ...known, ...(email !== undefined && { email }) }
}
