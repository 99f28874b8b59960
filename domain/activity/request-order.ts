import type { Activity } from './activity.ts'
import { type IdentityRules, identityKey } from './identity-key.ts'

type Placed = Pick<Activity, 'occurredAt' | 'timeAssumed'> & { readonly subject: object }

/** Whom it is about, as far as the request tells. */
const whomOf = ({ subject }: Placed, identity: IdentityRules): string =>
  'email' in subject && typeof subject.email === 'string'
    ? identityKey(subject.email, identity)
    : JSON.stringify(subject)

const kindOf = ({ subject }: Placed): string => Object.keys(subject).join()

/**
 * Activities of one request that came without times happened in the order in which they stand there. All have the time of
 * arrival: what may be about the same person as one before gets a millisecond more, and everything behind it no less. A
 * repeat of the request changes nothing: the first time of an id is kept.
 */
export const inRequestOrder = <One extends Placed>(
  activities: readonly One[],
  identity: IdentityRules,
): readonly One[] => {
  let shift = 0
  let people = new Set<string>()
  let kinds = new Set<string>()
  return activities.map((activity) => {
    if (!activity.timeAssumed) return activity
    const whom = whomOf(activity, identity)
    const kind = kindOf(activity)
    // An address, a lead's id and a browser may all mean one person.
    if (people.has(whom) || (kinds.size > 0 && !kinds.has(kind))) {
      shift += 1
      people = new Set()
      kinds = new Set()
    }
    people.add(whom)
    kinds.add(kind)
    if (shift === 0) return activity
    const occurredAt = new Date(Date.parse(activity.occurredAt) + shift).toISOString()
    return { ...activity, occurredAt }
  })
}
