import { originOf } from '../activity/expand.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Attribute } from '../lead/attribute.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { variablesOf } from './email-variables.ts'
import { isName } from './neutral-text.ts'

/** What mail programs make a link of: a scheme, `www.`, a mail address, or a name with a dot and letters after it. */
const address = /:\/\/|\bwww\.|@|(?:^|[^\p{L}\p{N}-])[\p{L}\p{N}][\p{L}\p{N}-]*[.。．｡]\p{L}{2,}/iu

/** What a greeting is made of: nothing but a name ever stands there. */
const names: readonly string[] = ['firstName', 'lastName', 'name', 'fullName', 'title', 'salutation']

const every = (value: Json, isFine: (text: string) => boolean): boolean => {
  if (typeof value === 'string') return isFine(value)
  return Array.isArray(value) ? value.every((item: Json) => every(item, isFine)) : typeof value !== 'object'
}

/** A form was filled in for the address, and nobody has shown that they read what comes there. */
const mayBeStranger = ({ confirmed, consent, seen }: LeadState): boolean =>
  confirmed === undefined &&
  seen['form.submitted'] !== undefined &&
  !Object.values(consent).some((one) => one.confirmed === true)

/** A program has said that they may be written to: what a form says since has nothing to do with that. */
const isKnown = ({ confirmed, consent }: LeadState): boolean =>
  confirmed !== undefined ||
  Object.values(consent).some(({ status, factId }) => status === 'granted' && originOf(factId) === undefined)

const mayBeRead = (name: string, { value, given }: Attribute, isStranger: boolean): boolean => {
  if (given === 'form' || (given === undefined && isStranger))
    return every(value, (text) => isName(name === 'company' ? text.replaceAll('&', '') : text))
  if (given === undefined) return true
  return every(value, (text) => (names.includes(name) ? isName(text) : !address.test(text)))
}

/**
 * `lead.*` in an email to the lead. Anybody may fill in a form with anybody's address: until its owner has confirmed,
 * what was written there is what a stranger may want them to read. What is no name counts as missing then, and the
 * author's `default` takes its place: else our own confirmation would carry a spammer's words under our name. Whoever
 * confirms a form may not have filled it in: it still brings no link, and greets nobody by a sentence.
 */
export const recipientVariables = (lead: {
  readonly email?: string
  readonly state: LeadState
}): JsonObject => {
  const isStranger = mayBeStranger(lead.state)
  return variablesOf(lead, (name, attribute) =>
    (attribute.given === 'form' && isKnown(lead.state)) || !mayBeRead(name, attribute, isStranger)
      ? undefined
      : attribute.value,
  )
}
