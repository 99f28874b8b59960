import { Temporal } from 'temporal-polyfill'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

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
    local.weekday === undefined ? undefined : weekdays.indexOf(local.weekday.slice(0, 3).toLowerCase())
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
