import type { EngagementRule } from './scoring-rules.ts'

/** What one rule has awarded to one lead: worth `sum` at the moment `at` (ms); `window` holds the awards that count against the cap. */
export interface Meter {
  readonly sum: number
  readonly at: number
  readonly window: readonly (readonly [at: number, points: number])[]
  /** Worth when the lead was last recycled. */
  readonly earlier?: { readonly sum: number; readonly at: number }
}

/** `2^(−age / halfLife)`; 1 for points that do not fade. Both in milliseconds. */
export const fading = (age: number, halfLife: number | undefined): number =>
  halfLife === undefined || age <= 0 ? 1 : 2 ** (-age / halfLife)

export const worthAt = (
  meter: { readonly sum: number; readonly at: number },
  halfLife: number | undefined,
  now: number,
): number => meter.sum * fading(now - meter.at, halfLife)

/** What is left of the rule's points under its cap; `window` already reaches back `per` and no further. */
const awardUnder = (points: number, cap: number, window: Meter['window']): number => {
  const spent = window.reduce((sum, [, awarded]) => sum + Math.abs(awarded), 0)
  return Math.sign(points) * Math.max(0, Math.min(Math.abs(points), Math.abs(cap) - spent))
}

/** One more matching activity at `now`. An award exactly `per` earlier is outside the cap's window. */
export const award = (
  meter: Meter | undefined,
  { points, cap, halfLife }: EngagementRule,
  now: number,
): { readonly points: number; readonly meter: Meter | undefined } => {
  const window = cap ? (meter?.window ?? []).filter(([at]) => at > now - cap.per) : []
  const awarded = cap ? awardUnder(points, cap.points, window) : points
  if (awarded === 0) return { points: 0, meter }
  const sum = awarded + (meter ? worthAt(meter, halfLife, now) : 0)
  return {
    points: awarded,
    meter: {
      sum,
      at: now,
      window: cap ? [...window, [now, awarded]] : window,
      ...(meter?.earlier ? { earlier: meter.earlier } : {}),
    },
  }
}
