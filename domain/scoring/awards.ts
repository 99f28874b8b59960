import type { Cap, GradeFloors, ScoringRules } from '../model/scoring-rules.ts'

/** An award at `at` (ms). */
export type Award = readonly [at: number, points: number]

/** Awards that count towards a cap, oldest first. */
export type Window = readonly Award[]

/** Start of a moment's calendar day; both in ms. */
export type DayStart = (now: number) => number

/** Longer windows merge their oldest awards: a cap may become slightly too strict, never too lax. */
const windowLimit = 1000

/** Latest time (ms) of awards outside of the cap's window: exactly `per` ago is outside. */
const outsideUntil = ({ per }: Cap, now: number, dayStart: DayStart): number =>
  per === 'day' ? dayStart(now) - 1 : now - per

const spentSince = (window: Window, outside: number, positive: boolean): number => {
  let spent = 0
  for (const award of window) if (award[0] > outside && award[1] > 0 === positive) spent += Math.abs(award[1])
  return spent
}

/** The part of `points` within the tightest cap. Positive and negative awards are counted separately. */
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

/** Merges the two oldest awards of one sign, at the time of the later. */
export const joinOldest = (window: Window): Window => {
  const [first, ...rest] = window
  if (!first) return window
  const next = rest.findIndex(([, points]) => points > 0 === first[1] > 0)
  return next < 0
    ? rest
    : rest.map((award, index): Award => (index === next ? [award[0], award[1] + first[1]] : award))
}

/** Adds an award, and drops those outside of all caps. */
export const withAward = (window: Window, caps: readonly Cap[], award: Award, dayStart: DayStart): Window => {
  const [now] = award
  let outside = now
  for (const cap of caps) outside = Math.min(outside, outsideUntil(cap, now, dayStart))
  const next: Award[] = []
  for (const one of window) if (one[0] > outside) next.push(one)
  next.push(award)
  return next.length > windowLimit ? joinOldest(next) : next
}

/** The awards of one rule to one lead. `window` contains those that count towards the rule's caps. Times are ms since the epoch. */
export type AwardLedger = SumLedger | ListLedger

/** Awards with the same decay, or none, as one sum: worth `sum` at `at`. */
interface SumLedger {
  readonly sum: number
  readonly at: number
  readonly window: Window
  /** Value at the last recycle. */
  readonly earlier?: { readonly sum: number; readonly at: number }
  readonly awards?: never
}

/** Awards of a rule with `expires` or `max`, stored individually, oldest first; with `max` each is worth more than all later ones. */
export interface ListLedger {
  readonly awards: readonly Award[]
  readonly window: Window
  /** Number of awards from before the last recycle. */
  readonly earlier?: number
  readonly sum?: never
}

/** How awards of a rule are combined and decay. */
interface Worth {
  readonly decay: ((points: number, age: number) => number) | undefined
  /** Awards are stored individually. */
  readonly apart: boolean
  readonly expires: number | undefined
  readonly max: boolean
}

/** Beyond this number the oldest awards expire early, to limit the state. */
const awardsLimit = 1000

const worthOf = (points: number, age: number, { decay }: Pick<Worth, 'decay'>): number =>
  decay === undefined ? points : decay(points, age)

export const worthAt = (
  ledger: { readonly sum: number; readonly at: number },
  rule: Pick<Worth, 'decay'>,
  now: number,
): number => worthOf(ledger.sum, now - ledger.at, rule)

/** Value of one award, while it counts. */
export const awardWorthAt = ([at, points]: Award, rule: Pick<Worth, 'decay'>, now: number): number =>
  worthOf(points, now - at, rule)

/** With `max`: the award that counts, from index `from` on. */
export const bestOf = (awards: readonly Award[], rule: Worth, now: number, from = 0): Award | undefined =>
  awards.find((award, index) => index >= from && awardWorthAt(award, rule, now) !== 0)

/** @param sinceRecycle ignores awards from before the last recycle. */
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

/** Assigns all awards so far to earlier cycles. */
export const endCycle = (ledger: AwardLedger): AwardLedger =>
  ledger.awards === undefined
    ? { ...ledger, earlier: { sum: ledger.sum, at: ledger.at } }
    : { ...ledger, earlier: ledger.awards.length }

/** @param award with points other than 0, unless the rule counts only once and this is the time. */
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
 * Whether an award may still count after another. With `max` it does not if the new one is worth as much; without `expires`
 * only the best of all cycles and the best of this one can ever count.
 */
const stays = (one: Award, mayBeBest: boolean, award: Award, rule: Worth): boolean => {
  const worth = Math.abs(awardWorthAt(one, rule, award[0]))
  if (!rule.max) return worth > 0
  if (worth <= Math.abs(award[1])) return false
  return rule.expires !== undefined || mayBeBest
}

/** The highest possible fit: the sum of positive fit points. */
export const mostFit = ({ fit }: ScoringRules): number =>
  fit.reduce((sum, { points, unknown }) => sum + Math.max(0, points, unknown ?? 0), 0)

/** The floor of the hottest band, for grading engagement. */
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

interface GradeMeasure {
  readonly mostFit: number
  readonly highestFloor: number
  readonly gradeFloors: GradeFloors
}

const shareOf = (part: number, whole: number): number => (whole > 0 ? part / whole : part > 0 ? 1 : 0)

/**
 * `A1` … `D4`. The letter grades fit, the digit engagement, by the playbook's floors. Defaults: A from three quarters of the
 * highest possible fit, B from a half, C from a quarter; 1 from the hottest band's floor, 2 from half of it, 3 from a quarter.
 */
export const gradeOf = (fit: number, engagement: number, measure: GradeMeasure): string => {
  const floors = measure.gradeFloors
  const row = floors.fit ? step(fit, floors.fit) : step(shareOf(fit, measure.mostFit), sharesOfFit)
  const column = floors.engagement
    ? step(engagement, floors.engagement)
    : step(shareOf(engagement, measure.highestFloor), sharesOfEngagement)
  return grades[row][column]
}

/** The lowest fit for A, B and C and the lowest engagement for 1, 2 and 3; undefined where the scoring gives no measure. */
export const gradeScale = ({ mostFit: most, highestFloor: highest, gradeFloors }: GradeMeasure) => ({
  fit: gradeFloors.fit ?? (most > 0 ? sharesOfFit.map((share) => share * most) : undefined),
  engagement:
    gradeFloors.engagement ?? (highest > 0 ? sharesOfEngagement.map((share) => share * highest) : undefined),
})

/** The highest band whose floor the score reaches; the lowest covers everything below. */
export const bandOf = (score: number, bands: ScoringRules['bands']): string => {
  let band = bands[0]?.id ?? ''
  for (const { id, floor } of bands) if (score >= floor) band = id
  return band
}
