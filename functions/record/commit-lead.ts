import { mayKeep, nextConsentDeadline } from '../../domain/lead/consent.ts'
import { expandActivity } from '../../domain/lead/expand-activity.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { nextWake } from '../../domain/lead/lead-view.ts'
import type { Activity, Fact, LeadId } from '../../domain/model/activity.ts'
import { nextReview, noTies, whenToForget } from '../../domain/retention/when-to-forget.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { changedHits, marksOfFacts, marksOfHits } from '../../domain/sending/email-figures.ts'
import type { AppendedFact, Bus, Clock, Lead, Leads, LeadTimers, Reviews, Timers } from '../ports.ts'
import type { SendMarks } from '../send-ports.ts'
import type { FirstTimes, RecordPorts } from './record-ports.ts'

/** Each id once: what came first, at the earliest time. */
const once = (activities: readonly Activity[]): readonly Activity[] => {
  const firsts = new Map<string, Activity>()
  for (const activity of activities) {
    const { occurredAt, timeAssumed } = activity
    const first = firsts.get(activity.id)
    if (!first || occurredAt < first.occurredAt)
      firsts.set(activity.id, { ...(first ?? activity), occurredAt, timeAssumed })
  }
  return [...firsts.values()]
}

/** The activity as its first fact stands in the log: what follows from it follows from that. */
const asStored = (activity: Activity, fact: Fact | undefined): Activity =>
  fact === undefined
    ? activity
    : { ...activity, type: fact.type, occurredAt: fact.occurredAt, properties: fact.properties }

interface Appending {
  /** In whose own log. */
  readonly leadId: LeadId
  readonly activities: readonly Activity[]
  /** Of the root lead. */
  readonly state: LeadState | undefined
  readonly rules: Rules
  readonly recordedAt: string
  /** As that log knows them. */
  readonly times: FirstTimes
  /** Told of facts that nobody knows at the moment at which they are written: what it writes goes out with them. */
  readonly beside?: ((facts: readonly Fact[]) => Promise<void>) | undefined
}

/**
 * Writes to the log what is not in the lead's state yet. An activity without a time of its own gets it settled first:
 * the facts that follow from it share it. What may not be kept is not written.
 * @returns the facts as they stand in the log; none when all were known.
 */
export const appendFacts = async (
  leads: Pick<Leads, 'append'>,
  { leadId, activities, state, rules, recordedAt, times, beside }: Appending,
): Promise<readonly AppendedFact[]> => {
  const known = new Set(state?.recentIds)
  /** Whether the state holds everything that the activity stands for. One that comes with an earlier time is news. */
  const isFolded = (activity: Activity): boolean => {
    if (!expandActivity(activity, rules).every(({ id }) => known.has(id))) return false
    const first = times.get(activity.id)
    return activity.timeAssumed || first === undefined || first <= activity.occurredAt
  }
  /** Nothing of it was ever written: it goes into the log as it is, with all that follows from it. */
  const isUnknown = (activity: Activity): boolean =>
    expandActivity(activity, rules).every(({ id }) => times.has(id) && times.get(id) === undefined)
  const candidates = once(activities.filter((activity) => mayKeep(activity, state)))
  const fresh = candidates
    .filter((activity) => !isFolded(activity))
    .map((activity) => ({ activity, unknown: isUnknown(activity) }))
  if (fresh.length === 0) return []
  const first = fresh.flatMap(({ activity, unknown }) =>
    expandActivity(activity, rules)
      .slice(0, unknown ? undefined : 1)
      .map((fact) => ({ ...fact, recordedAt, timeAssumed: activity.timeAssumed, isUnknown: unknown })),
  )
  const isAllUnknown = fresh.every(({ unknown }) => unknown)
  const [facts] = await Promise.all([leads.append(leadId, first), isAllUnknown && beside?.(first)])
  const settled = new Map(facts.map((fact) => [fact.id, fact]))
  const following = fresh.flatMap(({ activity, unknown }) =>
    unknown
      ? []
      : expandActivity(asStored(activity, settled.get(activity.id)), rules)
          .slice(1)
          .map((fact) => ({ ...fact, recordedAt })),
  )
  return following.length === 0 ? facts : [...facts, ...(await leads.append(leadId, following))]
}

