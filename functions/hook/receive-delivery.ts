import { inRequestOrder } from '../../domain/activity/parse-activity.ts'
import { asTold, identityKey, identityRules } from '../../domain/activity/subject.ts'
import {
  type CompiledHook,
  type MappedActivity,
  type MappedEvent,
  mapEvent,
} from '../../domain/hook/map-event.ts'
import { eventsOf, whileWaiting } from '../../domain/hook/waiting-events.ts'
import type { Activity, LeadId, Subject } from '../../domain/model/activity.ts'
import type { FieldError, Json } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { IdentityRules } from '../../domain/model/settings.ts'
import type { Bus, Clock, Leads } from '../ports.ts'
import type { HookDeals, HookFigures } from '../webhook-ports.ts'

export interface ReadDeliveryPorts {
  readonly playbook: Pick<Playbook, 'settings'>
  readonly clock: Clock
  /** Stands for a text, equal for equal texts; keyed, so that nobody can tell what the text was. */
  readonly fingerprint: (text: string) => string
}

/** What an event has become, by its place in the delivery. */
interface ReadEvent extends MappedEvent {
  readonly index: number
}

type ReadDelivery =
  | { readonly type: 'events'; readonly events: readonly ReadEvent[] }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

/** Finds the events in a body and maps each; changes nothing. */
export const makeReadDelivery =
  ({ playbook, clock, fingerprint }: ReadDeliveryPorts) =>
  (hook: CompiledHook, body: Json): ReadDelivery => {
    const found = eventsOf(hook.hook, body)
    if (found.type === 'refused') return found
    const options = { arrivedAt: clock(), identity: identityRules(playbook.settings.identity), fingerprint }
    return {
      type: 'events',
      events: found.events.map((event, index) => ({ index, ...mapEvent(hook, { event, body }, options) })),
    }
  }

interface FindOwnersPorts {
  readonly deals: HookDeals
  /** The lead of an address; a new one's id, claimed, where nobody has it yet. @param key the address's identity key */
  readonly leadOfAddress: (key: string) => Promise<LeadId>
  readonly clock: Clock
}

interface Owned {
  /** Everything that is known to be about somebody, with what had waited for that. */
  readonly activities: readonly Activity[]
  /** How many are about deals of nobody yet, and are kept. */
  readonly unmatched: number
  /** How many of `activities` had been kept. */
  readonly released: number
  /** To be called once the activities are taken: until then a crash loses none of them. */
  readonly settle: () => Promise<void>
}

/** A delivery may be about hundreds. */
const dealsAtOnce = 20

/** Says whose a deal is. */
interface Lesson {
  readonly dealId: string
  readonly subject: Subject
  readonly taughtAt: string
}

const about = ({ subject: _, ...activity }: MappedActivity, subject: Subject): Activity => ({
  ...activity,
  subject,
})

const lessonOf = ({ subject, properties: { dealId }, occurredAt }: MappedActivity): readonly Lesson[] =>
  'dealId' in subject || typeof dealId !== 'string' ? [] : [{ dealId, subject, taughtAt: occurredAt }]

const latest = (lessons: readonly Lesson[]): Lesson | undefined =>
  lessons.reduce<Lesson | undefined>(
    (last, one) => (last === undefined || one.taughtAt >= last.taughtAt ? one : last),
    undefined,
  )

/**
 * Finds whom the activities of one delivery are about. CRMs report a deal by its id alone: whose it is was said by an
 * earlier activity with a person and `properties.dealId`, or will be by a later one. What comes before that waits for
 * a week, without the words in it. Whoever keeps something looks once more afterwards, and whoever says whose a deal is looks for what was kept:
 * of two that do so at once, one sees the other.
 */
