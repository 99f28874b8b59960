import * as z from 'zod/mini'
import { addressesOf, everyIdentityKey } from '../../domain/consent/preferences.ts'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { Decision } from '../../domain/model/decision.ts'
import { isDecisionFor } from '../../domain/model/event-table.ts'
import { type EventData, erasureReason } from '../../domain/model/events.ts'
import { rawAt, rawList, rawText } from '../../domain/model/raw.ts'
import { wholeSecond } from '../../domain/sending/hold-email.ts'
import { timerNamesOf } from '../../domain/sequence/advance.ts'
import type { Browsers, CancelTimer, DeadLetters, ProviderSuppressions, Remains } from '../erasure-ports.ts'
import { deadlineTimerNames } from '../handoff/publish-handoff.ts'
import type { Bus, Handoffs, Lead, Leads, Runs, Suppressions } from '../ports.ts'
import { decisionIn } from '../queue/message.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { Sends } from '../send-ports.ts'
import { attemptTimer } from '../webhook/attempt-delivery.ts'
import type { Deliveries } from '../webhook-ports.ts'

interface ErasedPerson {
  /** When the erasure was asked for (RFC 3339 UTC). */
  readonly at: string
  readonly family: readonly LeadId[]
  readonly names: readonly NameHash[]
}

interface Hashers {
  readonly hashAddress: (identityKey: string) => NameHash
  readonly hashBrowser: (visitorId: string) => NameHash
}

/**
 * Whether a message that failed, an activity or a notice of SES, is about the person: by an address, a browser or a lead
 * that it names. What they did after the erasure was asked for is somebody who starts over.
 */
const concerns = (
  { at, family, names }: ErasedPerson,
  { hashAddress, hashBrowser }: Hashers,
): ((body: unknown) => boolean) => {
  const [leads, hashes] = [new Set<unknown>(family), new Set(names)]
  return (body) => {
    const detail = rawAt(body, 'detail')
    const occurredAt = rawText(detail, 'occurredAt')
    if (occurredAt !== undefined && Date.parse(occurredAt) > Date.parse(at)) return false
    if ([rawAt(detail, 'subject', 'leadId'), rawAt(detail, 'data', 'leadId')].some((id) => leads.has(id)))
      return true
    const emails = [rawAt(detail, 'subject', 'email'), ...rawList(detail, 'mail', 'destination')]
    const visitors = [rawText(detail, 'subject', 'visitorId'), rawText(detail, 'properties', 'visitorId')]
    return [
      ...emails.flatMap((one) => (typeof one === 'string' ? everyIdentityKey(one).map(hashAddress) : [])),
      ...visitors.flatMap((visitorId) => (visitorId === undefined ? [] : hashBrowser(visitorId))),
    ].some((hash) => hashes.has(hash))
  }
}

interface EraseLeadPorts {
  readonly leads: Pick<Leads, 'load' | 'history'>
  readonly runs: Pick<Runs, 'list'>
  readonly sends: Pick<Sends, 'list'>
  readonly deliveries: Pick<Deliveries, 'list'>
  readonly handoffs: Pick<Handoffs, 'list'>
  readonly browsers: Browsers
  readonly remains: Remains
  readonly timers: CancelTimer
  readonly suppressions: Pick<Suppressions, 'add' | 'addErasure'>
  readonly provider: ProviderSuppressions
  /** Takes leads that are buried out of the rows of the figures. */
  readonly forgetRows: (leadIds: readonly LeadId[]) => Promise<void>
  /** Of every worker whose messages may hold an address. */
  readonly deadLetters: readonly DeadLetters[]
  readonly bus: Pick<Bus, 'publish'>
  /** @param identityKey of an address. */
  readonly hashAddress: (identityKey: string) => NameHash
  readonly hashBrowser: (visitorId: string) => NameHash
  /** Sees to it that the same is looked through again, `seconds` later. */
  readonly sweepLater: (sweep: Sweep, seconds: number) => Promise<void>
  /** Waits so many milliseconds of real time. */
  readonly pause: (ms: number) => Promise<void>
}

