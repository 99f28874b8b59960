import type { Activity } from '../../domain/activity/activity.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Leads } from '../ports.ts'

/** An activity and the message that brought it. */
export interface Arrival {
  readonly messageId: string
  readonly activity: Activity
}

/** What a batch holds about one lead. */
export interface LeadArrivals {
  readonly leadId: LeadId
  readonly email?: string
  readonly arrivals: readonly Arrival[]
}

export interface Gathered {
  readonly leads: readonly LeadArrivals[]
  /** By message id: those whose lead could not be found, with the reason. */
  readonly failures: ReadonlyMap<string, unknown>
}

const subjectKey = (subject: Activity['subject']): string => {
  if ('email' in subject) return `e:${subject.email}`
  if ('visitorId' in subject) return `v:${subject.visitorId}`
  return `l:${subject.leadId}`
}

/** Finds whom each activity is about, asking once for each subject, and groups by lead. */
export const makeGatherActivities =
  ({ leads }: { readonly leads: Pick<Leads, 'identify'> }) =>
  async (arrivals: readonly Arrival[]): Promise<Gathered> => {
    const bySubject = Map.groupBy(arrivals, ({ activity }) => subjectKey(activity.subject))
    const failures = new Map<string, unknown>()
    const byLead = new Map<LeadId, { email?: string; arrivals: Arrival[] }>()
    await Promise.all(
      [...bySubject.values()].map(async (group) => {
        const subject = group[0]?.activity.subject
        if (subject === undefined) return
        try {
          // A lead named by its id is loaded next, which tells whether there is one.
          const found = 'leadId' in subject ? subject : await leads.identify(subject)
          if (found === undefined) throw new Error('nobody is known by this subject')
          const lead = byLead.get(found.leadId) ?? { arrivals: [] }
          if ('email' in subject) lead.email = subject.email
          lead.arrivals.push(...group)
          byLead.set(found.leadId, lead)
        } catch (error) {
          for (const { messageId } of group) failures.set(messageId, error)
        }
      }),
    )
    return { leads: [...byLead].map(([leadId, lead]) => ({ leadId, ...lead })), failures }
  }
