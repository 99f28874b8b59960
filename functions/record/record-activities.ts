import { identityRules } from '../../domain/activity/identity-key.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { Wake } from '../lead-ports.ts'
import { Transient } from '../ports.ts'
import type { Failures } from '../queue/handle-batch.ts'
import type { QueueMessage } from '../queue/message.ts'
import { noWorkLog, type WorkLog } from '../queue/work-log.ts'
import { type FamilyChange, makeChangeFamily } from './change-family.ts'
import { type Arrival, type Found, makeFindLeads } from './find-leads.ts'
import { makeJoinBrowser } from './join-browser.ts'
import { parseArrival } from './parse-arrival.ts'
import { makeRecordPeople, type Task } from './record-people.ts'
import type { RecordPorts } from './record-ports.ts'

interface Read {
  readonly arrivals: Arrival[]
  readonly changes: { readonly messageId: string; readonly change: FamilyChange }[]
  readonly wakes: { readonly messageId: string; readonly task: Task }[]
}

/** @throws Transient for one that comes early: looked at now, the lead would have nothing to tell, and nobody would come again. */
const wakeTask = (wake: Wake, now: string): Task => {
  const { leadId, at } = wake
  if (at !== undefined && now < at) throw new Transient(`lead ${leadId} is to be looked at at ${at}`)
  return { leadId, wake }
}

const readMessages = (
  messages: readonly QueueMessage[],
  rules: Rules,
  now: string,
  failures: Map<string, unknown>,
): Read => {
  const read: Read = { arrivals: [], changes: [], wakes: [] }
  const identity = identityRules(rules.playbook.settings.identity)
  for (const message of messages) {
    const { messageId } = message
    try {
      const incoming = parseArrival(message, identity)
      if (incoming.type === 'activity') read.arrivals.push(incoming.arrival)
      else if (incoming.type === 'family') read.changes.push({ messageId, change: incoming.change })
      else read.wakes.push({ messageId, task: wakeTask(incoming.wake, now) })
    } catch (error) {
      failures.set(messageId, error)
    }
  }
  return read
}

/** A lead's own, and the one that its browser had: a merge that has begun waits there. */
const tasksOf = (found: readonly Found[]): readonly Task[] => [
  ...[...Map.groupBy(found, ({ leadId }) => leadId)].map(([leadId, arrivals]) => ({ leadId, arrivals })),
  ...[...new Set(found.flatMap(({ browser }) => browser ?? []))].map((leadId) => ({ leadId })),
]

/** Takes a batch: people side by side, all that concerns one of them in one commit. A bad message fails alone. */
export const makeRecordActivities = (ports: RecordPorts) => {
  const findLeads = makeFindLeads(ports)
  const joinBrowser = makeJoinBrowser(ports)
  const recordPeople = makeRecordPeople(ports)
  const changeFamily = makeChangeFamily(ports, recordPeople)
  const join = async (found: Found, failures: Map<string, unknown>): Promise<Found[]> => {
    try {
      if (found.browser !== undefined) await joinBrowser(found, found.browser)
      return [found]
    } catch (error) {
      failures.set(found.messageId, error)
      return []
    }
  }

  return async (messages: readonly QueueMessage[], log: WorkLog = noWorkLog): Promise<Failures> => {
    const failures = new Map<string, unknown>()
    // First of all: what was published counts from the next message on, and tells which addresses are one person's.
    const rules = await ports.currentRules()
    const { arrivals, changes, wakes } = readMessages(messages, rules, ports.clock(), failures)
    const identified = await findLeads(arrivals, identityRules(rules.playbook.settings.identity))
    for (const [messageId, error] of identified.failures) failures.set(messageId, error)
    for (const { messageId, leadId } of identified.found) log.found(messageId, { leadId })
    const found = (await Promise.all(identified.found.map((one) => join(one, failures)))).flat()

    const messagesOf = new Map<Task, readonly string[]>(
      wakes.map(({ messageId, task }) => [task, [messageId]]),
    )
    for (const task of tasksOf(found))
      messagesOf.set(task, [
        ...found.filter(({ browser }) => browser === task.leadId).map(({ messageId }) => messageId),
        ...(task.arrivals ?? []).map(({ messageId }) => messageId),
      ])
    const failed = await recordPeople([...messagesOf.keys()], rules)
    for (const [task, error] of failed)
      for (const messageId of messagesOf.get(task) ?? []) failures.set(messageId, error)

    for (const { messageId, change } of changes) {
      try {
        await changeFamily(change, rules)
      } catch (error) {
        failures.set(messageId, error)
      }
    }
    return failures
  }
}