const formOf = ({ properties: { form } }: AppendedFact): string | undefined =>
  typeof form === 'string' && form !== '' ? form : undefined

/** What `facts` that nobody knew before add to the figures of each form: a link that confirms two consents is one confirmation. */
export const formCounts = (
  facts: readonly AppendedFact[],
): readonly { readonly form: string; readonly submissions: number; readonly confirmations: number }[] => {
  const fresh = facts.filter(({ known }) => known === undefined)
  return [...Map.groupBy(fresh, formOf)].flatMap(([form, own]) => {
    if (form === undefined) return []
    const submissions = own.filter(({ type }) => type === 'form.submitted').length
    const confirmed = own.filter(
      ({ type, properties }) => type === 'consent.granted' && properties.confirmed === true,
    )
    const confirmations = new Set(confirmed.map(({ id, properties }) => properties.submission ?? id)).size
    return submissions + confirmations === 0 ? [] : [{ form, submissions, confirmations }]
  })
}

/** Counts what the log has just taken, once: a crash in between loses a count, and never makes two of one. What cannot be counted just now holds up nobody. */
export const makeCountForms =
  ({ formFigures }: Pick<RecordPorts, 'formFigures'>) =>
  async (facts: readonly AppendedFact[], now: string): Promise<void> => {
    if (formFigures === undefined) return
    await Promise.allSettled(
      formCounts(facts).map(({ form, ...counts }) => formFigures.add(form, now, counts)),
    )
  }

/**
 * Marks the emails that came to something, before the state that says so is committed: the retry after a crash marks
 * them again, which changes nothing.
 * @param leadIds the person's.
 */
export const markSends = async (
  sendMarks: SendMarks,
  facts: readonly Fact[],
  leadIds: readonly LeadId[],
  { before, after }: { readonly before: LeadState | undefined; readonly after: LeadState },
): Promise<void> => {
  const emails = changedHits(before?.emails, after.emails)
  const sends = emails.length === 0 ? [] : await Promise.all(leadIds.map((id) => sendMarks.list(id)))
  const changes = [...marksOfFacts(facts), ...marksOfHits(emails, after.emails, sends.flat())]
  await Promise.all(changes.map((change) => sendMarks.change(change)))
}

const second = 1000
/** Waits up to this long (ms) go by a delayed message: it costs less, and no schedule lies in the past when it is made. */
const shortWait = 15 * 60 * second
/** What a held hit is given beyond its moment, in seconds: clocks differ. */
const margin = 2

interface SetTimersPorts {
  readonly timers: Timers
  readonly leadTimers: LeadTimers
  readonly clock: Clock
}

const secondsUntil = (at: string, now: string): number =>
  Math.max(0, Math.ceil((Date.parse(at) - Date.parse(now)) / second))

const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a

/** Schedules count whole seconds: the next one, so that what is waited for has happened. */
export const nextWholeSecond = (at: string): string =>
  new Date(Math.ceil(Date.parse(at) / second) * second).toISOString()

export type PlannedTimers = Pick<Lead, 'wakeAt' | 'owedWakes'>

const planOf = (wakeAt: string | undefined, owed: readonly string[]): PlannedTimers => ({
  ...(wakeAt !== undefined && { wakeAt }),
  ...(owed.length > 0 && { owedWakes: owed }),
})

/**
 * When a lead has to be looked at because its state changes by itself. What is not set yet is owed: it is committed with
 * the state, and set afterwards (`makeSetTimers`), so that a commit that fails leaves nothing behind. As long as a timer
 * stands ahead that comes in time, no other is planned: it goes off, and the next one is planned then.
 */
