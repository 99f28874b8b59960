import type { Activity, Subject } from './activity.ts'
import { isOwnersForm } from './evidence.ts'
import type { IdentityRules } from './identity-key.ts'
import { isId } from './is-id.ts'
import { parseAddress } from './normalise-address.ts'

/** Whom an activity is about, and the browser that it came from, where it tells both. */
export interface Whom {
  readonly subject: Subject
  readonly visitorId?: string
}

const giveFields: readonly string[] = ['form.submitted', 'profile.updated']

/** The address that a form or profile gives among its fields. */
const addressAmongFields = ({ type, properties }: Activity, identity: IdentityRules): string | undefined => {
  const { fields } = properties
  if (!giveFields.includes(type) || typeof fields !== 'object' || fields === null || Array.isArray(fields))
    return undefined
  return 'email' in fields ? parseAddress(fields.email, identity) : undefined
}

/**
 * Whether it shows whose browser it came from. Anybody may fill in a form with anybody's address: only once its confirmation
 * comes back, or by a link that was sent there, is it known that the browser is theirs.
 */
const showsBrowser = ({ type, properties, subject }: Activity): boolean => {
  if (type === 'form.submitted') return isOwnersForm(properties)
  return 'email' in subject || (type === 'consent.granted' && properties.confirmed === true)
}

/**
 * A browser that gives an address by a program's word is about that address; what is about an address may name its browser
 * (`visitorId`), and so may the confirmation of a form.
 */
export const whomOf = (activity: Activity, identity: IdentityRules): Whom => {
  const { subject, properties } = activity
  if (!('visitorId' in subject)) {
    const { visitorId } = properties
    return isId(visitorId) && showsBrowser(activity) ? { subject, visitorId } : { subject }
  }
  const email = addressAmongFields(activity, identity)
  return email === undefined ? { subject } : { subject: { email }, visitorId: subject.visitorId }
}
