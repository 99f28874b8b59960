import { Temporal } from 'temporal-polyfill'
import type { Frequency } from '../consent/preferences.ts'
import type { HoldReason } from '../email/email-outcome.ts'
import { type SendingHours, type Settings, weekdays } from '../model/settings.ts'
import type { SequenceState } from '../sequence/run.ts'
import { addMilliseconds, formatInstant } from '../time/local-time.ts'

/** A window that never opens must not hang the caller: two years of closed days are a fault of the playbook. */
const longestClosure = 731

/** What clocks show, `HH:MM`: texts of this form sort as the times do. */
const shown = (local: Temporal.ZonedDateTime): string =>
  local.toPlainTime().toString({ smallestUnit: 'minute' })

const isSendingDay = (date: Temporal.PlainDate, { days, holidays = [] }: SendingHours): boolean => {
  const weekday = weekdays[date.dayOfWeek - 1]
  return weekday !== undefined && days.includes(weekday) && !holidays.includes(date.toString())
}

const isOvernight = ({ from, to }: SendingHours): boolean => to < from

/** The day is that of the moment: of hours over midnight, those after it belong to the next one. */
const isOpenAt = (local: Temporal.ZonedDateTime, sending: SendingHours): boolean => {
  if (!isSendingDay(local.toPlainDate(), sending)) return false
  const time = shown(local)
  const [isAfter, isBefore] = [sending.from <= time, time < sending.to]
  return isOvernight(sending) ? isAfter || isBefore : isAfter && isBefore
}

/**
 * Moments of one day at which the hours may begin: when clocks come to show `from`, twice in autumn, where they are set,
 * and as the day does, for hours over midnight.
 */
