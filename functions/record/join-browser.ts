import type { LeadId } from '../../domain/lead/lead-id.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { Found } from './find-leads.ts'
import { makeFindRoot } from './find-root.ts'
import type { RecordPorts } from './record-ports.ts'

/** The fact by which a browser's lead joins: the same however often it is tried. */
const joinOf = ({ activity }: Found, browser: LeadId) => ({
  id: `join:${browser}`,
  type: 'lead.merged',
  occurredAt: activity.occurredAt,
  properties: { leadId: browser },
})

/**
 * Begins to merge what a browser did so far into the lead of the address that it gave. Not when it belongs to somebody:
 * it has an address, was merged before, or somebody set the two apart. A shared browser stays with the first person.
 */
export const makeJoinBrowser = (ports: RecordPorts) => {
  const { leads, claims, pauseUpTo } = ports
  const findRoot = makeFindRoot(ports)

  const attempt = async (found: Found, browser: LeadId): Promise<void> => {
    const lead = (await leads.load(browser)) ?? { leadId: browser, version: 0 }
    if (('email' in lead && lead.email !== undefined) || ('mergedInto' in lead && lead.mergedInto)) return
    const root = await findRoot(found.leadId)
    const isApart = root.lead?.state?.family?.apart.includes(browser) === true
    if (root.leadId === browser || isApart) return
    const join = joinOf(found, browser)
    // It joined once and stands alone again: that was decided by hand.
    if ((await leads.firstTime(root.leadId, join.id)) !== undefined) return
    await claims.begin(lead, root.leadId, join)
  }

  return (found: Found, browser: LeadId): Promise<void> =>
    retryConflicts(() => attempt(found, browser), { pauseUpTo })
}
