import type { FieldError } from '../field-error.ts'
import { isJsonObject, type Json } from '../json.ts'
import type { Activity } from './activity.ts'
import { type IdentityRules, identityKey } from './identity-key.ts'
import { parseAddress } from './normalise-address.ts'

const path = 'properties.fields.email'

const fieldOf = ({
  type,
  properties: { fields },
}: Pick<Activity, 'type' | 'properties'>): Json | undefined =>
  (type === 'profile.updated' || type === 'form.submitted') && isJsonObject(fields) ? fields.email : undefined

/**
 * What is wrong with an address among the fields of an activity: a lead has one, and no field changes it. A browser may
 * give one, and so may whoever repeats the one that the lead has.
 * @param own the lead's address, where it is known; else the activity's subject tells it.
 */
export const addressMisfit = (
  activity: Pick<Activity, 'type' | 'properties' | 'subject'>,
  identity: IdentityRules,
  own?: string,
): FieldError | undefined => {
  const { subject } = activity
  const given = fieldOf(activity)
  if (given === undefined || 'visitorId' in subject) return undefined
  const address = 'email' in subject ? subject.email : own
  const named = parseAddress(given, identity)
  if (
    address !== undefined &&
    named !== undefined &&
    identityKey(named, identity) === identityKey(address, identity)
  )
    return undefined
  return {
    path,
    message:
      'changes no address: record an activity with the new one as its subject ({ email }), and merge the two leads (POST /api/leads/{leadId}/merge)',
  }
}

/** The activity without the address among its fields. */
export const withoutAddressField = <Told extends Pick<Activity, 'properties'>>(activity: Told): Told => {
  const { fields } = activity.properties
  if (!isJsonObject(fields)) return activity
  const { email: _email, ...rest } = fields
  return { ...activity, properties: { ...activity.properties, fields: rest } }
}
