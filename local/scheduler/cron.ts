import { Temporal } from 'temporal-polyfill'

/** Bounds and names of a field. */
interface FieldRange {
  readonly min: number
  readonly max: number
  /** Three-letter names, the first standing for `min`. */
  readonly names?: readonly string[]
}

/**
 * Reads `*`, `5`, `MON-FRI`, `1,15`, `0/10`, `10-50/5` into the set of values; undefined where it is malformed.
 * A range that runs backwards goes over the end (`FRI-MON`).
 */
function parseField(text: string, range: FieldRange): ReadonlySet<number> | undefined {
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const some = parsePart(part, range)
    if (!some) return undefined
    for (const value of some) values.add(value)
  }
  return values
}

function parsePart(part: string, range: FieldRange): number[] | undefined {
  const [, base = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? []
  const every = step === undefined ? 1 : Number(step)
  const bounds = parseBounds(base, range, step !== undefined)
  if (!bounds || every < 1) return undefined
  const size = range.max - range.min + 1
  const [low, high] = bounds
  const length = high >= low ? high - low + 1 : high - low + 1 + size
  const count = Math.ceil(length / every)
  return Array.from({ length: count }, (_, n) => ((low - range.min + n * every) % size) + range.min)
}

function parseBounds(base: string, range: FieldRange, stepped: boolean): [number, number] | undefined {
  if (base === '*') return [range.min, range.max]
  const [from = '', to, ...rest] = base.split('-')
  const low = parseValue(from, range)
  if (low === undefined || rest.length > 0) return undefined
  if (to === undefined) return [low, stepped ? range.max : low]
  const high = parseValue(to, range)
  return high === undefined ? undefined : [low, high]
}

function parseValue(text: string, range: FieldRange): number | undefined {
  const named = range.names?.indexOf(text.toUpperCase()) ?? -1
  const value = named >= 0 ? range.min + named : /^\d+$/.test(text) ? Number(text) : Number.NaN
  return value >= range.min && value <= range.max ? value : undefined
}

/** Which days of a month a cron names: AWS lets only one of the two day fields speak. */
type DayRule =
  | { readonly type: 'every-day' }
  | { readonly type: 'days-of-month'; readonly days: ReadonlySet<number> }
  | { readonly type: 'last-day'; readonly before: number }
  | { readonly type: 'weekday-nearest'; readonly day: number | 'last' }
  | { readonly type: 'days-of-week'; readonly days: ReadonlySet<number> }
  | { readonly type: 'last-day-of-week'; readonly day: number }
  | { readonly type: 'nth-day-of-week'; readonly day: number; readonly nth: number }

const DAY_OF_MONTH: FieldRange = { min: 1, max: 31 }
const DAY_OF_WEEK: FieldRange = { min: 1, max: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] }

/** Reads the two day fields; exactly one of them must be `?`. */
function parseDayRule(dayOfMonth: string, dayOfWeek: string): DayRule | undefined {
  if (dayOfWeek === '?') return dayOfMonth === '?' ? undefined : parseDayOfMonth(dayOfMonth)
  return dayOfMonth === '?' ? parseDayOfWeek(dayOfWeek) : undefined
}

function parseDayOfMonth(text: string): DayRule | undefined {
  if (text === '*') return { type: 'every-day' }
  if (/^LW$/i.test(text)) return { type: 'weekday-nearest', day: 'last' }
  if (/^L/i.test(text)) return lastDay(text)
  const [, nearest] = /^(\d+)W$/i.exec(text) ?? []
  if (nearest !== undefined) {
    const day = parseValue(nearest, DAY_OF_MONTH)
    return day === undefined ? undefined : { type: 'weekday-nearest', day }
  }
  const days = parseField(text, DAY_OF_MONTH)
  return days && { type: 'days-of-month', days }
}

function lastDay(text: string): DayRule | undefined {
  const [whole, before = '0'] = /^L(?:-(\d{1,2}))?$/i.exec(text) ?? []
  return whole === undefined || Number(before) > 30 ? undefined : { type: 'last-day', before: Number(before) }
}

