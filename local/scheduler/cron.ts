import { Temporal } from 'temporal-polyfill'
import { type DayRule, daysOfMonth, parseDayRule } from './cron-day.ts'
import { parseField } from './cron-field.ts'

/** AWS's six fields: minutes, hours, day of month, month, day of week, year. */
export interface Cron {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly day: DayRule
  readonly months: ReadonlySet<number>
  readonly years: ReadonlySet<number>
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const LAST_YEAR = 2199
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Reads what stands between the parentheses; undefined where AWS would refuse it. */
export function parseCron(text: string): Cron | undefined {
  const [minute, hour, dayOfMonth, month, dayOfWeek, year, ...rest] = text.trim().split(/\s+/)
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek || !year || rest.length > 0) return undefined
  const minutes = parseField(minute, { min: 0, max: 59 })
  const hours = parseField(hour, { min: 0, max: 23 })
  const months = parseField(month, { min: 1, max: 12, names: MONTHS })
  const years = parseField(year, { min: 1970, max: LAST_YEAR })
  const day = parseDayRule(dayOfMonth, dayOfWeek)
  if (!minutes || !hours || !months || !years || !day) return undefined
  return { minutes: ascending(minutes), hours: ascending(hours), day, months, years }
}

function ascending(values: ReadonlySet<number>): number[] {
  return [...values].sort((a, b) => a - b)
}

/**
 * The first time strictly after `after` (ms) that a cron names in a zone; null: none before 2200.
 * A local time that the clock skips in spring does not fire; one that comes twice in autumn fires the first time.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function nextCronTime(cron: Cron, timeZone: string, after: number): number | null {
  const start = Temporal.Instant.fromEpochMilliseconds(after).toZonedDateTimeISO(timeZone).toPlainDate()
  // A day earlier: after an overlap the local date alone does not say which times are still to come.
  let date = start.subtract({ days: 1 })
  while (date.year <= LAST_YEAR) {
    if (!cron.years.has(date.year)) {
      date = Temporal.PlainDate.from({ year: date.year + 1, month: 1, day: 1 })
      continue
    }
    const firstOfNext = date.with({ day: 1 }).add({ months: 1 })
    if (cron.months.has(date.month)) {
      const found = inMonth(cron, timeZone, date, after)
      if (found !== null) return found
    }
    date = firstOfNext
  }
  return null
}

function inMonth(cron: Cron, timeZone: string, from: Temporal.PlainDate, after: number): number | null {
  for (const day of daysOfMonth(cron.day, from)) {
    if (day < from.day) continue
    const found = onDay(cron, timeZone, from.with({ day }), after)
    if (found !== null) return found
  }
  return null
}

function onDay(cron: Cron, timeZone: string, date: Temporal.PlainDate, after: number): number | null {
  const start = date.toZonedDateTime(timeZone)
  const startMs = start.epochMilliseconds
  if (start.hoursInDay !== 24 || start.hour !== 0) return onUnevenDay(cron, timeZone, date, after)
  if (startMs + DAY_MS <= after) return null
  for (const hour of cron.hours) {
    if (startMs + (hour + 1) * HOUR_MS <= after) continue
    for (const minute of cron.minutes) {
      const at = startMs + hour * HOUR_MS + minute * MINUTE_MS
      if (at > after) return at
    }
  }
  return null
}

/** A day on which the clock is changed: local times are taken one by one, the skipped ones left out. */
function onUnevenDay(cron: Cron, timeZone: string, date: Temporal.PlainDate, after: number): number | null {
  let earliest: number | null = null
  for (const hour of cron.hours) {
    for (const minute of cron.minutes) {
      const local = date.toPlainDateTime({ hour, minute })
      const zoned = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
      const at = zoned.epochMilliseconds
      if (at <= after || !zoned.toPlainDateTime().equals(local)) continue
      if (earliest === null || at < earliest) earliest = at
    }
  }
  return earliest
}
