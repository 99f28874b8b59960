import { type Count, enoughFor, pValue, rateOf, wilson } from './two-proportions.ts'

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
export interface Missing {
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
export const least = { perWay: 100, days: 7, alpha: 0.05 } as const

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

/** Better than every other way, each by a difference that chance hardly makes. */
const beats = (best: Count, others: readonly Count[]): boolean => {
  const pairs = ((others.length + 1) * others.length) / 2
  return others.every(
    (other) => (rateOf(best) ?? 0) > (rateOf(other) ?? 0) && (pValue(best, other) ?? 1) < least.alpha / pairs,
  )
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
  const [first] = counts
  const ranked = counts.toSorted((a, b) => (rateOf(b) ?? 0) - (rateOf(a) ?? 0))
  const [best, second, ...others] = ranked
  const since = known.map(({ enteredAt }) => enteredAt).toSorted()[0]
  const fewest = Math.min(...counts.map(({ entered }) => entered))
  const age = since === undefined ? 0 : (Date.parse(now) - Date.parse(since)) / day
  const ripe = fewest >= least.perWay && age >= least.days
  const wins = ripe && best !== undefined && second !== undefined && beats(best, [second, ...others])
  const enough = Math.max(least.perWay, (best && second && enoughFor(best, second)) ?? least.perWay)
  return {
    split,
    ways: counts.map((count) => ({
      ...count,
      rate: orNull(rateOf(count)),
      interval: orNull(wilson(count)),
      ...(first ? compared(count, first) : { uplift: null, pValue: null }),
    })),
    since: orNull(since),
    winner: wins ? best.way : null,
    verdict: wins ? 'winner' : ripe && fewest >= enough ? 'no-difference' : 'collecting',
    missing: wins
      ? { leadsPerWay: 0, days: 0 }
      : { leadsPerWay: Math.max(0, enough - fewest), days: Math.max(0, Math.ceil(least.days - age)) },
  }
}
