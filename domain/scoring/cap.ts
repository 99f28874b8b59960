import type { Cap } from './scoring-rules.ts'

/** What was awarded at `at` (ms). */
export type Award = readonly [at: number, points: number]

/** Awards that count against some cap, oldest first. */
export type Window = readonly Award[]

/** When the calendar day of a moment began; both in ms. */
export type DayStart = (now: number) => number

/** Longer windows are kept by taking their oldest awards together: a cap may then be a little too strict, never too lax. */
const windowLimit = 1000

/** The last moment (ms) at which an award no longer counts against the cap: one exactly `per` earlier is outside. */
const outsideUntil = ({ per }: Cap, now: number, dayStart: DayStart): number =>
  per === 'day' ? dayStart(now) - 1 : now - per

const spentSince = (window: Window, outside: number, positive: boolean): number => {
  let spent = 0
  for (const award of window) if (award[0] > outside && award[1] > 0 === positive) spent += Math.abs(award[1])
  return spent
}

/** Of `points` what the tightest of the caps leaves. Positive and negative awards are counted apart. */
export const leftOf = (
  points: number,
  caps: readonly Cap[],
  window: Window,
  now: number,
  dayStart: DayStart,
): number => {
  let left = Math.abs(points)
  for (const cap of caps)
    left = Math.min(left, cap.points - spentSince(window, outsideUntil(cap, now, dayStart), points > 0))
  return Math.sign(points) * Math.max(0, left)
}

/** The two oldest awards of one sign as one, at the time of the later. */
export const joinOldest = (window: Window): Window => {
  const [first, ...rest] = window
  if (!first) return window
  const next = rest.findIndex(([, points]) => points > 0 === first[1] > 0)
  return next < 0
    ? rest
    : rest.map((award, index): Award => (index === next ? [award[0], award[1] + first[1]] : award))
}

/** The window with one more award, without what no cap asks about any more. */
export const withAward = (
  window: Window,
  caps: readonly Cap[],
  now: number,
  points: number,
  dayStart: DayStart,
): Window => {
  let outside = now
  for (const cap of caps) outside = Math.min(outside, outsideUntil(cap, now, dayStart))
  const next: Award[] = []
  for (const award of window) if (award[0] > outside) next.push(award)
  next.push([now, points])
  return next.length > windowLimit ? joinOldest(next) : next
}