const makeFindOwners = (
  { deals, leadOfAddress, clock }: FindOwnersPorts,
  source: string,
  identity: IdentityRules,
) => {
  const leadOf = async (subject: Subject): Promise<LeadId | undefined> => {
    if ('leadId' in subject) return subject.leadId
    return 'email' in subject ? leadOfAddress(identityKey(subject.email, identity)) : undefined
  }

  /** Whom the deal belongs to from now on: the one who was named last in time. */
  const learn = async ({ dealId, subject, taughtAt }: Lesson): Promise<Subject> => {
    const [known, leadId] = await Promise.all([deals.owner(source, dealId), leadOf(subject)])
    if (leadId === undefined || known?.leadId === leadId) return subject
    if (known && known.taughtAt >= taughtAt) return { leadId: known.leadId }
    await deals.setOwner(source, dealId, { leadId, taughtAt })
    // By the address where it is given: the lead may be made by this very delivery.
    return subject
  }

  /** With what was kept: also where whose it is was known, as whoever learnt that may have died over it. */
  const release = async (
    dealId: string,
    subject: Subject,
    fresh: readonly MappedActivity[],
  ): Promise<Owned> => {
    const kept = await deals.kept(source, dealId, clock())
    // What has just come still has its words.
    const ids = new Set(fresh.map(({ id }) => id))
    const others = kept.filter(({ id }) => !ids.has(id))
    return {
      activities: [...fresh, ...others].map((one) => about(one, subject)),
      unmatched: 0,
      released: others.length,
      settle: () => deals.drop(source, dealId, kept),
    }
  }

  const ofDeal = async (
    dealId: string,
    mapped: readonly MappedActivity[],
    lesson: Lesson | undefined,
  ): Promise<Owned> => {
    if (lesson !== undefined) return release(dealId, await learn(lesson), mapped)
    const owner = await deals.owner(source, dealId)
    if (owner) {
      const activities = mapped.map((one) => about(one, { leadId: owner.leadId }))
      return { activities, unmatched: 0, released: 0, settle: async () => undefined }
    }
    const at = clock()
    await Promise.all(mapped.map((activity) => deals.keep(source, dealId, whileWaiting(activity), at)))
    const meanwhile = await deals.owner(source, dealId)
    return meanwhile
      ? release(dealId, { leadId: meanwhile.leadId }, mapped)
      : { activities: [], unmatched: mapped.length, released: 0, settle: async () => undefined }
  }

  /** @param followsDeals whether anything is ever about a deal alone: else it need not be known whose each is. */
  return async (mapped: readonly MappedActivity[], followsDeals: boolean): Promise<Owned> => {
    const own = mapped.flatMap((one) => ('dealId' in one.subject ? [] : [about(one, one.subject)]))
    if (!followsDeals) return { activities: own, unmatched: 0, released: 0, settle: async () => undefined }
    const lessons = Map.groupBy(mapped.flatMap(lessonOf), ({ dealId }) => dealId)
    const strangers = Map.groupBy(
      mapped.filter(({ subject }) => 'dealId' in subject),
      ({ subject }) => ('dealId' in subject ? subject.dealId : ''),
    )
    const ofOne = (dealId: string): Promise<Owned> =>
      ofDeal(dealId, strangers.get(dealId) ?? [], latest(lessons.get(dealId) ?? []))
    const owned: Owned[] = []
    const dealIds = [...new Set([...lessons.keys(), ...strangers.keys()])]
    for (let from = 0; from < dealIds.length; from += dealsAtOnce)
      owned.push(...(await Promise.all(dealIds.slice(from, from + dealsAtOnce).map(ofOne))))
    return {
      activities: [...own, ...owned.flatMap(({ activities }) => activities)],
      unmatched: owned.reduce((sum, one) => sum + one.unmatched, 0),
      released: owned.reduce((sum, one) => sum + one.released, 0),
      settle: async () => {
        await Promise.all(owned.map(({ settle }) => settle()))
      },
    }
  }
}

export interface ReceiveDeliveryPorts extends ReadDeliveryPorts, FindOwnersPorts {
  readonly bus: Pick<Bus, 'submit'>
  readonly figures: Pick<HookFigures, 'add'>
}

interface Delivered {
  /** Activities that the bus has taken. */
  readonly accepted: number
  /** Events that no rule takes. */
  readonly ignored: number
  /** Activities about deals of nobody yet: kept for a week. */
  readonly unmatched: number
  /** Events of which something is wrong, by their place. */
  readonly rejected: readonly { readonly index: number; readonly errors: readonly FieldError[] }[]
  /** Events that were taken without a part that does not fit, by their place. */
  readonly warnings: readonly { readonly index: number; readonly errors: readonly FieldError[] }[]
}

