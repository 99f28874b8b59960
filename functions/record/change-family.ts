import type { Fact } from '../../domain/activity/activity.ts'
import { membersOf } from '../../domain/lead/family.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import { Conflict, type Lead } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { makeFindRoot } from './find-root.ts'
import type { makeRecordPeople, Task } from './record-people.ts'
import type { RecordPorts } from './record-ports.ts'

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
