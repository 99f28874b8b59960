import type { Activity, Subject } from '../../domain/activity/activity.ts'
import { type IdentityRules, identityKey } from '../../domain/activity/identity-key.ts'
import type { MappedActivity } from '../../domain/hook/map-event.ts'
import { whileWaiting } from '../../domain/hook/while-waiting.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { HookDeals } from '../hook-ports.ts'
import type { Clock } from '../ports.ts'

export interface FindOwnersPorts {
  readonly deals: HookDeals
  /** The lead of an address; a new one's id, claimed, where nobody has it yet. @param key the address's identity key */
  readonly leadOfAddress: (key: string) => Promise<LeadId>
  readonly clock: Clock
}

export interface Owned {
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
export const makeFindOwners = ({ deals, leadOfAddress, clock }: FindOwnersPorts) => {
  const leadOf = async (subject: Subject, identity: IdentityRules): Promise<LeadId | undefined> => {
    if ('leadId' in subject) return subject.leadId
    return 'email' in subject ? leadOfAddress(identityKey(subject.email, identity)) : undefined
  }

  /** Whom the deal belongs to from now on: the one who was named last in time. */
  const learn = async (source: string, lesson: Lesson, identity: IdentityRules): Promise<Subject> => {
    const { dealId, subject, taughtAt } = lesson
    const [known, leadId] = await Promise.all([deals.owner(source, dealId), leadOf(subject, identity)])
    if (leadId === undefined || known?.leadId === leadId) return subject
    if (known && known.taughtAt >= taughtAt) return { leadId: known.leadId }
    await deals.setOwner(source, dealId, { leadId, taughtAt })
    // By the address where it is given: the lead may be made by this very delivery.
    return subject
  }

  /** With what was kept: also where whose it is was known, as whoever learnt that may have died over it. */
  const release = async (
    source: string,
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
    source: string,
    dealId: string,
    mapped: readonly MappedActivity[],
    lesson: Lesson | undefined,
    identity: IdentityRules,
  ): Promise<Owned> => {
    if (lesson !== undefined) return release(source, dealId, await learn(source, lesson, identity), mapped)
    const owner = await deals.owner(source, dealId)
    if (owner) {
      const activities = mapped.map((one) => about(one, { leadId: owner.leadId }))
      return { activities, unmatched: 0, released: 0, settle: async () => undefined }
    }
    const at = clock()
    await Promise.all(mapped.map((activity) => deals.keep(source, dealId, whileWaiting(activity), at)))
    const meanwhile = await deals.owner(source, dealId)
    return meanwhile
      ? release(source, dealId, { leadId: meanwhile.leadId }, mapped)
      : { activities: [], unmatched: mapped.length, released: 0, settle: async () => undefined }
  }

  /** @param followsDeals whether anything is ever about a deal alone: else it need not be known whose each is. */
  return async (
    source: string,
    mapped: readonly MappedActivity[],
    followsDeals: boolean,
    identity: IdentityRules,
  ): Promise<Owned> => {
    const own = mapped.flatMap((one) => ('dealId' in one.subject ? [] : [about(one, one.subject)]))
    if (!followsDeals) return { activities: own, unmatched: 0, released: 0, settle: async () => undefined }
    const lessons = Map.groupBy(mapped.flatMap(lessonOf), ({ dealId }) => dealId)
    const strangers = Map.groupBy(
      mapped.filter(({ subject }) => 'dealId' in subject),
      ({ subject }) => ('dealId' in subject ? subject.dealId : ''),
    )
    const ofOne = (dealId: string): Promise<Owned> =>
      ofDeal(source, dealId, strangers.get(dealId) ?? [], latest(lessons.get(dealId) ?? []), identity)
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
