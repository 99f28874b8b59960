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

const isOpenAt = (local: Temporal.ZonedDateTime, sending: SendingHours): boolean => {
  const time = shown(local)
  return isSendingDay(local.toPlainDate(), sending) && sending.from <= time && time < sending.to
}

/** Moments of one day at which clocks may come to show `from`: when they do, twice in autumn, and where they are set. */
const openings = (date: Temporal.PlainDate, from: string, timeZone: string): readonly bigint[] => {
  const begin = date.toPlainDateTime(Temporal.PlainTime.from(from))
  const start = date.toZonedDateTime(timeZone)
  const change = start.subtract({ nanoseconds: 1 }).getTimeZoneTransition('next')
  return [
    begin.toZonedDateTime(timeZone, { disambiguation: 'earlier' }),
    begin.toZonedDateTime(timeZone, { disambiguation: 'later' }),
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
    for (const opening of openings(date, sending.from, timeZone)) {
      const candidate = Temporal.Instant.fromEpochNanoseconds(opening)
      if (opening > start.epochNanoseconds && isOpenAt(candidate.toZonedDateTimeISO(timeZone), sending))
        return new Date(candidate.epochMilliseconds).toISOString()
    }
  }
  throw new RangeError(`no sending time within ${longestClosure} days after ${at}`)
}