export const planTimers = (lead: Lead, state: LeadState, rules: Rules, now: string): PlannedTimers => {
  const { heldUntil } = state
  const current = lead.wakeAt !== undefined && lead.wakeAt > now ? lead.wakeAt : undefined
  const next = earlier(
    nextWake(state, rules, now),
    nextConsentDeadline(state, rules.playbook.settings.doubleOptIn),
  )
  const at = next === undefined ? undefined : nextWholeSecond(next)
  const isInTime = at === undefined || (current !== undefined && current <= at)
  const wakeAt = isInTime ? current : at
  const fresh = [
    ...(heldUntil !== undefined && heldUntil !== lead.state?.heldUntil ? [heldUntil] : []),
    ...(wakeAt !== undefined && !isInTime ? [wakeAt] : []),
  ]
  const open = (lead.owedWakes ?? []).filter((one) => one === wakeAt || one === heldUntil)
  return planOf(wakeAt, [...new Set([...open, ...fresh])])
}

/** Everything that a lead waits for, as if nothing of it were set. */
export const allTimers = ({ wakeAt, state }: Pick<Lead, 'wakeAt' | 'state'>): readonly string[] => [
  ...new Set([wakeAt, state?.heldUntil].filter((at) => at !== undefined)),
]

/**
 * Sets the timers that a committed lead owes, until it owes none. Safe to repeat: a timer has a name, and a message whose
 * moment has passed does nothing.
 */
export const makeSetTimers =
  ({ timers, leadTimers, clock }: SetTimersPorts) =>
  async ({ leadId, owedWakes = [], state }: Pick<Lead, 'leadId' | 'owedWakes' | 'state'>): Promise<void> => {
    const now = clock()
    for (const at of owedWakes) {
      const isHeld = at === state?.heldUntil
      const isShort = Date.parse(at) - Date.parse(now) <= shortWait
      if (isHeld) await leadTimers.later({ leadId, at }, secondsUntil(at, now) + margin)
      else if (isShort) await leadTimers.later({ leadId, at }, secondsUntil(at, now))
      else await timers.set(`wake:${leadId}:${at}`, at, { type: 'wake', leadId, at })
    }
  }

/** Whether a lead still waits for what `at` was set for. */
export const isAwaited = ({ wakeAt, state }: Pick<Lead, 'wakeAt' | 'state'>, at: string): boolean =>
  at === wakeAt || at === state?.heldUntil

interface PublishLeadPorts {
  readonly leads: Pick<Leads, 'clearOutbox'>
  readonly bus: Pick<Bus, 'publish'>
  /** Schedules the next re-evaluation of the lead. */
  readonly setTimers: (lead: Lead) => Promise<void>
}

/**
 * Publishes the outbox of a committed lead, then sets its timers. Safe to repeat; the next one to handle the lead finishes
 * what a crash left.
 * @throws Transient when the bus does not take the decisions: then nothing is set either.
 */
export const makePublishLead =
  ({ leads, bus, setTimers }: PublishLeadPorts) =>
  async (lead: Lead): Promise<void> => {
    const { leadId, version, outbox, owedWakes = [] } = lead
    if (outbox.length === 0 && owedWakes.length === 0) return
    if (outbox.length > 0) await bus.publish(outbox)
    if (owedWakes.length > 0) await setTimers(lead)
    await leads.clearOutbox(leadId, version)
  }

type Reviewed = Pick<Lead, 'leadId' | 'email' | 'underReview'> & { readonly state: LeadState }

/**
 * Sets the day on which a lead that is about to be committed is looked at first, unless one is set. Before the commit: a
 * crash between the two leaves a day without a lead, which ends by itself, and never a lead without a day.
 * @param isNew the lead has no item: the day is set together with its first facts.
 */
export const makeBeginReview =
  ({ reviews }: { readonly reviews: Pick<Reviews, 'begin'> }) =>
  async <Kept extends Reviewed>(
    lead: Kept,
    rules: Rules,
    { now, isNew = false }: { readonly now: string; readonly isNew?: boolean },
  ): Promise<Kept & { readonly underReview: true }> => {
    if (!lead.underReview) {
      const due = whenToForget(lead, noTies, rules.playbook.settings.retention)
      await reviews.begin(lead.leadId, nextReview(due, now), isNew)
    }
    return { ...lead, underReview: true }
  }
