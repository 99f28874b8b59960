/** Coefficients of W. H. Press et al., Numerical Recipes, erfc: the relative error is below 1.2e-7 everywhere. */
const coefficients = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
]

/** How likely a standard normal variable is to lie at least as far from zero as `z`, on either side. */
export const twoSided = (z: number): number => {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + x / 2)
  const polynomial = coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0)
  return Math.min(1, t * Math.exp(-x * x + polynomial))
}

/** The quantile for a two-sided 95 %. */
const z95 = 1.959963984540054
/** The quantile for a power of 80 %. */
const z80 = 0.8416212335729143

/** So many of `entered` have reached the goal. */
export interface Count {
  readonly entered: number
  readonly reached: number
}

const rateOf = ({ entered, reached }: Count): number | undefined =>
  entered === 0 ? undefined : reached / entered

/**
 * The 95 % interval of a rate by E. B. Wilson (1927): it stays within 0 and 1, and is right for few and for rare events.
 * Undefined for nobody.
 */
export const wilson = ({ entered, reached }: Count): readonly [low: number, high: number] | undefined => {
  if (entered === 0) return undefined
  const rate = reached / entered
  const square = z95 ** 2
  const middle = rate + square / (2 * entered)
  const spread = z95 * Math.sqrt((rate * (1 - rate)) / entered + square / (4 * entered ** 2))
  const scale = 1 + square / entered
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)]
}

/** What each of the four cells must be expected to hold for the normal approximation (W. G. Cochran, 1954). */
const leastExpected = 5

/**
 * The p-value of the two-sided z-test on two proportions with pooled variance: how likely a difference at least as large
 * is where there is none. Undefined where the counts are too small for the test.
 */
export const pValue = (one: Count, other: Count): number | undefined => {
  const entered = one.entered + other.entered
  const pooled = entered === 0 ? 0 : (one.reached + other.reached) / entered
  const fewest = Math.min(one.entered, other.entered)
  if (fewest * Math.min(pooled, 1 - pooled) < leastExpected) return undefined
  const difference = one.reached / one.entered - other.reached / other.entered
  return twoSided(difference / Math.sqrt(pooled * (1 - pooled) * (1 / one.entered + 1 / other.entered)))
}

/**
 * How many have to enter each way for a difference like this one to be found with 80 % power at 5 %; undefined while
 * there is no difference.
 */
export const enoughFor = (one: Count, other: Count): number | undefined => {
  const [a, b] = [rateOf(one), rateOf(other)]
  if (a === undefined || b === undefined || a === b) return undefined
  const mean = (a + b) / 2
  const spread = z95 * Math.sqrt(2 * mean * (1 - mean)) + z80 * Math.sqrt(a * (1 - a) + b * (1 - b))
  return Math.ceil((spread / (a - b)) ** 2)
}

/** One run that came to the split. */
export interface SplitRun {
  readonly way: string
  readonly enteredAt: string
  readonly reached: boolean
}

export interface WayResult extends Count {
  readonly way: string
  /** Share that reached the goal, with its 95 % interval; null while nobody has come. */
  readonly rate: number | null
  readonly interval: readonly [low: number, high: number] | null
  /** Against the first way: relative difference of the rates, and the p-value; null where there is nothing to compare. */
  readonly uplift: number | null
  readonly pValue: number | null
}

/** What is still missing for a winner. */
interface Missing {
  /** Leads for each way at least, beyond those of the way with the fewest. */
  readonly leadsPerWay: number
  readonly days: number
}

export interface SplitResult {
  readonly split: string
  readonly ways: readonly WayResult[]
  readonly since: string | null
  readonly winner: string | null
  /** Why there is no winner: `collecting` while it is too early to say, `no-difference` when enough have come and none shows. */
  readonly verdict: 'winner' | 'collecting' | 'no-difference'
  readonly missing: Missing
}