/**
 * Between the note of an erasure and the pointers that it drops, in ms: whoever finds no pointer has asked for the note
 * at most a second before (`dynamoLeads`), and so has found it.
 */
const erasureRests = 2_000

/**
 * When to look again, in seconds. First: longer than any function works on what it has read before. Then: as long as a
 * message may be tried again before it is a dead letter (five times, three minutes apart).
 */
const secondLook = 120
const lastLook = 900

interface Person {
  readonly at: string
  readonly family: readonly LeadId[]
  readonly leads: readonly Lead[]
}

/** The leads that are one person: the one meant, what it went into, and all that went into that. */
const personOf = async ({ leads }: EraseLeadPorts, { leadId: meant, at }: EraseMessage): Promise<Person> => {
  const family = new Set<LeadId>([meant])
  let root = await leads.load(meant)
  while (root?.mergedInto !== undefined && !family.has(root.mergedInto)) {
    family.add(root.mergedInto)
    root = await leads.load(root.mergedInto)
  }
  for (const one of root?.erased?.family ?? root?.members ?? []) family.add(one)
  if (root && !root.erased) for (const one of (await leads.history(root.leadId)).members) family.add(one)
  const loaded = await Promise.all([...family].map(leads.load))
  return { at: root?.erased?.at ?? at, family: [...family], leads: loaded.flatMap((lead) => lead ?? []) }
}

/** Something has come about the lead since it was found that it is not to be kept: it is looked at again another day. */
const hasMovedOn = ({ leads }: Person, { leadId: meant, version, look }: EraseMessage): boolean => {
  const lead = leads.find(({ leadId }) => leadId === meant)
  if (version === undefined || look !== 'first' || !lead || lead.erased) return false
  return lead.version !== version || lead.mergedInto !== undefined
}

/**
 * Erases a person: every lead of theirs, what leads there, and what was to wake them. In this order: their
 * addresses and browsers go on the suppression list as hashes, so that nothing of before starts over; the leads are marked
 * as erased, so that nothing is committed to them any more; then everything goes, with what SES keeps, what failed on its
 * way, and the rows that figures are counted from. Safe to repeat, after a crash as well; who is erased already is looked through again.
 */
