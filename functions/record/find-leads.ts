import type { Activity } from '../../domain/activity/activity.ts'
import { type IdentityRules, identityKey } from '../../domain/activity/identity-key.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Leads } from '../ports.ts'

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
  /** The lead that its browser has had so far, if that is another one without an address from the start. */
  readonly browser?: LeadId
}

export interface FoundLeads {
  readonly found: readonly Found[]
  /** By message id: those whose lead could not be found, with the reason. */
  readonly failures: ReadonlyMap<string, unknown>
}

type Identified = NonNullable<Awaited<ReturnType<Leads['identify']>>>

/** Asks for each subject once. */
const asking = ({ identify }: Pick<Leads, 'identify'>) => {
  const asked = new Map<string, Promise<Identified>>()
  return (subject: Activity['subject'], owner?: LeadId): Promise<Identified> => {
    const name = JSON.stringify(subject)
    const known = asked.get(name)
    if (known) return known
    const answer = identify(subject, owner).then((found) => {
      if (found === undefined) throw new Error('nobody is known by this subject')
      return found
    })
    asked.set(name, answer)
    return answer
  }
}

/**
 * Finds whom each activity is about. A browser that nobody knows yet belongs to the address that is given with it, and to
 * a lead of its own otherwise.
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
    const { leadId } = await ask({ email: identityKey(subject.email, identity) })
    if (visitorId === undefined) return { ...arrival, leadId }
    const browser = await ask({ visitorId }, leadId)
    const isOther = browser.leadId !== leadId && browser.addressed !== true
    return isOther ? { ...arrival, leadId, browser: browser.leadId } : { ...arrival, leadId }
  }

  return async (arrivals: readonly Arrival[], identity: IdentityRules): Promise<FoundLeads> => {
    const ask = asking(leads)
    const failures = new Map<string, unknown>()
    const found: Found[] = []
    const findAll = (list: readonly Arrival[]) =>
      Promise.all(
        list.map(async (arrival) => {
          try {
            found.push(await find(arrival, identity, ask))
          } catch (error) {
            failures.set(arrival.messageId, error)
          }
        }),
      )
    // Browsers that come with an address in the same batch are asked for with it.
    const withAddress = new Set(arrivals.map(({ visitorId }) => visitorId))
    const waits = ({ activity: { subject } }: Arrival) =>
      'visitorId' in subject && withAddress.has(subject.visitorId)
    await findAll(arrivals.filter((arrival) => !waits(arrival)))
    await findAll(arrivals.filter(waits))
    return { found, failures }
  }
}
