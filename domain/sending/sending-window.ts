import { Temporal } from 'temporal-polyfill'
import type { SendingHours } from '../playbook/settings.ts'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
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
