import { language, t } from './texts.ts'

const locale = { en: 'en-GB', de: 'de-DE' }[language]

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' })
const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' })
const shortDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
const longDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' })
const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric' })
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' })
const timeOfDay = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
const oneDigit = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
const languageNames = new Intl.DisplayNames(locale, { type: 'language' })

/** "in 3 hours", "yesterday"; beyond a month the day. */
export const relativeTime = (at: string, now: number): string => {
  const ms = Date.parse(at) - now
  const size = Math.abs(ms)
  if (size < minute) return ms < 0 ? t.common.justNow : relative.format(0, 'minute')
  if (size < hour) return relative.format(Math.trunc(ms / minute), 'minute')
  if (size < day) return relative.format(Math.trunc(ms / hour), 'hour')
  if (size < 31 * day) return relative.format(Math.trunc(ms / day), 'day')
  return dayText(at, now)
}

export const exactTime = (at: string): string => t.common.clock(exact.format(new Date(at)))

/** Without the year where it is this one. */
export const dayText = (at: string, now: number): string =>
  (new Date(at).getFullYear() === new Date(now).getFullYear() ? shortDay : longDay).format(new Date(at))

/** "Tuesday, 1 December" */
export const weekdayText = (at: string): string => weekday.format(new Date(at))
/** @param at a month such as 2026-11 */
export const monthText = (at: string): string => month.format(new Date(`${at}-15`))
export const timeText = (at: string): string => timeOfDay.format(new Date(at))
/** The local day that a moment is in, as a key. */
export const dayKey = (at: string): string => new Date(at).toDateString()

/** @param code such as de or pt-BR */
export const languageText = (code: string): string => languageNames.of(code) ?? code

export const numberText = (value: number): string => whole.format(value)
export const decimalText = (value: number): string => oneDigit.format(value)
/** @param value from 0 to 1 */
export const shareText = (value: number): string => share.format(value)

/** A score is shown rounded down: what is just short of a threshold does not look as if it had reached it. */
export const scoreText = (value: number): string => whole.format(Math.floor(value))

/** @param amount a decimal as text. @param currency ISO 4217. */
export const moneyText = (amount: string, currency: string): string =>
  new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    ...(/^\d+(\.0*)?$/.test(amount) && { maximumFractionDigits: 0 }),
  }).format(Number(amount))

/** Of what may be less than a cent: as many digits as tell something. @param currency ISO 4217 */
export const finePriceText = (amount: number, currency: string): string =>
  new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    ...(amount < 1 && { minimumFractionDigits: 2, maximumFractionDigits: 4 }),
  }).format(amount)

interface Worth {
  /** A decimal as text. */
  readonly amount: string | null
  readonly currency: string | null
}

/** What some deals are worth together: "CHF 4,200 + €21,380.50"; empty where none has an amount. */
export const totalText = (deals: readonly Worth[]): string => {
  const sums = new Map<string, number>()
  for (const { amount, currency } of deals)
    if (amount !== null && currency !== null) sums.set(currency, (sums.get(currency) ?? 0) + Number(amount))
  return [...sums].map(([currency, sum]) => moneyText(sum.toFixed(2), currency)).join(' + ')
}

const units = [
  ['day', day],
  ['hour', hour],
  ['minute', minute],
  ['second', 1_000],
] as const

/** "3 days", "90 minutes": the largest unit that leaves nothing over. */
export const durationText = (ms: number): string => {
  const [unit, size] = units.find(([, length]) => ms >= length && ms % length === 0) ?? units[3]
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(ms / size)
}
