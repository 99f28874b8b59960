import type { Activity } from '../../domain/activity/activity.ts'
import { type IdentityRules, identityKey } from '../../domain/activity/identity-key.ts'
import { isForgotten } from '../../domain/email/suppressed-address.ts'
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
  /** Without what is about somebody who was erased since: that is dropped. */
  readonly found: readonly Found[]
  /** By message id: those whose lead could not be found, with the reason. */
  readonly failures: ReadonlyMap<string, unknown>
}

type Subject = Activity['subject']
/** @returns undefined for somebody who was erased since. */
type Ask = (subject: Subject) => Promise<Identified | undefined>

/** Asks for each subject once, as of the latest of what names it. */
const asking = ({ identify }: Pick<Leads, 'identify'>, named: readonly Naming[]): Ask => {
  const latest = new Map<string, string>()
  for (const { subject, occurredAt } of named) {
    const name = JSON.stringify(subject)
    if (occurredAt > (latest.get(name) ?? '')) latest.set(name, occurredAt)
  }
  const asked = new Map<string, ReturnType<Ask>>()
  return (subject) => {
    const name = JSON.stringify(subject)
    const answer = asked.get(name) ?? identify(subject, latest.get(name))
    asked.set(name, answer)
    return answer
  }
}

interface Naming {
  readonly subject: Subject
  readonly occurredAt: string
}

/** Whom an activity names: an address by its identity key. */
const namesOf = ({ activity, visitorId }: Arrival, identity: IdentityRules): readonly Naming[] => {
  const { subject, occurredAt } = activity
  const own = 'email' in subject ? { email: identityKey(subject.email, identity) } : subject
  return [own, ...(visitorId === undefined ? [] : [{ visitorId }])].map((one) => ({
    subject: one,
    occurredAt,
  }))
}

const suppressedIn = (found: Identified): Identified['suppressed'] => found.suppressed

/**
 * Finds whom each activity is about. Every browser has a lead of its own, which joins that of an address: so it can move
 * when it turns out that another person gave an address on it before.
 */
export const makeFindLeads = ({ leads }: { readonly leads: Pick<Leads, 'identify'> }) => {
  const find = async (arrival: Arrival, identity: IdentityRules, ask: Ask): Promise<readonly Found[]> => {
    const { subject, occurredAt } = arrival.activity
    const [own, browser] = await Promise.all(
      // A lead named by its id is loaded next, which tells whether there is one.
      namesOf(arrival, identity).map(({ subject: one }) => ('leadId' in one ? one : ask(one))),
    )
    if (own === undefined) return []
    const suppressed = suppressedIn(own)
    if (isForgotten(occurredAt, suppressed)) return []
    return [
      {
        ...arrival,
        leadId: own.leadId,
        // Of a browser it says what is to be dropped, and nothing of an address.
        ...('email' in subject && suppressed && { suppressed }),
        ...(browser && !isForgotten(occurredAt, suppressedIn(browser)) && { browser: browser.leadId }),
      },
    ]
  }

  return async (arrivals: readonly Arrival[], identity: IdentityRules): Promise<FoundLeads> => {
    const ask = asking(
      leads,
      arrivals.flatMap((arrival) => namesOf(arrival, identity)),
    )
    const failures = new Map<string, unknown>()
    const found: Found[] = []
    await Promise.all(
      arrivals.map(async (arrival) => {
        try {
          found.push(...(await find(arrival, identity, ask)))
        } catch (error) {
          failures.set(arrival.messageId, error)
        }
      }),
    )
    return { found, failures }
  }
}
