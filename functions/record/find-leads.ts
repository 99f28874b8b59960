import type { Activity } from '../../domain/activity/activity.ts'
import { type IdentityRules, identityKey } from '../../domain/activity/identity-key.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Identified, Leads } from '../ports.ts'

/** An activity and the message that brought it. */
export interface Arrival {
  readonly messageId: string
  readonly activity: Activity
  /** The browser that it came from, beside the address that it is about. */
  readonly visitorId?: string
}

/** An arrival and in whose log it belongs. */
export interface Found extends Arrival {
  readonly leadId: LeadId
  /** What stood against the address when it became this lead's. */
  readonly suppressed?: Identified['suppressed']
  /** The lead of its browser. */
  readonly browser?: LeadId
}

export interface FoundLeads {
  readonly found: readonly Found[]
  /** By message id: those whose lead could not be found, with the reason. */
  readonly failures: ReadonlyMap<string, unknown>
}

/** Asks for each subject once. */
const asking = ({ identify }: Pick<Leads, 'identify'>) => {
  const asked = new Map<string, Promise<Identified>>()
  return (subject: Activity['subject']): Promise<Identified> => {
    const name = JSON.stringify(subject)
    const known = asked.get(name)
    if (known) return known
    const answer = identify(subject).then((found) => {
      if (found === undefined) throw new Error('nobody is known by this subject')
      return found
    })
    asked.set(name, answer)
    return answer
  }
}

/**
 * Finds whom each activity is about. Every browser has a lead of its own, which joins that of an address: so it can move
 * when it turns out that another person gave an address on it before.
 */
export const makeFindLeads = ({ leads }: { readonly leads: Pick<Leads, 'identify'> }) => {
  const find = async (
    arrival: Arrival,
    identity: IdentityRules,
    ask: ReturnType<typeof asking>,
  ): Promise<Found> => {
    const { activity, visitorId } = arrival
    const { subject } = activity
    // A lead named by its id is loaded next, which tells whether there is one.
    if ('leadId' in subject) return { ...arrival, leadId: subject.leadId }
    if ('visitorId' in subject) return { ...arrival, leadId: (await ask(subject)).leadId }
    const person = ask({ email: identityKey(subject.email, identity) })
    const [{ leadId, suppressed }, browser] = await Promise.all([
      person,
      visitorId === undefined ? undefined : ask({ visitorId }),
    ])
    return {
      ...arrival,
      leadId,
      ...(suppressed && { suppressed }),
      ...(browser && { browser: browser.leadId }),
    }
  }

  return async (arrivals: readonly Arrival[], identity: IdentityRules): Promise<FoundLeads> => {
    const ask = asking(leads)
    const failures = new Map<string, unknown>()
    const found: Found[] = []
    await Promise.all(
      arrivals.map(async (arrival) => {
        try {
          found.push(await find(arrival, identity, ask))
        } catch (error) {
          failures.set(arrival.messageId, error)
        }
      }),
    )
    return { found, failures }
  }
}
