import { joinOf, membersOf } from '../../domain/lead/log.ts'
import { compareFacts, type Fact, type LeadId } from '../../domain/model/activity.ts'
import { stateLimits } from '../../domain/model/state-limits.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { Conflict, type Lead, type LeftJoin } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { makeFindRoot } from './record-lead.ts'
import type { makeRecordPeople, Task } from './record-people.ts'
import type { Found, RecordPorts } from './record-ports.ts'

/** Two leads are one person, or are not: somebody decided so. */
export interface FamilyChange {
  readonly type: 'merge' | 'unmerge'
  /** Who stays. */
  readonly leadId: LeadId
  /** Who goes into the other, or comes out again. */
  readonly other: LeadId
  readonly fact: Fact
}

const wholly = (...leadIds: readonly LeadId[]): readonly Task[] =>
  leadIds.map((leadId) => ({ leadId, whole: true }))

/**
 * Merges two leads by hand, or undoes it. The log of the one that stays decides, in the order of time: it is written
 * first when leads are parted, and after the other was claimed when they are merged, so that nobody is merged into two. A
 * merge is passed over when the other one is merged elsewhere already, or is the same person. Safe to repeat.
 * @throws when one of them is nobody, Conflict after several attempts.
 */
export const makeChangeFamily = (ports: RecordPorts, recordPeople: ReturnType<typeof makeRecordPeople>) => {
  const { leads, claims, clock, pauseUpTo } = ports
  const findRoot = makeFindRoot(ports)

  const existing = async (leadId: LeadId): Promise<Lead> => {
    const lead = await leads.load(leadId)
    if (!lead || lead.erased) throw new Error('no lead has this id')
    return lead
  }

  const recordAll = async (tasks: readonly Task[], rules: Rules): Promise<void> => {
    for (const error of (await recordPeople(tasks, rules)).values()) throw error
  }

  /** @returns whether there is a merge to carry on, or one that may have to be repeated. */
  const claim = async (into: LeadId, other: Lead, fact: Fact): Promise<boolean> => {
    if ((await leads.firstTime(into, fact.id)) !== undefined) return true
    if (other.leadId === into) return false
    if (other.mergedInto !== undefined) return other.mergedInto === into && other.merge?.fact.id === fact.id
    await claims.begin(other, into, fact)
    return true
  }

  const merge = async ({ leadId, other, fact }: FamilyChange, rules: Rules): Promise<void> => {
    const root = await findRoot(leadId)
    if (!root.lead) throw new Error('no lead has this id')
    if (!(await claim(root.leadId, await existing(other), fact))) return
    // Where the log says that they parted since, recording lets the other one go again.
    await recordAll(wholly(other, root.leadId), rules)
    if ((await leads.firstTime(root.leadId, fact.id)) === undefined)
      throw new Conflict(`the merge of lead ${other} met another one`)
  }

  /** Lets the other one go if the log says so. */
  const part = async (from: LeadId, other: LeadId, rules: Rules): Promise<void> => {
    const lead = await existing(other)
    const own = (await leads.history(from)).facts.filter(({ member }) => member === undefined)
    if (membersOf(own).members.includes(other)) return
    // A merge on its way is brought to its end first: it may be the last word.
    if (lead.merge) throw new Conflict(`lead ${other} is being merged`)
    if (lead.mergedInto === from) await claims.release(lead)
    await recordAll(wholly(other, from), rules)
  }

  const unmerge = async ({ leadId, other, fact }: FamilyChange, rules: Rules): Promise<void> => {
    const named = await existing(leadId)
    const lead = await existing(other)
    if (lead.merge) await recordAll([{ leadId: other }], rules)
    // Where it was merged into the person by way of another lead, that one's log holds it.
    const isIndirect = lead.mergedInto !== undefined && (await findRoot(other)).leadId === leadId
    const from = isIndirect && lead.mergedInto !== undefined ? lead.mergedInto : named.leadId
    await leads.append(from, [{ ...fact, recordedAt: clock() }])
    await part(from, other, rules)
  }

  return (change: FamilyChange, rules: Rules): Promise<void> =>
    retryConflicts(() => (change.type === 'merge' ? merge(change, rules) : unmerge(change, rules)), {
      pauseUpTo,
    })
}

/** The joins that no longer stand once the lead joins another one. */
const leftBy = ({ merge, mergedInto, joinedBy }: Lead): readonly LeftJoin[] => [
  ...(merge?.left ?? []),
  ...(mergedInto && joinedBy ? [{ leadId: mergedInto, join: joinedBy }] : []),
]

/**
 * Begins to merge what a browser did into the lead of the address that was given on it. Of several people it belongs to
 * the first in time, whichever arrives first: one write moves it from the one to the other. Not when it has an address
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