type DeliveryResult =
  | { readonly type: 'delivered'; readonly delivered: Delivered }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

/** Of the reasons in one delivery this many are counted by themselves, each cut to this length. */
const most = { reasons: 20, length: 200 }

const reasonsOf = (events: readonly ReadEvent[]): Readonly<Record<string, number>> => {
  const worded = (kind: string, errors: readonly FieldError[]) =>
    errors.map(({ path, message }) => `${kind}:${path}: ${message}`.slice(0, most.length))
  const reasons = events.flatMap(({ errors, warnings }) => [
    ...worded('rejected', errors),
    ...worded('warned', warnings),
  ])
  const counted = [...Map.groupBy(reasons, (reason) => reason)].slice(0, most.reasons)
  return Object.fromEntries(counted.map(([reason, { length }]) => [reason, length]))
}

/**
 * Takes what a program outside reports, once it is known to be that program. Its 2xx means that the bus has the
 * activities, or the table those that wait; a repeat makes the same of it.
 */
export const makeReceiveDelivery = (ports: ReceiveDeliveryPorts) => {
  const { bus, figures, clock, playbook } = ports
  const readDelivery = makeReadDelivery(ports)
  const identity = identityRules(playbook.settings.identity)

  return async (hook: CompiledHook, body: Json): Promise<DeliveryResult> => {
    const source = hook.hook.id
    const read = readDelivery(hook, body)
    if (read.type === 'refused') {
      await figures.add(source, clock(), { deliveries: 1, 'refused:no events': 1 })
      return read
    }
    const { events } = read
    const mapped = inRequestOrder(
      events.flatMap(({ activities }) => activities),
      identity,
    )
    const unique = new Map(mapped.map((one) => [`${one.id}\n${JSON.stringify(one.subject)}`, one]))
    const findOwners = makeFindOwners(ports, source, identity)
    const owned = await findOwners([...unique.values()], hook.followsDeals)
    const reported = owned.activities.map((activity) => asTold(activity, { type: 'hook', hook: source }))
    if (reported.length > 0) await bus.submit(reported)
    await owned.settle()
    const delivered = deliveredOf(events, owned)
    await figures.add(source, clock(), {
      ...delivered,
      deliveries: 1,
      events: events.length,
      released: owned.released,
      rejected: delivered.rejected.length,
      warnings: delivered.warnings.length,
      ...reasonsOf(events),
    })
    return { type: 'delivered', delivered }
  }
}

const deliveredOf = (
  events: readonly ReadEvent[],
  { activities, unmatched, released }: Owned,
): Delivered => ({
  accepted: activities.length - released,
  ignored: events.filter((event) => event.activities.length + event.errors.length === 0).length,
  unmatched,
  rejected: events.flatMap(({ index, errors }) => (errors.length > 0 ? [{ index, errors }] : [])),
  warnings: events.flatMap(({ index, warnings }) =>
    warnings.length > 0 ? [{ index, errors: warnings }] : [],
  ),
})

/** The lead of an address, as recording finds it: whichever of the two asks first, both get the same. */
export const leadOfAddress =
  ({ identify }: Pick<Leads, 'identify'>) =>
  async (email: string): Promise<LeadId> => {
    const found = await identify({ email })
    if (!found) throw new Error('an address always has a lead')
    return found.leadId
  }

/** As many are counted a minute for each source and container: whoever sends thousands does not make us write thousands. */
const mostAMinute = 30

/** Counts deliveries that were turned away, the first of every minute. */
export const makeTurnedAway = ({
  figures,
  clock,
}: {
  readonly figures: Pick<HookFigures, 'add'>
  readonly clock: Clock
}) => {
  let minute = ''
  const counted = new Map<string, number>()
  return async (source: string, why: string): Promise<void> => {
    const now = clock()
    if (now.slice(0, 16) !== minute) counted.clear()
    minute = now.slice(0, 16)
    const before = counted.get(source) ?? 0
    if (before >= mostAMinute) return
    counted.set(source, before + 1)
    await figures.add(source, now, { [`refused:${why}`]: 1 })
  }
}
