import { parseInstant } from '../activity/parse-instant.ts'
import type { Value } from '../condition/value.ts'

/** Numbers from here on count milliseconds, below it seconds: as seconds it would be the year 5138, as milliseconds 1973. */
const milliseconds = 100_000_000_000

const ofNumber = (number: number): string | undefined => {
  const at = new Date(number >= milliseconds ? number : number * 1000)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

/**
 * A time as programs write it: RFC 3339, the same with an offset without a colon (Salesforce), or seconds or
 * milliseconds since 1970, as a number or a text.
 * @returns UTC with milliseconds; undefined for anything else, a time without an offset included.
 */
export const readTime = (value: Value): string | undefined => {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString()
  if (typeof value === 'number') return value > 0 ? ofNumber(value) : undefined
  if (typeof value !== 'string') return undefined
  if (/^\d{9,14}(\.\d{1,6})?$/.test(value)) return ofNumber(Number(value))
  return parseInstant(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
}
