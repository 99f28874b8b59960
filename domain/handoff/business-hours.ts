import { Temporal } from 'temporal-polyfill'
import type { Hours } from '../playbook/settings.ts'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
/** A team that never opens must not hang the caller: two years of closed days are a fault of the playbook. */
const longestClosure = 731

export interface BusinessCalendar {
  readonly timeZone: string
  readonly hours: Hours
  /** Local dates `YYYY-MM-DD`. */
  readonly holidays: readonly string[]
}

/**
 * The moment at which `duration` milliseconds of business time, more than none, have passed since `from`: at closing time
 * rather than when doors open again.
 * Hours are wall-clock hours of the calendar's zone, so a day with a clock change has its real length.
 * @throws RangeError when the calendar is closed for two years on end.
 */
export const addBusinessTime = (from: string, duration: number, calendar: BusinessCalendar): string => {
  const start = Temporal.Instant.from(from)
  let date = start.toZonedDateTimeISO(calendar.timeZone).toPlainDate()
  let left = duration
  for (let closed = 0; closed < longestClosure; date = date.add({ days: 1 })) {
    const day = openHours(date, calendar)
    // A clock change may leave out all hours of a day.
    if (!day || day.close <= day.open) {
      closed += 1
      continue
    }
    closed = 0
    const begin = Math.max(day.open, start.epochMilliseconds)
    if (begin >= day.close) continue
    if (begin + left <= day.close) return new Date(begin + left).toISOString()
    left -= day.close - begin
  }
  throw new RangeError(`no business hours within ${longestClosure} days after ${from}`)
}

/** Opening and closing of one local date in ms since the epoch; undefined when closed. */
const openHours = (date: Temporal.PlainDate, calendar: BusinessCalendar) => {
  const weekday = weekdays[date.dayOfWeek - 1]
  if (!weekday || !calendar.hours.days.includes(weekday) || calendar.holidays.includes(date.toString()))
    return undefined
  const at = (time: string): number =>
    date.toZonedDateTime({ timeZone: calendar.timeZone, plainTime: Temporal.PlainTime.from(time) })
      .epochMilliseconds
  return { open: at(calendar.hours.from), close: at(calendar.hours.to) }
}
