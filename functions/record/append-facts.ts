import type { Activity, Fact } from '../../domain/activity/activity.ts'
import { expandActivity } from '../../domain/activity/expand.ts'
import { mayKeep } from '../../domain/consent/tracking-consent.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { AppendedFact, Leads } from '../ports.ts'

type Log = Pick<Leads, 'append' | 'firstTime'>

/** Each id once: what came first, at the earliest time. */
const once = (activities: readonly Activity[]): readonly Activity[] => {
  const firsts = new Map<string, Activity>()
  for (const activity of activities) {
    const { occurredAt, timeAssumed } = activity
    const first = firsts.get(activity.id)
    if (!first || occurredAt < first.occurredAt)
      firsts.set(activity.id, { ...(first ?? activity), occurredAt, timeAssumed })
  }
  return [...firsts.values()]
}

/** The activity as its first fact stands in the log: what follows from it follows from that. */
const asStored = (activity: Activity, fact: Fact | undefined): Activity =>
  fact === undefined
    ? activity
    : { ...activity, type: fact.type, occurredAt: fact.occurredAt, properties: fact.properties }

export interface Appending {
  /** In whose own log. */
  readonly leadId: LeadId
  readonly activities: readonly Activity[]
  /** Of the lead that stands for it. */
  readonly state: LeadState | undefined
  readonly rules: Rules
  readonly recordedAt: string
}

/**
 * Writes to the log what is not in the lead's state yet. An activity without a time of its own gets it settled first:
 * the facts that follow from it share it. What may not be kept is not written.
 * @returns the facts as they stand in the log; none when all were known.
 */
export const appendFacts = async (
  leads: Log,
  { leadId, activities, state, rules, recordedAt }: Appending,
): Promise<readonly AppendedFact[]> => {
  const known = new Set(state?.recentIds)
  /** Whether the state holds everything that the activity stands for. One that comes with an earlier time is news. */
  const isFolded = async (activity: Activity): Promise<boolean> => {
    if (!expandActivity(activity, rules).every(({ id }) => known.has(id))) return false
    if (activity.timeAssumed) return true
    const first = await leads.firstTime(leadId, activity.id)
    return first === undefined || first <= activity.occurredAt
  }
  const candidates = once(activities.filter((activity) => mayKeep(activity, state)))
  const folded = await Promise.all(candidates.map(isFolded))
  const fresh = candidates.filter((_, index) => !folded[index])
  if (fresh.length === 0) return []
  const facts = await leads.append(
    leadId,
    fresh.flatMap((activity) =>
      expandActivity(activity, rules)
        .slice(0, 1)
        .map((fact) => ({ ...fact, recordedAt, timeAssumed: activity.timeAssumed })),
    ),
  )
  const settled = new Map(facts.map((fact) => [fact.id, fact]))
  const following = fresh.flatMap((activity) =>
    expandActivity(asStored(activity, settled.get(activity.id)), rules)
      .slice(1)
      .map((fact) => ({ ...fact, recordedAt })),
  )
  return following.length === 0 ? facts : [...facts, ...(await leads.append(leadId, following))]
}
