import { farthestNumber } from '../condition/compile-number.ts'
import { parseDuration } from '../duration.ts'
import { awardsLimit } from '../scoring/meter.ts'
import { type Bounds, between, times, unbounded, within } from './bounds.ts'
import { rawAt, rawText } from './raw.ts'

/** How fast points lose their worth, in ms. */
export interface Decay {
  readonly halfLife?: number
  readonly expires?: number
}

const durationAt = (rule: unknown, key: string): number | undefined => parseDuration(rawText(rule, key) ?? '')

/** The longest half-life and the longest expiry of rules that have one; undefined when none of them has. */
export const slowest = (rules: readonly unknown[]): Decay | undefined => {
  const longest = (key: string): number =>
    rules.reduce<number>((most, rule) => Math.max(most, durationAt(rule, key) ?? 0), 0)
  const [halfLife, expires] = [longest('halfLife'), longest('expires')]
  if (halfLife === 0 && expires === 0) return undefined
  return { ...(halfLife > 0 ? { halfLife } : {}), ...(expires > 0 ? { expires } : {}) }
}

/** The shortest calendar day has 23 hours; a part of one more stands at either end. */
const shortestDay = 23 * 3_600_000

/**
 * How many times a cap's points can be worth something at once. Under fading points each earlier window is worth at most
 * the cap, faded by its age: a geometric series. Where points expire, as many windows count as begin within that time.
 */
const windowsAlive = (per: number | 'day', { halfLife, expires }: Decay): number => {
  const [length, more] = per === 'day' ? [shortestDay, 1] : [per, 0]
  const fading = halfLife === undefined ? 0 : 1 / (1 - 2 ** (-length / halfLife)) + more
  const expiring = expires === undefined ? 0 : Math.ceil(expires / length) + more
  return fading + expiring
}

const oneCap = (cap: unknown, decay: Decay): Bounds => {
  const points = rawAt(cap, 'points')
  const written = rawText(cap, 'per') ?? ''
  const per = written === 'day' ? written : parseDuration(written)
  if (typeof points !== 'number' || per === undefined) return unbounded
  const most = points * windowsAlive(per, decay)
  return { min: -most, max: most }
}

/** What awards that fade or expire can be worth together under caps; without such a decay nothing bounds them. */
export const capBounds = (caps: unknown, decay: Decay | undefined): Bounds => {
  if (decay === undefined || caps === undefined) return unbounded
  const list: readonly unknown[] = Array.isArray(caps) ? caps : [caps]
  return list.map((cap) => oneCap(cap, decay)).reduce(within, unbounded)
}

const oneAward = (points: unknown): Bounds => {
  if (typeof points === 'number') return between(0, points)
  return typeof points === 'string' ? between(-farthestNumber, farthestNumber) : unbounded
}

/** What one engagement rule's awards can be worth together. */
export const worthBounds = (rule: unknown): Bounds => {
  const award = oneAward(rawAt(rule, 'points'))
  if (rawAt(rule, 'first') === true || rawAt(rule, 'max') === true) return award
  const alive = durationAt(rule, 'expires') === undefined ? Number.POSITIVE_INFINITY : awardsLimit
  return within(times(award, alive), capBounds(rawAt(rule, 'cap'), slowest([rule])))
}
