import type { Cap, GradeFloors, ScoringRules } from '../model/scoring-rules.ts'

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
  [now, points]: Award,
  caps: readonly Cap[],
  window: Window,
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

/** Adds an award, and drops those that no cap counts any more. */
export const withAward = (window: Window, caps: readonly Cap[], award: Award, dayStart: DayStart): Window => {
  const [now] = award
  let outside = now
  for (const cap of caps) outside = Math.min(outside, outsideUntil(cap, now, dayStart))
  const next: Award[] = []
  for (const one of window) if (one[0] > outside) next.push(one)
  next.push(award)
  return next.length > windowLimit ? joinOldest(next) : next
}

/**
 * What one rule has awarded to one lead. `window` holds the awards that count against the rule's caps.
 * Times are ms since the epoch.
 */
export type AwardLedger = SumLedger | ListLedger

/** Awards that fade alike, or not at all, are one number: worth `sum` at the moment `at`. */
interface SumLedger {
  readonly sum: number
  readonly at: number
  readonly window: Window
  /** Worth when the lead was last recycled. */
  readonly earlier?: { readonly sum: number; readonly at: number }
  readonly awards?: never
}

/** Of a rule with `expires` or `max`: awards that count one by one, oldest first; under `max` each is worth more than any after it. */
export interface ListLedger {
  readonly awards: readonly Award[]
  readonly window: Window
  /** How many of them were made before the lead was last recycled. */
  readonly earlier?: number
  readonly sum?: never
}

/** How the awards of a rule count together, and lose their worth. */
interface Worth {
  readonly decay: ((points: number, age: number) => number) | undefined
  /** Awards are kept one by one. */
  readonly apart: boolean
  readonly expires: number | undefined
  readonly max: boolean
}

/** Beyond this number the oldest awards expire early, so that the state stays small. */
const awardsLimit = 1000

const worthOf = (points: number, age: number, { decay }: Pick<Worth, 'decay'>): number =>
  decay === undefined ? points : decay(points, age)

export const worthAt = (
  ledger: { readonly sum: number; readonly at: number },
  rule: Pick<Worth, 'decay'>,
  now: number,
): number => worthOf(ledger.sum, now - ledger.at, rule)

/** What one award is worth, as long as it counts at all. */
export const awardWorthAt = ([at, points]: Award, rule: Pick<Worth, 'decay'>, now: number): number =>
  worthOf(points, now - at, rule)

/** Under `max`: the award that counts, of those from index `from` on. */
export const bestOf = (awards: readonly Award[], rule: Worth, now: number, from = 0): Award | undefined =>
  awards.find((award, index) => index >= from && awardWorthAt(award, rule, now) !== 0)

/** @param sinceRecycle leaves out what was awarded before the lead was last recycled. */
export const awardsWorthAt = (
  { awards, earlier }: ListLedger,
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

/** Assigns everything awarded so far to earlier cycles. */
export const endCycle = (ledger: AwardLedger): AwardLedger =>
  ledger.awards === undefined
    ? { ...ledger, earlier: { sum: ledger.sum, at: ledger.at } }
    : { ...ledger, earlier: ledger.awards.length }

/** @param award of points that are not 0, unless the rule counts but once and this is its turn. */
export const withPoints = (
  ledger: AwardLedger | undefined,
  rule: Worth,
  award: Award,
  window: Window,
): AwardLedger =>
  rule.apart
    ? withOneMore(ledger?.awards === undefined ? undefined : ledger, rule, award, window)
    : withSum(ledger?.awards === undefined ? ledger : undefined, rule, award, window)

const withSum = (
  ledger: SumLedger | undefined,
  rule: Worth,
  [now, points]: Award,
  window: Window,
): SumLedger => {
  const sum = points + (ledger ? worthAt(ledger, rule, now) : 0)
  return ledger?.earlier ? { sum, at: now, window, earlier: ledger.earlier } : { sum, at: now, window }
}

const withOneMore = (
  ledger: ListLedger | undefined,
  rule: Worth,
  award: Award,
  window: Window,
): ListLedger => {
  const before = ledger?.earlier ?? 0
  const awards = ledger?.awards ?? []
  const kept = awards.flatMap((one, index) =>
    stays(one, index === 0 || index >= before, award, rule) ? [{ one, isEarlier: index < before }] : [],
  )
  const sinceBest = kept.some(({ isEarlier }) => !isEarlier)
  const next = award[1] === 0 || (rule.max && rule.expires === undefined && sinceBest) ? [] : [award]
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
const stays = (one: Award, mayBeBest: boolean, award: Award, rule: Worth): boolean => {
  const worth = Math.abs(awardWorthAt(one, rule, award[0]))
  if (!rule.max) return worth > 0
  if (worth <= Math.abs(award[1])) return false
  return rule.expires !== undefined || mayBeBest
}

/** The highest fit that anyone could have: the sum of the positive fit points. */
export const mostFit = ({ fit }: ScoringRules): number =>
  fit.reduce((sum, { points, unknown }) => sum + Math.max(0, points, unknown ?? 0), 0)

/** The floor of the hottest band, by which engagement is graded. */
export const highestFloor = ({ bands }: ScoringRules): number => bands.at(-1)?.floor ?? 0

const grades = [
  ['A1', 'A2', 'A3', 'A4'],
  ['B1', 'B2', 'B3', 'B4'],
  ['C1', 'C2', 'C3', 'C4'],
  ['D1', 'D2', 'D3', 'D4'],
] as const

type Step = 0 | 1 | 2 | 3
type Floors = readonly [number, number, number]

const step = (value: number, [first, second, third]: Floors): Step =>
  value >= first ? 0 : value >= second ? 1 : value >= third ? 2 : 3

const sharesOfFit: Floors = [0.75, 0.5, 0.25]
const sharesOfEngagement: Floors = [1, 0.5, 0.25]

const shareOf = (part: number, whole: number): number => (whole > 0 ? part / whole : part > 0 ? 1 : 0)

/**
 * `A1` … `D4`. The letter says who it is, the digit what they do, by the playbook's floors. Where it has none: A from three
 * quarters of the highest possible fit, B from a half, C from a quarter; 1 from as much engagement as the hottest band's
 * floor, 2 from a half of it, 3 from a quarter.
 */
export const gradeOf = (
  fit: number,
  engagement: number,
  measure: { readonly mostFit: number; readonly highestFloor: number; readonly gradeFloors: GradeFloors },
): string => {
  const floors = measure.gradeFloors
  const row = floors.fit ? step(fit, floors.fit) : step(shareOf(fit, measure.mostFit), sharesOfFit)
  const column = floors.engagement
    ? step(engagement, floors.engagement)
    : step(shareOf(engagement, measure.highestFloor), sharesOfEngagement)
  return grades[row][column]
}

/** The highest band whose floor the score reaches; bands ascend by floor and the lowest takes whatever is below. */
export const bandOf = (score: number, bands: ScoringRules['bands']): string => {
  let band = bands[0]?.id ?? ''
  for (const { id, floor } of bands) if (score >= floor) band = id
  return band
}
