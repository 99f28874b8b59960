import { Temporal } from 'temporal-polyfill'
import type { Json } from '../model/json.ts'
import { formatInstant, parseInstant } from './local-time.ts'

const dateShape = /^\d{4}-\d\d-\d\d$/

const calendarDate = (text: string): string | undefined => {
  if (!dateShape.test(text)) return undefined
  const date = new Date(`${text}T00:00:00.000Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined
}

/** Whether a value is a day (YYYY-MM-DD) or a moment (RFC 3339 with an offset). */
export const isDateValue = (value: Json | undefined): value is string =>
  typeof value === 'string' && (calendarDate(value) ?? parseInstant(value)) !== undefined

/**
 * The day that a value means: itself, or the day that a moment falls on in `timeZone` (IANA).
 * @returns YYYY-MM-DD; undefined for what is neither.
 */
export const dayOf = (value: Json | undefined, timeZone: string): string | undefined => {
  if (typeof value !== 'string') return undefined
  const instant = parseInstant(value)
  if (instant === undefined) return calendarDate(value)
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString()
}

/**
 * The moment at which clocks in `timeZone` show `time` (HH:MM), so many calendar days after `day` (YYYY-MM-DD), or before
 * it where `days` is below zero. A time that a clock change leaves out is taken as much later as the clock moves; of one
 * that comes twice it is the first. @returns RFC 3339 UTC.
 */
export const momentNear = (day: string, days: number, time: string, timeZone: string): string =>
  formatInstant(
    Temporal.PlainDate.from(day)
      .add({ days })
      .toPlainDateTime(Temporal.PlainTime.from(time))
      .toZonedDateTime(timeZone, { disambiguation: 'compatible' })
      .toInstant().epochMilliseconds,
  )
