import { identityKey, identityRules } from '../../domain/activity/subject.ts'
import { isForgotten } from '../../domain/email/judge-send.ts'
import { expandActivity } from '../../domain/lead/expand-activity.ts'
import { partOf } from '../../domain/lead/log.ts'
import type { Activity, LeadId } from '../../domain/model/activity.ts'
import type { IdentityRules } from '../../domain/model/settings.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { Conflict, type Identified, type Lead, type Leads, type LeadTimer, Transient } from '../ports.ts'
import { readAhead } from '../read-ahead.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { makeFindRoot, makeRecordLead, type Person, type Root } from './record-lead.ts'
import type { Arrival, FirstTimes, Found, RecordPorts } from './record-ports.ts'

/** What there is to do about one lead, as it was named. */
export interface Task {
  readonly leadId: LeadId
  readonly arrivals?: readonly Found[]
  /** Its log has changed otherwise than by what arrives. */
  readonly whole?: boolean
  /** Time has passed. */
  readonly timer?: LeadTimer
}

type Looked = Pick<Leads, 'load' | 'firstTime'>

interface Rooted {
  readonly task: Task
  readonly root: Root
  readonly times: FirstTimes
}

const personOf = (group: readonly Rooted[], { leadId, lead }: Root): Person => {
  const tasks = group.map(({ task }) => task)
  const begun = group.flatMap(({ root }) => root.begun)
  return {
    leadId,
    ...(lead && { lead }),
    begun: [...new Map(begun.map((merging) => [merging.leadId, merging])).values()],
    arrivals: tasks.flatMap(({ arrivals = [] }) => arrivals),
    times: new Map(group.flatMap(({ task, times }) => (task.arrivals ? [[task.leadId, times]] : []))),
    whole: tasks.some(({ whole }) => whole === true),
    leadTimers: tasks.flatMap(({ timer }) => (timer ? [timer.at] : [])),
  }
}

const peopleOf = (all: readonly Rooted[]): readonly Person[] =>
  [...Map.groupBy(all, ({ root }) => root.leadId).values()].flatMap((group) => {
    const [first] = group
    return first ? [personOf(group, first.root)] : []
  })

const factIds = ({ arrivals = [] }: Task, rules: Rules): readonly string[] => [
  ...new Set(arrivals.flatMap(({ activity }) => expandActivity(activity, rules).map(({ id }) => id))),
]

const isNobody = ({ lead, begun, arrivals }: Person): boolean =>
  lead === undefined && begun.length === 0 && arrivals.every(({ activity }) => 'leadId' in activity.subject)

/** What names an erased lead is dropped. What names an address or a browser finds nobody in a moment, and starts over. */
const dropOrWait = ({ leadId, arrivals }: Person): readonly LeadId[] => {
  if (arrivals.some(({ activity }) => !('leadId' in activity.subject)))
    throw new Transient(`lead ${leadId} is being erased`)
  return []
}

/** Brings leads up to what came in: people side by side, all that concerns one person in one commit. */
export const makeRecordPeople = (ports: RecordPorts) => {
  const findRoot = makeFindRoot(ports)
  const recordLead = makeRecordLead(ports)

  /** Its lead, and when its log knows the arrivals from: asked for at the same moment, they share a request. */
  const look = async (task: Task, rules: Rules, leads: Looked = ports.leads): Promise<Rooted> => {
    const { leadId } = task
    const [root, times] = await Promise.all([
      makeFindRoot({ ...ports, leads })(leadId),
      Promise.all(factIds(task, rules).map(async (id) => [id, await leads.firstTime(leadId, id)] as const)),
    ])
    return { task, root, times: new Map(times) }
  }

  /** Nothing can be stored of a lead that was claimed for what arrives; another worker that has followed its pointer since wins the commit, or loses it. */
  const firstLook = async (task: Task, rules: Rules, leads: Looked): Promise<Rooted> => {
    const { leadId, arrivals = [] } = task
    const isNew = arrivals.length > 0 && arrivals.every((one) => one.isNew && one.browser === undefined)
    if (!isNew) return look(task, rules, leads)
    const times = new Map(factIds(task, rules).map((id) => [id, undefined]))
    return { task, root: { leadId, begun: [] }, times }
  }

  /**
   * Whom a browser has left is folded again without it, before the one it has come to is: nobody may settle the move
   * earlier. Merges into them that wait are not carried on from here: two browsers may go opposite ways.
   * @param done ids of joins for which this was done; it is added to.
   */
  const leave = async ({ leadId, begun }: Person, rules: Rules, done: Set<string>): Promise<void> => {
    const recordedAt = ports.clock()
    for (const { leadId: owner, join } of begun.flatMap(({ merge }) => merge.left ?? [])) {
      if (done.has(join.id)) continue
      await ports.leads.append(owner, [{ ...partOf(join), recordedAt }])
      const { leadId: left, lead } = await findRoot(owner)
      // The one that it has come to is folded again anyway.
      if (left === leadId) continue
      // A worker that has read its log without knowing of this can no longer commit.
      await ports.claims.release(lead ?? { leadId: left, version: 0 })
      if (lead?.state) {
        const free: Lead = { ...lead, version: lead.version + 1, unlisted: true }
        const nothing = { begun: [], arrivals: [], times: new Map(), leadTimers: [] }
        await recordLead({ ...nothing, leadId: left, lead: free, whole: true }, rules)
      }
      done.add(join.id)
    }
  }

  const record = async (person: Person, rules: Rules, left: Set<string>): Promise<readonly LeadId[]> => {
    if (person.lead?.erased) return dropOrWait(person)
    await leave(person, rules, left)
    if (!isNobody(person)) return recordLead(person, rules)
    // A timer for somebody who was erased meanwhile has nothing to say.
    if (person.arrivals.length > 0) throw new Error('no lead has this id')
    return []
  }

  /** @param found the leads as they were found for the whole batch; after a conflict everything is looked at again. */
  const recordGroup = async (
    tasks: readonly Task[],
    found: readonly Rooted[] | undefined,
    rules: Rules,
  ): Promise<void> => {
    let open = tasks
    let known = found
    const left = new Set<string>()
    const attempt = async (): Promise<void> => {
      const people = peopleOf(known ?? (await Promise.all(open.map((task) => look(task, rules)))))
      known = undefined
      const apart = (await Promise.all(people.map((person) => record(person, rules, left)))).flat()
      if (apart.length === 0) return
      open = [...open, ...apart.map((leadId) => ({ leadId, whole: true }))]
      throw new Conflict('a lead was set apart while it was being merged')
    }
    await retryConflicts(attempt, { pauseUpTo: ports.pauseUpTo })
  }

  /** @param leads answers the first look at each lead. @returns what failed, with the reason. */
  return async (
    tasks: readonly Task[],
    rules: Rules,
    leads: Looked = ports.leads,
  ): Promise<ReadonlyMap<Task, unknown>> => {
    const looked = await Promise.allSettled(tasks.map((task) => firstLook(task, rules, leads)))
    const rooted = looked.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const groups = [...Map.groupBy(rooted, (one) => one.root.leadId).values()].map((found) => ({
      tasks: found.map(({ task }) => task),
      found,
    }))
    // Who met a merge on its way is looked for again.
    const others = tasks.filter((_, index) => looked[index]?.status === 'rejected')
    const failures = new Map<Task, unknown>()
    await Promise.all(
      [...groups, ...others.map((task) => ({ tasks: [task], found: undefined }))].map(async (group) => {
        try {
          await recordGroup(group.tasks, group.found, rules)
        } catch (error) {
          for (const task of group.tasks) failures.set(task, error)
        }
      }),
    )
    return failures
  }
}

