import { Temporal } from 'temporal-polyfill'

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
