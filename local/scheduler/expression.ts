import { Temporal } from 'temporal-polyfill'
import { type Cron, nextCronTime, parseCron } from './cron.ts'

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

export interface Window {
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
