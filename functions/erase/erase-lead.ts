import { addressesOf, everyIdentityKey } from '../../domain/consent/addresses-of.ts'
import type { Decision } from '../../domain/lead/decision.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { wholeSecond } from '../../domain/sending/hold-email.ts'
import { alarmNamesOf } from '../../domain/sequence/run-effects.ts'
import type { CancelAlarm, Remains } from '../erasure-ports.ts'
import { deadlineAlarmNames } from '../handoff/set-deadlines.ts'
import type { Bus, Clock, Handoffs, Lead, Leads, Runs } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { Sends } from '../send-ports.ts'
import type { Suppressions } from '../suppression-ports.ts'
import { attemptAlarm } from '../webhook/set-attempt.ts'
import type { Deliveries } from '../webhook-ports.ts'
import type { EraseMessage } from './parse-message.ts'

export interface EraseLeadPorts {
  readonly leads: Pick<Leads, 'load' | 'history'>
  readonly runs: Pick<Runs, 'list'>
  readonly sends: Pick<Sends, 'list'>
  readonly deliveries: Pick<Deliveries, 'list'>
  readonly handoffs: Pick<Handoffs, 'list'>
  readonly remains: Remains
  readonly alarms: CancelAlarm
  readonly suppressions: Pick<Suppressions, 'add'>
  readonly bus: Pick<Bus, 'publish'>
  readonly clock: Clock
  /** Keyed hash of an address's identity key. */
  readonly hashAddress: (identityKey: string) => string
  /** Sees to it that the same is looked through again, `seconds` later. */
  readonly sweepLater: (sweep: Pick<EraseMessage, 'leadId' | 'because'>, seconds: number) => Promise<void>
}

/** Longer than any function works on what it has read before (seconds): what it still wrote is found then. */
const inFlight = 120

interface Person {
  readonly at: string
  readonly family: readonly LeadId[]
  readonly leads: readonly Lead[]
}

/** The leads that are one person: the one meant, what it went into, and all that went into that. */
const personOf = async ({ leads, clock }: EraseLeadPorts, meant: LeadId): Promise<Person> => {
  const family = new Set<LeadId>([meant])
  let root = await leads.load(meant)
  while (root?.mergedInto !== undefined && !family.has(root.mergedInto)) {
    family.add(root.mergedInto)
    root = await leads.load(root.mergedInto)
  }
  for (const one of root?.erased?.family ?? root?.members ?? []) family.add(one)
  if (root && !root.erased) for (const one of (await leads.history(root.leadId)).members) family.add(one)
  const loaded = await Promise.all([...family].map(leads.load))
  return { at: root?.erased?.at ?? clock(), family: [...family], leads: loaded.flatMap((lead) => lead ?? []) }
}

/**
 * Erases a person: every lead that stands for them, what leads there, and what was to wake them. In this order: the
 * address goes on the suppression list as a hash, the leads are marked as erased, so that nothing is committed to them
 * any more, and then everything goes. Safe to repeat, after a crash as well; who is erased already is looked through again.
 */
export const makeEraseLead = (ports: EraseLeadPorts) => {
  const { remains, suppressions, runs, sends, deliveries, handoffs, alarms, bus, sweepLater, hashAddress } =
    ports

  const cancelWakes = async ({ leadId, wakeAt }: Lead): Promise<void> => {
    if (wakeAt !== undefined) await alarms.cancel(`wake:${leadId}:${wakeAt}`)
    for (const run of await runs.list(leadId)) for (const name of alarmNamesOf(run)) await alarms.cancel(name)
    for (const { sendId, status, until, leaseUntil } of await sends.list(leadId)) {
      if (status === 'held') await alarms.cancel(`${sendId}:held:${until}`)
      if (status === 'claimed') await alarms.cancel(`${sendId}:claim:${wholeSecond(leaseUntil)}`)
    }
    for (const delivery of await deliveries.list(leadId))
      if (delivery.state === 'pending') await alarms.cancel(attemptAlarm(delivery))
    for (const handoff of await handoffs.list(leadId))
      for (const name of deadlineAlarmNames(handoff)) await alarms.cancel(name)
  }

  const erase = async ({ leadId: meant, because }: EraseMessage): Promise<Person | undefined> => {
    const person = await personOf(ports, meant)
    const { at, family, leads } = person
    if (leads.length === 0) return undefined
    const logs = await Promise.all(family.map((one) => ports.leads.history(one)))
    const addresses = addressesOf(
      logs.flatMap(({ facts }) => facts),
      leads,
    )
    const hashes = addresses.flatMap(everyIdentityKey).map(hashAddress)
    // Who never confirmed did not ask to be left alone: nothing is kept of them.
    // A bounce or a complaint outlives the log that told of it.
    const known = leads.flatMap(({ state }) => state?.suppression ?? [])[0]
    if (because === 'request')
      for (const hash of hashes) await suppressions.add(hash, known?.reason ?? 'erased', known?.at ?? at)
    await Promise.all(leads.map(cancelWakes))
    for (const lead of leads) if (!lead.erased) await remains.bury(lead, at, family)
    for (const one of family) {
      await remains.dropPointers(one, hashes)
      await remains.clear(one)
    }
    return person
  }

  return async (message: EraseMessage): Promise<void> => {
    const person = await retryConflicts(() => erase(message))
    if (!person || message.isSweep) return
    await sweepLater({ leadId: message.leadId, because: message.because }, inFlight)
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