/** The least for a winner: in each way, and in time, so that every weekday has had its part. */
const least = { perWay: 100, days: 7, alpha: 0.05 } as const

/** Told with every result, so that nobody has to guess. */
export const statedTest =
  'Two-sided z-test on two proportions (pooled variance), intervals by Wilson at 95 %. A winner reaches the goal more often than each other way with p < 0.05, divided by the number of pairs (Bonferroni), after at least 100 leads for each way and 7 days. Everybody counts who came to the split, whatever happened then.'

const day = 86_400_000
const orNull = <T>(value: T | undefined): T | null => value ?? null

const compared = (way: Count, first: Count): Pick<WayResult, 'uplift' | 'pValue'> => {
  const [rate, base] = [rateOf(way), rateOf(first)]
  if (way === first || rate === undefined || base === undefined) return { uplift: null, pValue: null }
  return { uplift: base === 0 ? null : rate / base - 1, pValue: orNull(pValue(way, first)) }
}

/** Each way with its rate, and what it is against the first. */
export const compareWays = (counts: readonly (Count & { readonly way: string })[]): readonly WayResult[] => {
  const [first] = counts
  return counts.map((count) => ({
    ...count,
    rate: orNull(rateOf(count)),
    interval: orNull(wilson(count)),
    ...(first ? compared(count, first) : { uplift: null, pValue: null }),
  }))
}

/** Better than every other way, each by a difference that chance hardly makes. */
const beats = (best: Count, others: readonly Count[], looks: number): boolean => {
  const comparisons = (((others.length + 1) * others.length) / 2) * looks
  return others.every(
    (other) =>
      (rateOf(best) ?? 0) > (rateOf(other) ?? 0) && (pValue(best, other) ?? 1) < least.alpha / comparisons,
  )
}

/**
 * The way that does better than each other one by the stated test; undefined where none does.
 * @param looks how often it is asked: whoever looks again and again sees chance as well, once in a while.
 */
export const winnerAmong = <Way extends Count>(ways: readonly Way[], looks = 1): Way | undefined => {
  const [best, ...others] = ways.toSorted((a, b) => (rateOf(b) ?? 0) - (rateOf(a) ?? 0))
  const isRipe = ways.every(({ entered }) => entered >= least.perWay)
  return best && isRipe && others.length > 0 && beats(best, others, looks) ? best : undefined
}

/**
 * How the ways of a split have done by `now`.
 * @param ways ids in the order of the playbook: the first is what the others are held against.
 * @param runs every run that came to the split; those of ways that the playbook no longer has are left out.
 */
export const splitResults = (
  split: string,
  ways: readonly string[],
  runs: readonly SplitRun[],
  now: string,
): SplitResult => {
  const known = runs.filter(({ way }) => ways.includes(way))
  const counts = ways.map((way) => {
    const own = known.filter((run) => run.way === way)
    return { way, entered: own.length, reached: own.filter(({ reached }) => reached).length }
  })
  const [best, second] = counts.toSorted((a, b) => (rateOf(b) ?? 0) - (rateOf(a) ?? 0))
  const since = known.map(({ enteredAt }) => enteredAt).toSorted()[0]
  const fewest = Math.min(...counts.map(({ entered }) => entered))
  const age = since === undefined ? 0 : (Date.parse(now) - Date.parse(since)) / day
  const ripe = fewest >= least.perWay && age >= least.days
  const winner = ripe ? winnerAmong(counts) : undefined
  const enough = Math.max(least.perWay, (best && second && enoughFor(best, second)) ?? least.perWay)
  return {
    split,
    ways: compareWays(counts),
    since: orNull(since),
    winner: orNull(winner?.way),
    verdict: winner ? 'winner' : ripe && fewest >= enough ? 'no-difference' : 'collecting',
    missing: winner
      ? { leadsPerWay: 0, days: 0 }
      : { leadsPerWay: Math.max(0, enough - fewest), days: Math.max(0, Math.ceil(least.days - age)) },
  }
}
