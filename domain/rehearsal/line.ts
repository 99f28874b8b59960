import { Temporal } from 'temporal-polyfill'
import type { Json, JsonObject } from '../json.ts'

/** One line of the timeline. `tone` says how much it matters. */
export interface Line {
  readonly kind: string
  readonly text: string
  readonly tone: 'plain' | 'deed' | 'email' | 'advance' | 'handoff' | 'amiss'
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** `Mon 2026-03-02 09:05`, as the clocks in `timeZone` show it. */
export const localMinute = (instant: string, timeZone: string): string => {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone)
  return `${weekdays[local.dayOfWeek - 1]} ${local.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')}`
}

/** Whole numbers as they are, others with one digit. */
export const rounded = (points: number): string =>
  Number.isInteger(points) ? String(points) : points.toFixed(1)

export const signed = (points: number): string => (points < 0 ? rounded(points) : `+${rounded(points)}`)

const longestValue = 60

const valueText = (value: Json): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

/** `path=/pricing, seconds=90`; of `fields` what stands in them. */
export const propertiesText = (properties: JsonObject): string =>
  Object.entries(properties)
    .flatMap(([name, value]) =>
      name === 'fields' && typeof value === 'object' && value !== null
        ? Object.entries(value)
        : [[name, value] as const],
    )
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(', ')

export const textOf = (data: JsonObject, name: string): string => {
  const value = data[name]
  return value === undefined || value === null ? '' : valueText(value)
}

export const oneLine = (condition: string): string => condition.replaceAll(/\s+/g, ' ').trim()