function parseDayOfWeek(text: string): DayRule | undefined {
  if (text === '*') return { type: 'every-day' }
  if (/^L$/i.test(text)) return { type: 'days-of-week', days: new Set([7]) }
  const [, name = '', nth] = /^([a-z]{3}|\d)(?:L|#([1-5]))$/i.exec(text) ?? []
  if (name !== '') {
    const day = parseValue(name, DAY_OF_WEEK)
    if (day === undefined) return undefined
    return nth === undefined
      ? { type: 'last-day-of-week', day }
      : { type: 'nth-day-of-week', day, nth: Number(nth) }
  }
  const days = parseField(text, DAY_OF_WEEK)
  return days && { type: 'days-of-week', days }
}

/** The days that the rule names in the month of `date`, ascending. */
function daysOfMonth(rule: DayRule, date: Temporal.PlainDate): number[] {
  const last = date.daysInMonth
  const all = Array.from({ length: last }, (_, index) => index + 1)
  const weekday = (day: number) => (date.with({ day }).dayOfWeek % 7) + 1
  switch (rule.type) {
    case 'every-day':
      return all
    case 'days-of-month':
      return all.filter((day) => rule.days.has(day))
    case 'last-day':
      return all.filter((day) => day === last - rule.before)
    case 'weekday-nearest':
      return nearestWeekday(rule.day === 'last' ? last : rule.day, last, weekday)
    case 'days-of-week':
      return all.filter((day) => rule.days.has(weekday(day)))
    case 'last-day-of-week':
      return all.filter((day) => day > last - 7 && weekday(day) === rule.day)
    case 'nth-day-of-week':
      return all.filter((day) => Math.ceil(day / 7) === rule.nth && weekday(day) === rule.day)
    default: {
      const never: never = rule
      throw new Error(`Unknown rule ${JSON.stringify(never)}`)
    }
  }
}

/** Monday to Friday, without leaving the month; a month without that day has none. */
function nearestWeekday(day: number, last: number, weekday: (day: number) => number): number[] {
  if (day > last) return []
  const isSaturday = weekday(day) === 7
  const isSunday = weekday(day) === 1
  if (isSaturday) return [day > 1 ? day - 1 : day + 2]
  if (isSunday) return [day < last ? day + 1 : day - 2]
  return [day]
}

/** AWS's six fields: minutes, hours, day of month, month, day of week, year. */
interface Cron {
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
function parseCron(text: string): Cron | undefined {
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
function nextCronTime(cron: Cron, timeZone: string, after: number): number | null {
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

/** When a schedule fires. Instants are milliseconds since the epoch. */
export type Timing =
  | { readonly type: 'at'; readonly at: number }
  | { readonly type: 'rate'; readonly everyMs: number }
  | { readonly type: 'cron'; readonly cron: Cron; readonly timeZone: string }

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/**
 * Reads `at(…)`, `rate(…)` or `cron(…)`; undefined where it is none of them or out of bounds.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseTiming(expression: string, timeZone: string): Timing | undefined {
  const [, kind, body = ''] = /^(at|rate|cron)\(([^()]*)\)$/.exec(expression.trim()) ?? []
  switch (kind) {
    case 'at':
      return parseAt(body, timeZone)
    case 'rate':
      return parseRate(body)
    case 'cron': {
      const cron = parseCron(body)
      return cron && { type: 'cron', cron, timeZone }
    }
    default:
      return undefined
  }
}

/** Local time in the schedule's zone; in a gap of the clock the later reading counts, in an overlap the first. */
function parseAt(body: string, timeZone: string): Timing | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(body)) return undefined
  try {
    const local = Temporal.PlainDateTime.from(body, { overflow: 'reject' })
    return { type: 'at', at: local.toZonedDateTime(timeZone).epochMilliseconds }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function parseRate(body: string): Timing | undefined {
  const [, count = '', unit = '', plural] = /^\s*(\d+)\s+(minute|hour|day)(s?)\s*$/.exec(body) ?? []
  const value = Number(count)
  const unitMs = UNIT_MS[unit]
  if (unitMs === undefined || value < 1 || (value === 1) === (plural === 's')) return undefined
  return { type: 'rate', everyMs: value * unitMs }
}

interface Window {
  /** From when a rate counts and nothing fires before: the start date, else the creation. */
  readonly from: number
  /** Nothing fires after. */
  readonly until: number | undefined
}

/** The first firing strictly after `after`; null: none. A one-time schedule that is past is due at its own time. */
export function nextTime(timing: Timing, after: number, window: Window): number | null {
  const next = unbounded(timing, after, window.from)
  return next === null || (window.until !== undefined && next > window.until) ? null : next
}

function unbounded(timing: Timing, after: number, from: number): number | null {
  switch (timing.type) {
    case 'at':
      return timing.at > after ? timing.at : null
    case 'rate': {
      if (after < from) return from
      return from + (Math.floor((after - from) / timing.everyMs) + 1) * timing.everyMs
    }
    case 'cron':
      return nextCronTime(timing.cron, timing.timeZone, Math.max(after, from - 1))
    default: {
      const never: never = timing
      throw new Error(`Unknown timing ${JSON.stringify(never)}`)
    }
  }
}

/** Whether the tz database knows the zone. */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