const openings = (date: Temporal.PlainDate, sending: SendingHours, timeZone: string): readonly bigint[] => {
  const begin = date.toPlainDateTime(Temporal.PlainTime.from(sending.from))
  const start = date.toZonedDateTime(timeZone)
  const change = start.subtract({ nanoseconds: 1 }).getTimeZoneTransition('next')
  return [
    begin.toZonedDateTime(timeZone, { disambiguation: 'earlier' }),
    begin.toZonedDateTime(timeZone, { disambiguation: 'later' }),
    ...(isOvernight(sending) ? [start] : []),
    ...(change?.toPlainDate().equals(date) ? [change] : []),
  ]
    .map(({ epochNanoseconds }) => epochNanoseconds)
    .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/**
 * The first moment from `at` (RFC 3339 UTC) on at which marketing mail may go out; `at` itself while it may. What counts
 * is what clocks in `timeZone` show: an hour that they skip is no sending time, one that they show twice is both times.
 * @throws RangeError when the window stays closed for two years.
 */
export const nextSendingTime = (at: string, sending: SendingHours, timeZone: string): string => {
  const start = Temporal.Instant.from(at)
  const local = start.toZonedDateTimeISO(timeZone)
  if (isOpenAt(local, sending)) return at
  let date = local.toPlainDate()
  for (let tried = 0; tried < longestClosure; tried += 1, date = date.add({ days: 1 })) {
    if (!isSendingDay(date, sending)) continue
    for (const opening of openings(date, sending, timeZone)) {
      const candidate = Temporal.Instant.fromEpochNanoseconds(opening)
      if (opening > start.epochNanoseconds && isOpenAt(candidate.toZonedDateTimeISO(timeZone), sending))
        return new Date(candidate.epochMilliseconds).toISOString()
    }
  }
  throw new RangeError(`no sending time within ${longestClosure} days after ${at}`)
}

/** At most `emails` in any `per` milliseconds. */
interface Cap {
  readonly emails: number
  readonly per: number
}

/** When the cap has room again: once the oldest email that fills it is exactly `per` ago. */
const freeFrom = ({ emails, per }: Cap, newestFirst: readonly number[]): number | undefined => {
  const filling = newestFirst[emails - 1]
  return filling === undefined ? undefined : filling + per
}

/**
 * The first moment from `at` on at which all of `caps` have room for one more, given when earlier emails went out (RFC 3339
 * UTC, in any order); `at` itself while they have. An email exactly `per` earlier does not count.
 */
export const nextRoom = (at: string, caps: readonly Cap[], sent: readonly string[]): string => {
  const newestFirst = sent.map((time) => Date.parse(time)).toSorted((a, b) => b - a)
  const free = caps.map((cap) => freeFrom(cap, newestFirst) ?? Number.NEGATIVE_INFINITY)
  const latest = Math.max(Date.parse(at), ...free)
  return latest === Date.parse(at) ? at : formatInstant(latest)
}

/**
 * Why SES turns mail away that is well itself: the sender, or its MAIL FROM domain, is not verified; the account is in the
 * sandbox and the recipient is not verified; the account may not send.
 */
export type TurnedAway = Extract<
  HoldReason,
  'sender-not-verified' | 'recipient-not-verified' | 'sending-disabled'
>

export interface Hold {
  readonly reason: HoldReason
  /** When it is looked at again: a whole second, RFC 3339 UTC. */
  readonly until: string
}

/** The reason of an email that somebody took back while it was held. */
export const cancelledByHand = 'cancelled'

const second = 1000
const week = 7 * 24 * 3_600_000

/** Timers count whole seconds: the next one, so that what is waited for has happened. */
export const wholeSecond = (at: string): string => formatInstant(Math.ceil(Date.parse(at) / second) * second)

/**
 * Whether a marketing email has to wait at `now`.
 * @param timeZone IANA zone of the lead.
 * @param sent when the marketing emails went out that the same person has got; asked for only where there are caps.
 */
export const holdOf = (
  now: string,
  { sending, caps = [] }: Pick<Settings, 'sending' | 'caps'>,
  timeZone: string,
  sent: readonly string[],
): Hold | undefined => {
  const room = nextRoom(now, caps, sent)
  const until = sending ? nextSendingTime(room, sending, timeZone) : room
  if (until === now) return undefined
  return { reason: room === now ? 'window' : 'cap', until: wholeSecond(until) }
}

const [soonest, latest] = [15 * 60_000, 4 * 3_600_000]
const mostTurnedAway = 14 * 24 * 3_600_000

/**
 * What becomes of an email that SES turned away at `at`: it is offered again after as long as it has waited already, at
 * least every four hours, for two weeks. @returns undefined once that is over.
 */
export const holdTurnedAway = (reason: TurnedAway, requestedAt: string, at: string): Hold | undefined => {
  const waited = Date.parse(at) - Date.parse(requestedAt)
  if (waited >= mostTurnedAway) return undefined
  const pause = Math.min(latest, Math.max(soonest, waited))
  return { reason, until: wholeSecond(addMilliseconds(at, pause)) }
}

/** An email that was to go out longer ago than this says nothing to anybody any more. */
export const isStale = (requestedAt: string, at: string, stale = week): boolean =>
  at > addMilliseconds(requestedAt, stale)

/** How soon held mail is looked at again while nobody says that things go on; resuming wakes it at once. */
export const pausedFor = 3_600_000

/** What a pause of its sequence means for an email that is about to go out. `due`: when it would have. */
type PauseVerdict =
  | { readonly type: 'goes' }
  | { readonly type: 'held'; readonly hold: Hold; readonly due: string }
  | { readonly type: 'skipped' }

/**
 * An email that was asked for is held like the runs of a paused sequence, and continues as the resumption says: `send` now,
 * `skip` not at all, `shift` later by as long as the pause was.
 * @param current it as it was held last; absent: it was not.
 */
export const pauseOfSequence = (
  { paused, resumed }: Pick<SequenceState, 'paused' | 'resumed'>,
  current: { readonly reason?: string; readonly due?: string } | undefined,
  now: string,
): PauseVerdict => {
  const { reason, due = now } = current ?? {}
  if (paused) {
    const until = wholeSecond(addMilliseconds(now, pausedFor))
    return { type: 'held', hold: { reason: 'sequence-paused', until }, due }
  }
  if (reason !== 'sequence-paused' || !resumed) return { type: 'goes' }
  switch (resumed.due) {
    case 'send':
      return { type: 'goes' }
    case 'skip':
      return { type: 'skipped' }
    case 'shift': {
      const later = addMilliseconds(due, Date.parse(resumed.at) - Date.parse(resumed.pausedAt))
      if (later <= now) return { type: 'goes' }
      return { type: 'held', hold: { reason: 'shifted', until: wholeSecond(later) }, due: later }
    }
    default:
      return resumed.due satisfies never
  }
}

/** The caps for somebody who chose how often to hear from us: `less` doubles every window, and is one a week at most. */
export const wishedCaps = (
  frequency: Frequency,
  caps: NonNullable<Settings['caps']>,
): NonNullable<Settings['caps']> =>
  frequency === 'less'
    ? [...caps.map(({ emails, per }) => ({ emails, per: 2 * per })), { emails: 1, per: week }]
    : caps
