import { addMilliseconds } from '../time/local-time.ts'

const minute = 60_000
const hour = 60 * minute

/** Waits after a failed attempt, in ms: the example of the Standard Webhooks specification. Over three days, ten attempts. */
const waits = [
  5_000,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
] as const

export const mostAttempts = waits.length + 1

/** A receiver may ask for patience, not for being forgotten. */
const longestAsked = 24 * hour
/** Up to a tenth more, so that what failed together does not come back together. */
const spread = 0.1

/** Schedules count whole seconds: the next one. */
const wholeSecond = (at: string): string => addMilliseconds(at, (1_000 - (Date.parse(at) % 1_000)) % 1_000)

/**
 * When to try again after `failed` attempts (1 for the first). @param chance from 0 to below 1.
 * @param retryAfter seconds that the receiver asked for. @returns undefined once it has been tried often enough.
 */
export const nextAttemptAt = (
  failed: number,
  now: string,
  chance: number,
  retryAfter = 0,
): string | undefined => {
  const wait = waits[failed - 1]
  if (wait === undefined) return undefined
  const asked = Math.min(retryAfter * 1_000, longestAsked)
  return wholeSecond(addMilliseconds(now, Math.round(Math.max(wait, asked) * (1 + spread * chance))))
}
