import type { Activity, Subject } from './activity.ts'
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

/** A browser that gives an address in a form is about that address; one about an address may name its browser (`visitorId`). */
export const whomOf = (activity: Activity, identity: IdentityRules): Whom => {
  const { subject, properties } = activity
  if ('email' in subject) {
    const { visitorId } = properties
    return isId(visitorId) ? { subject, visitorId } : { subject }
  }
  if (!('visitorId' in subject)) return { subject }
  const email = addressAmongFields(activity, identity)
  return email === undefined ? { subject } : { subject: { email }, visitorId: subject.visitorId }
}
