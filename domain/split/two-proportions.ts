import { twoSided, z80, z95 } from './normal.ts'

/** So many of `entered` have reached the goal. */
export interface Count {
  readonly entered: number
  readonly reached: number
}

export const rateOf = ({ entered, reached }: Count): number | undefined =>
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
