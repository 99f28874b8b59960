import type { Money } from '../sales/deal.ts'
import { sumMoney } from '../sales/money.ts'

/**
 * What is counted, page by page of leads: plain JSON, and any two of them can be added up. Rates and medians are read
 * from it once all is in.
 */
export interface Tally {
  readonly counts: Record<string, number>
  /** Single values, for medians. */
  readonly samples: Record<string, number[]>
  /** The sum of each currency. */
  readonly money: Record<string, readonly Money[]>
}

export const emptyTally = (): Tally => ({ counts: {}, samples: {}, money: {} })

export const count = ({ counts }: Tally, key: string, by = 1): void => {
  counts[key] = (counts[key] ?? 0) + by
}

export const sample = ({ samples }: Tally, key: string, value: number): void => {
  const known = samples[key]
  if (known) known.push(value)
  else samples[key] = [value]
}

export const pay = ({ money }: Tally, key: string, amounts: readonly Money[]): void => {
  money[key] = sumMoney([...(money[key] ?? []), ...amounts])
}

/** Adds `other` to `tally`. */
export const addTally = (tally: Tally, other: Tally): void => {
  for (const [key, by] of Object.entries(other.counts)) count(tally, key, by)
  for (const [key, values] of Object.entries(other.samples))
    for (const value of values) sample(tally, key, value)
  for (const [key, amounts] of Object.entries(other.money)) pay(tally, key, amounts)
}

export const counted = ({ counts }: Tally, key: string): number => counts[key] ?? 0

/** From 0 to 1; null where there is nothing to divide by. */
export const rate = (tally: Tally, part: string, whole: string): number | null => {
  const all = counted(tally, whole)
  return all === 0 ? null : counted(tally, part) / all
}

/** Null without a value; between the two in the middle where there are two. */
export const median = ({ samples }: Tally, key: string): number | null => {
  const values = (samples[key] ?? []).toSorted((a, b) => a - b)
  const middle = values.length / 2
  const [low, high] = [values[Math.ceil(middle) - 1], values[Math.floor(middle)]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}

/** Decimals as text by currency; empty without any. */
export const revenue = ({ money }: Tally, key: string): Readonly<Record<string, string>> =>
  Object.fromEntries((money[key] ?? []).map(({ currency, amount }) => [currency, amount]))
