import * as z from 'zod/mini'
import {
  type ChannelCost,
  isAboutChannel,
  parseActivity,
  parseCost,
} from '../../domain/activity/parse-activity.ts'
import { asTold, identityRules, whomOf } from '../../domain/activity/subject.ts'
import { type Activity, type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { IdentityRules } from '../../domain/model/settings.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { source } from '../event-names.ts'
import { type LeadTimer, Transient } from '../ports.ts'
import { type Failures, noWorkLog, type WorkLog } from '../queue/handle-batch.ts'
import { busEventOf, type QueueMessage } from '../queue/message.ts'
import { type FamilyChange, makeChangeFamily, makeJoinBrowser } from './identity.ts'
import { makeFindLeads, makeRecordPeople, readBatchAhead, type Task } from './record-people.ts'
import type { Arrival, Found, RecordPorts } from './record-ports.ts'
import { reportsIn } from './reported-message.ts'

type Incoming =
  | { readonly type: 'activities'; readonly arrivals: readonly Arrival[] }
  | { readonly type: 'family'; readonly change: FamilyChange }
  | { readonly type: 'wake'; readonly timer: LeadTimer }
  | { readonly type: 'cost'; readonly cost: ChannelCost }

const timerSchema = z.object({
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
 * Reads an `Activity` event of whatever source; the event's own id and time stand in where the sender gave none. Or what
 * SES has reported, or a timer, which the recorder sends to itself.
 * @throws when it is none of these: the message ends in the dead-letter queue. Names what is wrong, not the values.
 */
const parseArrival = ({ messageId, body }: QueueMessage, identity: IdentityRules): Incoming => {
  const timer = z.safeParse(timerSchema, body)
  if (timer.success) {
    const { leadId, at } = timer.data
    return { type: 'wake', timer: at === undefined ? { leadId } : { leadId, at } }
  }
  const reports = reportsIn(body)
  if (reports) return { type: 'activities', arrivals: reports.map((report) => ({ messageId, ...report })) }
  const event = busEventOf(body)
  const arrivedAt = instantOf(event.time)
  const parsed = isAboutChannel(event.detail)
    ? parseCost(event.detail, arrivedAt, event.id)
    : parseActivity(event.detail, arrivedAt, event.id, identity)
  switch (parsed.type) {
    case 'activity': {
      const activity =
        event.source === source ? parsed.activity : asTold(parsed.activity, { type: 'program' })
      if (activity.type === 'lead.merged' || activity.type === 'lead.unmerged')
        return { type: 'family', change: familyChangeOf(activity, event.source) }
      const { subject, visitorId } = whomOf(activity, identity)
      const arrival: Arrival = { messageId, activity: { ...activity, subject } }
      return { type: 'activities', arrivals: [visitorId === undefined ? arrival : { ...arrival, visitorId }] }
    }
    case 'cost':
      return parsed
    case 'refused':
      throw new Error(
        `not an activity: ${parsed.errors.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
      )
    default:
      return parsed satisfies never
  }
}

interface Read {
  readonly arrivals: Arrival[]
  readonly changes: { readonly messageId: string; readonly change: FamilyChange }[]
  readonly leadTimers: { readonly messageId: string; readonly task: Task }[]
  readonly costs: { readonly messageId: string; readonly cost: ChannelCost }[]
  /** What is no message for the recorder, or none yet. */
  readonly failures: Map<string, unknown>
}

/** @throws Transient for one that comes early: looked at now, the lead would have nothing to tell, and nobody would come again. */
const timerTask = (timer: LeadTimer, now: string): Task => {
  const { leadId, at } = timer
  if (at !== undefined && now < at) throw new Transient(`lead ${leadId} is to be looked at at ${at}`)
  return { leadId, timer }
}

const readMessages = (messages: readonly QueueMessage[], rules: Rules, now: string): Read => {
  const read: Read = { arrivals: [], changes: [], leadTimers: [], costs: [], failures: new Map() }
  const identity = identityRules(rules.playbook.settings.identity)
  for (const message of messages) {
    const { messageId } = message
    try {
      const incoming = parseArrival(message, identity)
      if (incoming.type === 'activities') read.arrivals.push(...incoming.arrivals)
      else if (incoming.type === 'cost') read.costs.push({ messageId, cost: incoming.cost })
      else if (incoming.type === 'family') read.changes.push({ messageId, change: incoming.change })
      else read.leadTimers.push({ messageId, task: timerTask(incoming.timer, now) })
    } catch (error) {
      read.failures.set(messageId, error)
    }
  }
  return read
}

/** A lead's own, and the one that its browser had: a merge that has begun waits there. */
const tasksOf = (found: readonly Found[]): readonly Task[] => [
  ...[...Map.groupBy(found, ({ leadId }) => leadId)].map(([leadId, arrivals]) => ({ leadId, arrivals })),
  ...[...new Set(found.flatMap(({ browser }) => browser ?? []))].map((leadId) => ({ leadId })),
]

const keepCosts = async (
  { costs, figures }: Pick<RecordPorts, 'costs' | 'figures'>,
  told: Read['costs'],
  failures: Map<string, unknown>,
): Promise<void> => {
  for (const { messageId, cost } of told) {
    try {
      await costs?.keep(cost)
    } catch (error) {
      failures.set(messageId, error)
    }
  }
  if (told.length > 0) await figures?.costsChanged()
}

/** Takes a batch: people side by side, all that concerns one of them in one commit. A bad message fails alone. */
export const makeRecordActivities = (ports: RecordPorts) => {
  const { leads } = ports
  let latest: Rules | undefined
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

  /**
   * First of all the rules: what was published counts from the next message on, and tells which addresses are one person's.
   * As a rule they are those of the batch before: what these ask for is read at the same moment. Where others are live now,
   * nothing of it counts.
   */
  const begin = async (messages: readonly QueueMessage[]) => {
    const expected = latest && { rules: latest, ...prepare(messages, latest) }
    const rules = await ports.currentRules()
    latest = rules
    return expected?.rules === rules ? expected : { rules, ...prepare(messages, rules) }
  }

  const prepare = (messages: readonly QueueMessage[], rules: Rules) => {
    const read = readMessages(messages, rules, ports.clock())
    const timers = read.leadTimers.map(({ task }) => task)
    return { read, reading: readBatchAhead(ports, read.arrivals, timers, rules) }
  }

  return async (messages: readonly QueueMessage[], log: WorkLog = noWorkLog): Promise<Failures> => {
    const { rules, read, reading } = await begin(messages)
    const { arrivals, changes, leadTimers, costs, failures } = read
    const findLeads = makeFindLeads({
      identify: async (subject, asOf) => (await reading.find(subject)) ?? leads.identify(subject, asOf, true),
    })
    const identified = await findLeads(arrivals, identityRules(rules.playbook.settings.identity))
    for (const [messageId, error] of identified.failures) failures.set(messageId, error)
    for (const { messageId, leadId } of identified.found) log.found(messageId, { leadId })
    const found = (await Promise.all(identified.found.map((one) => join(one, failures)))).flat()

    const messagesOf = new Map<Task, readonly string[]>(
      leadTimers.map(({ messageId, task }) => [task, [messageId]]),
    )
    for (const task of tasksOf(found))
      messagesOf.set(task, [
        ...found.filter(({ browser }) => browser === task.leadId).map(({ messageId }) => messageId),
        ...(task.arrivals ?? []).map(({ messageId }) => messageId),
      ])
    const failed = await recordPeople([...messagesOf.keys()], rules, reading)
    for (const [task, error] of failed)
      for (const messageId of messagesOf.get(task) ?? []) failures.set(messageId, error)

    for (const { messageId, change } of changes) {
      try {
        await changeFamily(change, rules)
      } catch (error) {
        failures.set(messageId, error)
      }
    }
    await keepCosts(ports, costs, failures)
    const changed = [
      ...[...messagesOf.keys()].map(({ leadId }) => leadId),
      ...changes.flatMap(({ change }) => [change.leadId, change.other]),
    ]
    if (changed.length > 0) await ports.figures?.leadsChanged(changed)
    return failures
  }
}
