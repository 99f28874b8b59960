import * as z from 'zod/mini'
import type { Activity } from '../../domain/activity/activity.ts'
import { asTold } from '../../domain/activity/evidence.ts'
import type { IdentityRules } from '../../domain/activity/identity-key.ts'
import { parseActivity } from '../../domain/activity/parse-activity.ts'
import { whomOf } from '../../domain/activity/whom.ts'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import { source } from '../event-names.ts'
import type { Wake } from '../lead-ports.ts'
import { busEventOf, type QueueMessage } from '../queue/message.ts'
import type { FamilyChange } from './change-family.ts'
import type { Arrival } from './find-leads.ts'

export type Incoming =
  | { readonly type: 'activity'; readonly arrival: Arrival }
  | { readonly type: 'family'; readonly change: FamilyChange }
  | { readonly type: 'wake'; readonly wake: Wake }

const wakeSchema = z.object({
  type: z.literal('wake'),
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  at: z.optional(z.string()),
})

/** The event gives the time to the second; activities have milliseconds. */
const instantOf = (time: string): string => new Date(time).toISOString()

/** Who may merge is checked where people ask for it: nobody else has a say. */
const familyChangeOf = ({ subject, ...activity }: Activity, from: string): FamilyChange => {
  if (from !== source) throw new Error(`${activity.type} comes from Trichter itself alone`)
  const { id, type, occurredAt, properties } = activity
  const other = parseLeadId(properties.leadId)
  if (!('leadId' in subject) || other === undefined)
    throw new Error(`${type} must name two leads by their ids`)
  return {
    type: type === 'lead.merged' ? 'merge' : 'unmerge',
    leadId: subject.leadId,
    other,
    fact: { id, type, occurredAt, properties },
  }
}

/**
 * Reads an `Activity` event of whatever source; the event's own id and time stand in where the sender gave none. Or a
 * wake, which the recorder sends to itself.
 * @throws when it is neither: the message ends in the dead-letter queue. Names what is wrong, not the values.
 */
export const parseArrival = ({ messageId, body }: QueueMessage, identity: IdentityRules): Incoming => {
  const wake = z.safeParse(wakeSchema, body)
  if (wake.success) {
    const { leadId, at } = wake.data
    return { type: 'wake', wake: at === undefined ? { leadId } : { leadId, at } }
  }
  const event = busEventOf(body)
  const parsed = parseActivity(event.detail, instantOf(event.time), event.id, identity)
  switch (parsed.type) {
    case 'activity': {
      const activity =
        event.source === source ? parsed.activity : asTold(parsed.activity, { type: 'program' })
      if (activity.type === 'lead.merged' || activity.type === 'lead.unmerged')
        return { type: 'family', change: familyChangeOf(activity, event.source) }
      const { subject, visitorId } = whomOf(activity, identity)
      const arrival: Arrival = { messageId, activity: { ...activity, subject } }
      return { type: 'activity', arrival: visitorId === undefined ? arrival : { ...arrival, visitorId } }
    }
    case 'refused':
      throw new Error(
        `not an activity: ${parsed.errors.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
      )
    default:
      return parsed satisfies never
  }
}
