import { formatInstant } from '../time/local-time.ts'

/** At most `emails` in any `per` milliseconds. */
export interface Cap {
  readonly emails: number
  readonly per: number
}

/** When the cap has room again: once the oldest email that fills it is exactly `per` ago. */
const freeFrom = ({ emails, per }: Cap, newestFirst: readonly number[]): number | undefined => {
  const filling = newestFirst[emails - 1]
  return filling === undefined ? undefined : filling + per
}

/**
 * The first moment from `at` on at which all of `caps` have room for one more, given when earlier emails went out (RFC 3339
 * UTC, in any order); `at` itself while they have. An email exactly `per` earlier does not count.
 */
export const nextRoom = (at: string, caps: readonly Cap[], sent: readonly string[]): string => {
  const newestFirst = sent.map((time) => Date.parse(time)).toSorted((a, b) => b - a)
  const free = caps.map((cap) => freeFrom(cap, newestFirst) ?? Number.NEGATIVE_INFINITY)
  const latest = Math.max(Date.parse(at), ...free)
  return latest === Date.parse(at) ? at : formatInstant(latest)
}
