import { Temporal } from 'temporal-polyfill'
import { weekdays } from '../model/settings.ts'

const shape = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/**
 * RFC 3339 with an offset.
 * @returns UTC with milliseconds (further digits are cut off); undefined for what is no such instant, 30 February included.
 */
export const parseInstant = (text: string): string | undefined => {
  const match = shape.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, date = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)]
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return undefined
  const day = new Date(Date.UTC(2000, month - 1, date))
  day.setUTCFullYear(year, month - 1, date)
  if (month < 1 || day.getUTCMonth() !== month - 1 || day.getUTCDate() !== date) return undefined
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  const offset = (offsetHours * 60 + offsetMinutes) * (match[8] === '-' ? -60_000 : 60_000)
  const instant = new Date(
    day.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds - offset,
  )
  return /^\d{4}-/.test(instant.toISOString()) ? instant.toISOString() : undefined
}

const knownZones = new Map<string, boolean>()

/** True for a time zone of the IANA database, such as `Europe/Berlin`. */
export const isTimeZone = (text: unknown): text is string => {
  if (typeof text !== 'string' || text.length === 0 || text.length > 64) return false
  const known = knownZones.get(text)
  if (known !== undefined) return known
  const valid = zoneExists(text)
  if (knownZones.size < 1000) knownZones.set(text, valid)
  return valid
}

const zoneExists = (text: string): boolean => {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId.length > 0
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** An instant as this project writes it: RFC 3339 UTC with milliseconds. */
export const formatInstant = (epochMilliseconds: number): string => new Date(epochMilliseconds).toISOString()

/** The moment `milliseconds` after `instant`. */
export const addMilliseconds = (instant: string, milliseconds: number): string =>
  formatInstant(Date.parse(instant) + milliseconds)

/**
 * The first moment after `after` at which clocks in `timeZone` show `time` (`HH:MM`), on `weekday` if one is given
 * (English name or its first three letters). A time that a clock change leaves out is taken as much later as the clock
 * moves; one that comes twice is met both times.
 */
export const nextLocalTime = (
  after: string,
  local: { readonly weekday?: string; readonly time: string },
  timeZone: string,
): string => {
  const start = Temporal.Instant.from(after)
  const time = Temporal.PlainTime.from(local.time)
  const day =
    local.weekday === undefined
      ? undefined
      : weekdays.map(String).indexOf(local.weekday.slice(0, 3).toLowerCase())
  if (day === -1) throw new RangeError(`not a weekday: ${local.weekday}`)
  let date = start.toZonedDateTimeISO(timeZone).toPlainDate()
  for (let tried = 0; tried <= 14; tried++) {
    if (day === undefined || date.dayOfWeek === day + 1) {
      for (const disambiguation of ['compatible', 'later'] as const) {
        const candidate = date.toPlainDateTime(time).toZonedDateTime(timeZone, { disambiguation }).toInstant()
        if (Temporal.Instant.compare(candidate, start) > 0) return formatInstant(candidate.epochMilliseconds)
      }
    }
    date = date.add({ days: 1 })
  }
  throw new RangeError(`no ${local.weekday ?? ''} ${local.time} follows ${after} in ${timeZone}`)
}

const day = 86_400_000
/** About fourteen years of days. */
const maximumKept = 5000

interface LocalDay {
  readonly start: number
  readonly end: number
}

/**
 * When the calendar day began that a moment belongs to in `timeZone`; all in ms since the epoch. Days have 23 or 25 hours
 * where clocks change. What was worked out is kept: asking for known days is cheap.
 */
export const dayStarts = (timeZone: string): ((moment: number) => number) => {
  const known = new Map<number, LocalDay[]>()
  let latest: LocalDay = { start: 0, end: 0 }
  return (moment) => {
    if (moment >= latest.start && moment < latest.end) return latest.start
    const key = Math.floor(moment / day)
    const near = known.get(key) ?? []
    const found = near.find(({ start, end }) => moment >= start && moment < end)
    latest = found ?? localDay(moment, timeZone)
    if (!found) {
      if (known.size >= maximumKept) known.clear()
      known.set(key, [...near, latest])
    }
    return latest.start
  }
}

const localDay = (moment: number, timeZone: string): LocalDay => {
  const local = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(timeZone)
  return {
    start: local.startOfDay().epochMilliseconds,
    end: local.add({ days: 1 }).startOfDay().epochMilliseconds,
  }
}

/** An instant as people write it: `23 Nov 2026, 14:05`, `23.11.2026, 14:05`. @param language BCP 47. @param timeZone IANA. */
export const readableTime = (language: string, at: string, timeZone: string): string =>
  new Intl.DateTimeFormat(localeOf(language), {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone,
  }).format(new Date(at))

/** The day alone. */
export const readableDay = (language: string, at: string, timeZone: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'medium', timeZone }).format(new Date(at))

/** English without a country is written with the day first, as everywhere but in one country. */
export const localeOf = (language: string): string => (language === 'en' ? 'en-GB' : language)

const milliseconds = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** `90m`, `4h`, `3d`, `2w`: a whole number above zero, without a sign or leading zeros. */
export const durationPattern = /^[1-9][0-9]{0,5}[mhdw]$/

const hasUnit = (unit: string): unit is keyof typeof milliseconds => unit in milliseconds

/** @returns milliseconds; undefined when `text` is not a duration. A day is 24 hours. */
export const parseDuration = (text: string): number | undefined => {
  const unit = text.slice(-1)
  return durationPattern.test(text) && hasUnit(unit)
    ? Number(text.slice(0, -1)) * milliseconds[unit]
    : undefined
}

/** A duration (ms) as playbooks write it, in the largest of days, hours and minutes that it is whole in: `21d`. */
export const formatDuration = (duration: number): string => {
  const unit = (['d', 'h'] as const).find((one) => duration % milliseconds[one] === 0) ?? 'm'
  return `${duration / milliseconds[unit]}${unit}`
}

/** `90d`, `12w`, `3y`: how long something is kept, up to 99 years. */
export const spanPattern = /^(?:[1-9][0-9]{0,3}[dw]|[1-9][0-9]?y)$/

/** @returns milliseconds; undefined when `text` is not a span. A year is 365 days. */
export const parseSpan = (text: string): number | undefined => {
  if (!spanPattern.test(text)) return undefined
  const count = Number(text.slice(0, -1))
  return text.endsWith('y') ? count * 365 * milliseconds.d : parseDuration(text)
}

const units = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
] as const

/** A duration (ms) in the largest unit that it is whole in: `14 days`, `90 minutes`. */
export const wordDuration = (milliseconds: number): string => {
  const [size, unit] = units.find(([length]) => milliseconds % length === 0) ?? [1, 'millisecond']
  const count = milliseconds / size
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