interface FoundLeads {
  /** Without what is about somebody who was erased since: that is dropped. */
  readonly found: readonly Found[]
  /** By message id: those whose lead could not be found, with the reason. */
  readonly failures: ReadonlyMap<string, unknown>
}

type Subject = Activity['subject']
/** @returns undefined for somebody who was erased since. */
type Identify = (subject: Subject) => Promise<Identified | undefined>

/** Asks for each subject once, as of the latest of what names it. */
const identifyOnce = ({ identify }: Pick<Leads, 'identify'>, named: readonly Naming[]): Identify => {
  const latest = new Map<string, string>()
  for (const { subject, occurredAt } of named) {
    const name = JSON.stringify(subject)
    if (occurredAt > (latest.get(name) ?? '')) latest.set(name, occurredAt)
  }
  const asked = new Map<string, ReturnType<Identify>>()
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

/** Begins to read what a batch is about: it shares a request with whatever else is read at this moment. */
export const readBatchAhead = (
  { leads }: Pick<RecordPorts, 'leads'>,
  arrivals: readonly Arrival[],
  timers: readonly Task[],
  rules: Rules,
): Pick<Leads, 'find' | 'load' | 'firstTime'> => {
  const identity = identityRules(rules.playbook.settings.identity)
  const named = arrivals.flatMap((arrival) => namesOf(arrival, identity).map(({ subject }) => subject))
  // A browser's lead may join that of an address before it is looked at.
  const joining = new Set(
    arrivals.map(({ visitorId }) => (visitorId === undefined ? undefined : leads.guess({ visitorId }))),
  )
  const direct = arrivals.flatMap((arrival) => {
    const [own] = namesOf(arrival, identity)
    const leadId = own && leads.guess(own.subject)
    return leadId === undefined || joining.has(leadId) ? [] : [{ leadId, activity: arrival.activity }]
  })
  return {
    find: readAhead(
      leads.find,
      named.flatMap((subject) => ('leadId' in subject ? [] : [[subject]])),
    ),
    load: readAhead(
      leads.load,
      [...direct, ...timers].map(({ leadId }) => [leadId]),
    ),
    firstTime: readAhead(
      leads.firstTime,
      direct.flatMap(({ leadId, activity }) =>
        expandActivity(activity, rules).map(({ id }): [LeadId, string] => [leadId, id]),
      ),
    ),
  }
}

/**
 * Finds whom each activity is about. Every browser has a lead of its own, which joins that of an address: so it can move
 * when it turns out that another person gave an address on it before.
 */
export const makeFindLeads = (leads: Pick<Leads, 'identify'>) => {
  const find = async (
    arrival: Arrival,
    identity: IdentityRules,
    identify: Identify,
  ): Promise<readonly Found[]> => {
    const { subject, occurredAt } = arrival.activity
    const [own, browser] = await Promise.all(
      // A lead named by its id is loaded next, which tells whether there is one.
      namesOf(arrival, identity).map(({ subject: one }) => ('leadId' in one ? one : identify(one))),
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
        ...('isNew' in own && { isNew: true }),
      },
    ]
  }

  return async (arrivals: readonly Arrival[], identity: IdentityRules): Promise<FoundLeads> => {
    const identify = identifyOnce(
      leads,
      arrivals.flatMap((arrival) => namesOf(arrival, identity)),
    )
    const failures = new Map<string, unknown>()
    const found: Found[] = []
    await Promise.all(
      arrivals.map(async (arrival) => {
        try {
          found.push(...(await find(arrival, identity, identify)))
        } catch (error) {
          failures.set(arrival.messageId, error)
        }
      }),
    )
    return { found, failures }
  }
}
