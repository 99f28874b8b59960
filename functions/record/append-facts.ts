import type { Activity, Fact } from '../../domain/activity/activity.ts'
import { expandActivity } from '../../domain/activity/expand.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { Lead, Leads } from '../ports.ts'

/** Whether the state holds everything that the activity stands for. */
const isFolded = (activity: Activity, known: ReadonlySet<string>, rules: Rules): boolean =>
  expandActivity(activity, rules).every(({ id }) => known.has(id))

const once = (activities: readonly Activity[]): readonly Activity[] => {
  const ids = new Set<string>()
  return activities.filter(({ id }) => !ids.has(id) && ids.add(id))
}

/**
 * Writes to the log what is not in the lead's state yet. An activity without a time of its own gets it settled first:
 * the facts that follow from it share it.
 * @returns the facts as they stand in the log; none when all were known.
 */
export const appendFacts = async (
  leads: Pick<Leads, 'append'>,
  { leadId, state }: Pick<Lead, 'leadId' | 'state'>,
  activities: readonly Activity[],
  rules: Rules,
): Promise<readonly Fact[]> => {
  const known = new Set(state?.recentIds)
  const fresh = once(activities).filter((activity) => !isFolded(activity, known, rules))
  if (fresh.length === 0) return []
  const facts = await leads.append(
    leadId,
    fresh.flatMap((activity) =>
      expandActivity(activity, rules)
        .slice(0, 1)
        .map((fact) => ({ ...fact, timeAssumed: activity.timeAssumed })),
    ),
  )
  const settled = new Map(facts.map((fact) => [fact.id, fact.occurredAt]))
  const following = fresh.flatMap((activity) =>
    expandActivity({ ...activity, occurredAt: settled.get(activity.id) ?? activity.occurredAt }, rules).slice(
      1,
    ),
  )
  return following.length === 0 ? facts : [...facts, ...(await leads.append(leadId, following))]
}