export const makeEraseLead = (ports: EraseLeadPorts) => {
  const { remains, suppressions, runs, sends, deliveries, handoffs, timers, bus, sweepLater } = ports

  const cancelTimers = async ({ leadId, wakeAt }: Lead): Promise<void> => {
    if (wakeAt !== undefined) await timers.cancel(`wake:${leadId}:${wakeAt}`)
    for (const run of await runs.list(leadId)) for (const name of timerNamesOf(run)) await timers.cancel(name)
    for (const { sendId, status, until, leaseUntil } of await sends.list(leadId)) {
      if (status === 'held') await timers.cancel(`${sendId}:held:${until}`)
      if (status === 'claimed') await timers.cancel(`${sendId}:claim:${wholeSecond(leaseUntil)}`)
    }
    for (const delivery of await deliveries.list(leadId))
      if (delivery.state === 'pending') await timers.cancel(attemptTimer(delivery))
    for (const handoff of await handoffs.list(leadId))
      for (const name of deadlineTimerNames(handoff)) await timers.cancel(name)
  }

  const addressesIn = async ({ family, leads }: Person): Promise<readonly string[]> => {
    const logs = await Promise.all(family.map((one) => ports.leads.history(one)))
    return addressesOf(
      logs.flatMap(({ facts }) => facts),
      leads,
    )
  }

  /** With those found by an earlier look: once the log is gone, nothing else tells them. */
  const namesOf = async (
    { family }: Person,
    addresses: readonly string[],
    earlier: readonly NameHash[],
  ): Promise<readonly NameHash[]> => {
    const visitorIds = (await Promise.all(family.map(ports.browsers.list))).flat()
    const keys = addresses.flatMap(everyIdentityKey)
    const found = [...keys.map(ports.hashAddress), ...visitorIds.map(ports.hashBrowser)]
    return [...new Set([...earlier, ...found])]
  }

  /** Of somebody who never confirmed, or was not heard of for years, nothing is kept: they did not ask to be left alone. */
  const noteErasure = async ({ at, leads }: Person, names: readonly NameHash[]): Promise<void> => {
    // A bounce or a complaint outlives the log that told of it.
    const known = leads.flatMap(({ state }) => state?.suppression ?? [])[0]
    for (const hash of names) {
      if (known) await suppressions.add(hash, known.reason, known.at)
      await suppressions.addErasure(hash, at)
    }
  }

  const clearTable = async ({ at, family, leads }: Person, names: readonly NameHash[]): Promise<void> => {
    await Promise.all(leads.map(cancelTimers))
    for (const lead of leads) if (!lead.erased) await remains.bury(lead, at, family)
    for (const one of family) {
      await remains.dropPointers(one, names)
      await remains.clear(one)
    }
  }

  const erase = async (
    message: EraseMessage,
  ): Promise<{ person: Person; names: readonly NameHash[] } | undefined> => {
    const person = await personOf(ports, message)
    if (person.leads.length === 0 || hasMovedOn(person, message)) return undefined
    const addresses = await addressesIn(person)
    const names = await namesOf(person, addresses, message.names)
    if (message.because === 'request') {
      await noteErasure(person, names)
      await ports.pause(erasureRests)
    }
    // Before the table, which alone tells the addresses: a crash between the two starts over with them.
    for (const address of addresses) await ports.provider.remove(address)
    const isTheirs = concerns({ ...person, names }, ports)
    for (const letters of ports.deadLetters) await letters.sift(isTheirs)
    await clearTable(person, names)
    await ports.forgetRows(person.family)
    return { person, names }
  }

  return async (message: EraseMessage): Promise<void> => {
    const done = await retryConflicts(() => erase(message))
    if (!done || message.look === 'last') return
    const { person, names } = done
    const sweep = { leadId: message.leadId, because: message.because, at: person.at, names }
    if (message.look === 'second') return sweepLater({ ...sweep, look: 'last' }, lastLook)
    await sweepLater({ ...sweep, look: 'second' }, secondLook)
    await bus.publish([erased(person, message)])
  }
}

const erased = ({ at, family }: Person, { leadId, because, cause }: EraseMessage): Decision => ({
  id: `${leadId}:erased`,
  type: 'LeadErased',
  occurredAt: at,
  causationId: cause?.decisionId ?? leadId,
  correlationId: cause?.correlationId ?? leadId,
  leadId,
  data: { leadId, because, merged: family.filter((one) => one !== leadId) },
})

/** A keyed hash of an address's identity key, or of a browser. */
type NameHash = string

/** What stands on the erase queue: somebody is to be forgotten, or was and is looked through again. */
export interface EraseMessage {
  readonly leadId: LeadId
  readonly because: EventData['LeadErased']['because']
  readonly look: 'first' | 'second' | 'last'
  /** When it was asked for (RFC 3339 UTC): what the person did until then is forgotten, whenever it arrives. */
  readonly at: string
  /** What the looks before found them by. */
  readonly names: readonly NameHash[]
  /** Of the lead when it was found that it is not to be kept: it is erased at this version alone. */
  readonly version?: number
  readonly cause?: { readonly decisionId: string; readonly correlationId: string }
}

export type Sweep = Omit<EraseMessage, 'cause' | 'version'>

const sweep = z.object({
  type: z.literal('sweep'),
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  because: erasureReason,
  look: z.enum(['second', 'last']),
  at: z.string(),
  names: z.array(z.string()),
})

/** @throws when `body` asks for no erasure: the message ends in the dead-letter queue. */
export const parseMessage = (body: unknown): EraseMessage => {
  const again = z.safeParse(sweep, body)
  if (again.success) return again.data
  const { id, occurredAt, correlationId, leadId, data } = decisionIn(body, isDecisionFor('erase'))
  const { because, version } = data
  return {
    leadId,
    because,
    at: occurredAt,
    look: 'first',
    names: [],
    ...(version !== undefined && { version }),
    cause: { decisionId: id, correlationId },
  }
}
