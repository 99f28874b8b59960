import type { JsonObject } from '../json.ts'
import { minorDigits, mostDigits } from './currencies.ts'
import type { Money } from './deal.ts'

const shape = /^0*(\d{1,15})(?:\.(\d{1,6}))?$/

/**
 * An amount as it comes in, a number or a text, with exactly `digits` digits after the point: `1234.5` of two is
 * `1234.50`. A number counts as the shortest text that stands for it.
 * @returns undefined for what is negative, no decimal, above 15 digits, or finer than the currency.
 */
export const decimalText = (value: unknown, digits: number): string | undefined => {
  const text = typeof value === 'number' ? String(value) : value
  const match = typeof text === 'string' ? shape.exec(text) : null
  const whole = match?.[1]
  const fraction = (match?.[2] ?? '').replace(/0+$/, '')
  if (whole === undefined || fraction.length > digits) return undefined
  return digits === 0 ? whole : `${whole}.${fraction.padEnd(digits, '0')}`
}

/** The amount and currency of an activity; undefined where either is missing or wrong. */
export const moneyOf = ({ amount, currency }: JsonObject): Money | undefined => {
  const digits = minorDigits(currency)
  const text = digits === undefined ? undefined : decimalText(amount, digits)
  return typeof currency === 'string' && text !== undefined ? { amount: text, currency } : undefined
}

/** In units of which 10,000 make one of any currency. */
const scaled = ({ amount }: Money): bigint => {
  const [whole = '0', fraction = ''] = amount.split('.')
  return BigInt(whole + fraction.padEnd(mostDigits, '0'))
}

const unscaled = (sum: bigint, currency: string): Money => {
  const digits = minorDigits(currency) ?? mostDigits
  const text = sum.toString().padStart(mostDigits + 1, '0')
  const cut = text.length - mostDigits
  const fraction = text.slice(cut, cut + digits)
  return { amount: fraction === '' ? text.slice(0, cut) : `${text.slice(0, cut)}.${fraction}`, currency }
}

/** The exact sum of each currency, by their codes' order. */
export const sumMoney = (all: readonly Money[]): readonly Money[] => {
  const sums = new Map<string, bigint>()
  for (const money of all) sums.set(money.currency, (sums.get(money.currency) ?? 0n) + scaled(money))
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([currency, sum]) => unscaled(sum, currency))
}
