import { compareFacts } from '../../domain/activity/activity.ts'
import { joinOf } from '../../domain/lead/family.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { stateLimits } from '../../domain/lead/state-limits.ts'
import type { Lead, LeftJoin } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { Found } from './find-leads.ts'
import { makeFindRoot } from './find-root.ts'
import type { RecordPorts } from './record-ports.ts'

/** The joins that no longer stand once the lead joins another one. */
const leftBy = ({ merge, mergedInto, joinedBy }: Lead): readonly LeftJoin[] => [
  ...(merge?.left ?? []),
  ...(mergedInto && joinedBy ? [{ leadId: mergedInto, join: joinedBy }] : []),
]

/**
 * Begins to merge what a browser did into the lead of the address that was given on it. Of several people it belongs to
 * the first in time, whoever arrives first: one write moves it from the one to the other. Not when it has an address
 * itself, was merged by hand, or somebody set the two apart.
 */
export const makeJoinBrowser = (ports: RecordPorts) => {
  const { leads, claims, pauseUpTo } = ports
  const findRoot = makeFindRoot(ports)

  const attempt = async ({ leadId, activity }: Found, browser: LeadId): Promise<void> => {
    const lead = (await leads.load(browser)) ?? { leadId: browser, version: 0, outbox: [] }
    const join = joinOf(activity, browser)
    const { email, mergedInto, joinedBy } = lead
    if (email !== undefined) return
    if (mergedInto !== undefined && (joinedBy === undefined || compareFacts(joinedBy, join) <= 0)) return
    const root = await findRoot(leadId)
    if (root.lead?.erased || lead.erased) return
    // Of somebody named by their id there has to be a lead.
    if (root.lead === undefined && 'leadId' in activity.subject) return
    const isApart = root.lead?.state?.family?.apart.includes(browser) === true
    if (root.leadId === browser || isApart) return
    if ((root.lead?.members?.length ?? 0) >= stateLimits.members) return
    // It stood once and no longer does: that was decided by hand.
    if ((await leads.firstTime(root.leadId, join.id)) !== undefined) return
    await claims.begin(lead, root.leadId, join, leftBy(lead))
  }

  return (found: Found, browser: LeadId): Promise<void> =>
    retryConflicts(() => attempt(found, browser), { pauseUpTo })
}
