import type { Temporal } from 'temporal-polyfill'
import { type FieldRange, parseField, parseValue } from './cron-field.ts'

/** Which days of a month a cron names: AWS lets only one of the two day fields speak. */
export type DayRule =
  | { readonly type: 'every-day' }
  | { readonly type: 'days-of-month'; readonly days: ReadonlySet<number> }
  | { readonly type: 'last-day'; readonly before: number }
  | { readonly type: 'weekday-nearest'; readonly day: number | 'last' }
  | { readonly type: 'days-of-week'; readonly days: ReadonlySet<number> }
  | { readonly type: 'last-day-of-week'; readonly day: number }
  | { readonly type: 'nth-day-of-week'; readonly day: number; readonly nth: number }

const DAY_OF_MONTH: FieldRange = { min: 1, max: 31 }
const DAY_OF_WEEK: FieldRange = { min: 1, max: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] }

/** Reads the two day fields; exactly one of them must be `?`. */
export function parseDayRule(dayOfMonth: string, dayOfWeek: string): DayRule | undefined {
  if (dayOfWeek === '?') return dayOfMonth === '?' ? undefined : parseDayOfMonth(dayOfMonth)
  return dayOfMonth === '?' ? parseDayOfWeek(dayOfWeek) : undefined
}

function parseDayOfMonth(text: string): DayRule | undefined {
  if (text === '*') return { type: 'every-day' }
  if (/^LW$/i.test(text)) return { type: 'weekday-nearest', day: 'last' }
  if (/^L/i.test(text)) return lastDay(text)
  const [, nearest] = /^(\d+)W$/i.exec(text) ?? []
  if (nearest !== undefined) {
    const day = parseValue(nearest, DAY_OF_MONTH)
    return day === undefined ? undefined : { type: 'weekday-nearest', day }
  }
  const days = parseField(text, DAY_OF_MONTH)
  return days && { type: 'days-of-month', days }
}

function lastDay(text: string): DayRule | undefined {
  const [whole, before = '0'] = /^L(?:-(\d{1,2}))?$/i.exec(text) ?? []
  return whole === undefined || Number(before) > 30 ? undefined : { type: 'last-day', before: Number(before) }
}

function parseDayOfWeek(text: string): DayRule | undefined {
  if (text === '*') return { type: 'every-day' }
  if (/^L$/i.test(text)) return { type: 'days-of-week', days: new Set([7]) }
  const [, name = '', nth] = /^([a-z]{3}|\d)(?:L|#([1-5]))$/i.exec(text) ?? []
  if (name !== '') {
    const day = parseValue(name, DAY_OF_WEEK)
    if (day === undefined) return undefined
    return nth === undefined
      ? { type: 'last-day-of-week', day }
      : { type: 'nth-day-of-week', day, nth: Number(nth) }
  }
  const days = parseField(text, DAY_OF_WEEK)
  return days && { type: 'days-of-week', days }
}

/** The days that the rule names in the month of `date`, ascending. */
export function daysOfMonth(rule: DayRule, date: Temporal.PlainDate): number[] {
  const last = date.daysInMonth
  const all = Array.from({ length: last }, (_, index) => index + 1)
  const weekday = (day: number) => (date.with({ day }).dayOfWeek % 7) + 1
  switch (rule.type) {
    case 'every-day':
      return all
    case 'days-of-month':
      return all.filter((day) => rule.days.has(day))
    case 'last-day':
      return all.filter((day) => day === last - rule.before)
    case 'weekday-nearest':
      return nearestWeekday(rule.day === 'last' ? last : rule.day, last, weekday)
    case 'days-of-week':
      return all.filter((day) => rule.days.has(weekday(day)))
    case 'last-day-of-week':
      return all.filter((day) => day > last - 7 && weekday(day) === rule.day)
    case 'nth-day-of-week':
      return all.filter((day) => Math.ceil(day / 7) === rule.nth && weekday(day) === rule.day)
    default: {
      const never: never = rule
      throw new Error(`Unknown rule ${JSON.stringify(never)}`)
    }
  }
}

/** Monday to Friday, without leaving the month; a month without that day has none. */
function nearestWeekday(day: number, last: number, weekday: (day: number) => number): number[] {
  if (day > last) return []
  const isSaturday = weekday(day) === 7
  const isSunday = weekday(day) === 1
  if (isSaturday) return [day > 1 ? day - 1 : day + 2]
  if (isSunday) return [day < last ? day + 1 : day - 2]
  return [day]
}
