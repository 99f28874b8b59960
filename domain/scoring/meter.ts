import type { Award, Window } from './cap.ts'

/**
 * What one rule has awarded to one lead. `window` holds the awards that count against the rule's caps.
 * Times are ms since the epoch.
 */
export type Meter = SumMeter | AwardsMeter

/** Awards that fade alike, or not at all, are one number: worth `sum` at the moment `at`. */
export interface SumMeter {
  readonly sum: number
  readonly at: number
  readonly window: Window
  /** Worth when the lead was last recycled. */
  readonly earlier?: { readonly sum: number; readonly at: number }
  readonly awards?: never
}

/** Of a rule with `expires` or `max`: awards that count one by one, oldest first; under `max` each is worth more than any after it. */
export interface AwardsMeter {
  readonly awards: readonly Award[]
  readonly window: Window
  /** How many of them were made before the lead was last recycled. */
  readonly earlier?: number
  readonly sum?: never
}

/** How the points of a rule lose their worth. */
export interface Worth {
  readonly halfLife?: number | undefined
  readonly expires?: number | undefined
  readonly max?: boolean | undefined
}

/** More awards than these do not live: the oldest expire early, so that a state stays small. */
export const awardsLimit = 1000

/** `2^(−age / halfLife)`; 1 for points that do not fade. Both in milliseconds. */
export const fading = (age: number, halfLife: number | undefined): number =>
  halfLife === undefined || age <= 0 ? 1 : 2 ** (-age / halfLife)

export const worthAt = (
  meter: { readonly sum: number; readonly at: number },
  halfLife: number | undefined,
  now: number,
): number => meter.sum * fading(now - meter.at, halfLife)

/** What one award is worth, as long as it counts at all. */
export const awardWorthAt = ([at, points]: Award, { halfLife, expires }: Worth, now: number): number =>
  expires === undefined ? points * fading(now - at, halfLife) : now - at < expires ? points : 0

/** Under `max`: the award that counts, of those from index `from` on. */
export const bestOf = (awards: readonly Award[], rule: Worth, now: number, from = 0): Award | undefined =>
  awards.find((award, index) => index >= from && awardWorthAt(award, rule, now) !== 0)

/** @param sinceRecycle leaves out what was awarded before the lead was last recycled. */
export const awardsWorthAt = (
  { awards, earlier }: AwardsMeter,
  rule: Worth,
  now: number,
  sinceRecycle: boolean,
): number => {
  const from = sinceRecycle ? (earlier ?? 0) : 0
  if (rule.max) {
    const best = bestOf(awards, rule, now, from)
    return best ? awardWorthAt(best, rule, now) : 0
  }
  let sum = 0
  for (let index = from; index < awards.length; index += 1) {
    const award = awards[index]
    if (award) sum += awardWorthAt(award, rule, now)
  }
  return sum
}

/** The lead is recycled: what was awarded so far belongs to an earlier cycle. */
export const endCycle = (meter: Meter): Meter =>
  meter.awards === undefined
    ? { ...meter, earlier: { sum: meter.sum, at: meter.at } }
    : { ...meter, earlier: meter.awards.length }

/** @param points not 0, unless the rule counts but once and this is its turn. */
export const withPoints = (
  meter: Meter | undefined,
  rule: Worth,
  points: number,
  now: number,
  window: Window,
): Meter =>
  rule.expires !== undefined || rule.max
    ? withOneMore(meter?.awards === undefined ? undefined : meter, rule, points, now, window)
    : withSum(meter?.awards === undefined ? meter : undefined, rule, points, now, window)

const withSum = (
  meter: SumMeter | undefined,
  { halfLife }: Worth,
  points: number,
  now: number,
  window: Window,
): SumMeter => {
  const sum = points + (meter ? worthAt(meter, halfLife, now) : 0)
  return meter?.earlier ? { sum, at: now, window, earlier: meter.earlier } : { sum, at: now, window }
}

const withOneMore = (
  meter: AwardsMeter | undefined,
  rule: Worth,
  points: number,
  now: number,
  window: Window,
): AwardsMeter => {
  const before = meter?.earlier ?? 0
  const awards = meter?.awards ?? []
  const award: Award = [now, points]
  const kept = awards.flatMap((one, index) =>
    stays(one, index, before, award, rule) ? [{ one, isEarlier: index < before }] : [],
  )
  const sinceBest = kept.some(({ isEarlier }) => !isEarlier)
  const next = points === 0 || (rule.max && rule.expires === undefined && sinceBest) ? [] : [award]
  const alive = [...kept.map(({ one }) => one), ...next]
  const surplus = Math.max(0, alive.length - awardsLimit)
  const earlier = Math.max(0, kept.filter(({ isEarlier }) => isEarlier).length - surplus)
  const state = { awards: surplus > 0 ? alive.slice(surplus) : alive, window }
  return earlier > 0 ? { ...state, earlier } : state
}

/**
 * Whether an award may still count after a further one. Under `max` it does not when the new one is worth as much; without
 * `expires` only the best of all cycles and the best of this one can ever count.
 */
const stays = (one: Award, index: number, earlier: number, award: Award, rule: Worth): boolean => {
  const worth = Math.abs(awardWorthAt(one, rule, award[0]))
  if (!rule.max) return worth > 0
  if (worth <= Math.abs(award[1])) return false
  return rule.expires !== undefined || index === 0 || index >= earlier
}
