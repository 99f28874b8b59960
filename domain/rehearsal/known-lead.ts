import type { LeadId } from '../model/activity.ts'
import type { JsonObject } from '../model/json.ts'
import type { PlannedDeed, Rehearsal } from './rehearsal.ts'

/** What a lead did, as it is kept. */
export interface KnownFact {
  readonly id: string
  readonly type: string
  readonly occurredAt: string
  readonly recordedAt?: string | null | undefined
  readonly properties: JsonObject
}

/** When it came in, as far as the system says. */
const cameIn = ({ occurredAt, recordedAt }: KnownFact): string =>
  recordedAt && recordedAt > occurredAt ? recordedAt : occurredAt

/** Merging is not done again: what merged leads did stands among the facts already. */
const familyTypes = ['lead.merged', 'lead.unmerged']

const planned = (known: KnownFact): readonly PlannedDeed[] => {
  const { id, type: activity, occurredAt, properties } = known
  if (familyTypes.includes(activity)) return []
  const at = cameIn(known)
  const fact: PlannedDeed = {
    at,
    deed: { type: 'activity', activity, properties, known: { id, occurredAt } },
  }
  if (activity === 'handoff.accepted') return [{ at, deed: { type: 'accept' } }, fact]
  const { reason } = properties
  if (activity === 'handoff.rejected' && typeof reason === 'string')
    return [{ at, deed: { type: 'reject', reason } }, fact]
  return [fact]
}

interface KnownLead {
  readonly leadId: LeadId
  readonly email: string | undefined
  readonly facts: readonly KnownFact[]
  /** RFC 3339 UTC; what comes later is rehearsed. */
  readonly now: string
  readonly until: string
}

/** A lead of a running system as a rehearsal: its activities as they came, and then the time from now on. */
export const rehearsalOfKnown = ({ leadId, email, facts, now, until }: KnownLead): Rehearsal => {
  const deeds = facts.flatMap(planned).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  return {
    subject: email === undefined ? { visitorId: 'rehearsed' } : { email },
    ...{ leadId, deeds, until },
    start: deeds[0]?.at ?? now,
    mailReportsFrom: now,
  }
}
