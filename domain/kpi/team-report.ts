import { Temporal } from 'temporal-polyfill'
import type { Columns } from './columns.ts'
import { countRows, keysIn, type Select, scopeOf } from './count.ts'
import { definitions } from './definitions.ts'
import type { Figure } from './measure.ts'
import type { MetricUnit } from './metrics.ts'
import { type KpiReport, kpiReport, startOf } from './report.ts'

/** A week (`2026-W48`, ISO 8601) or a month (`2026-11`), and the one before it. Days are whole, `to` is not included. */
export interface ReportPeriod {
  readonly kind: 'week' | 'month'
  readonly name: string
  readonly from: string
  readonly to: string
  readonly before: string
}

const weekOf = (day: Temporal.PlainDate): ReportPeriod => {
  const from = day.subtract({ days: day.dayOfWeek - 1 })
  return {
    kind: 'week',
    name: `${from.yearOfWeek}-W${String(from.weekOfYear).padStart(2, '0')}`,
    from: from.toString(),
    to: from.add({ weeks: 1 }).toString(),
    before: from.subtract({ weeks: 1 }).toString(),
  }
}

const monthOf = (day: Temporal.PlainDate): ReportPeriod => {
  const from = day.with({ day: 1 })
  return {
    kind: 'month',
    name: from.toString().slice(0, 7),
    from: from.toString(),
    to: from.add({ months: 1 }).toString(),
    before: from.subtract({ months: 1 }).toString(),
  }
}

/** @returns undefined for what names no week and no month. */
export const periodNamed = (name: string): ReportPeriod | undefined => {
  const [, year = '', month, week] = /^(\d{4})-(?:(\d\d)|W(\d\d))$/.exec(name) ?? []
  if (month !== undefined && Number(month) >= 1 && Number(month) <= 12)
    return monthOf(new Temporal.PlainDate(Number(year), Number(month), 1))
  if (week === undefined) return undefined
  // The fourth of January lies in the first week.
  const period = weekOf(new Temporal.PlainDate(Number(year), 1, 4).add({ weeks: Number(week) - 1 }))
  return period.name === name ? period : undefined
}

/** The latest week or month that was over at `now`. */
export const lastPeriod = (kind: ReportPeriod['kind'], now: string, zone: string): ReportPeriod => {
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate()
  return kind === 'week' ? weekOf(today.subtract({ weeks: 1 })) : monthOf(today.subtract({ months: 1 }))
}

interface ComparedFigure {
  readonly group: string
  readonly key: string
  readonly unit: MetricUnit
  readonly label: Readonly<Record<'en' | 'de', string>>
  readonly value: Figure
  readonly before: Figure
}

/** What sales says of the leads that it got. */
interface LeadQuality {
  readonly accepted: number
  readonly rejected: number
  /** Most often given first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number; readonly before: number }[]
}

export interface TeamReport {
  readonly period: ReportPeriod
  readonly figures: readonly ComparedFigure[]
  readonly quality: LeadQuality
  readonly sources: KpiReport['sources']
}

/** What both teams are told, in this order. */
const shown: readonly (readonly [group: string, key: string])[] = [
  ['awareness', 'visits'],
  ['lead_generation', 'leads'],
  ['interest', 'newsletterSignups'],
  ['consideration', 'demoRequests'],
  ['lead_qualification', 'qualifiedLeads'],
  ['shared', 'handoffAcceptanceRate'],
  ['shared', 'medianHoursToAccept'],
  ['shared', 'handoffsOverdue'],
  ['proposal', 'proposals'],
  ['closing', 'closeRate'],
  ['closing', 'revenue'],
  ['purchase', 'revenue'],
  ['shared', 'leadToCustomerRate'],
  ['shared', 'medianDaysToCustomer'],
]

const figureIn = ({ funnel, sales, shared }: KpiReport, group: string, key: string): Figure => {
  const metrics: Readonly<Record<string, Figure>> | undefined =
    group === 'shared' ? shared : [...funnel.stages, ...sales.phases].find(({ id }) => id === group)?.metrics
  return metrics?.[key] ?? null
}

const compared = (report: KpiReport, before: KpiReport): readonly ComparedFigure[] =>
  shown.flatMap(([group, key]) => {
    const found = definitions.find((one) => one.group === group && one.key === key)
    if (!found) throw new Error(`no figure is called ${group}.${key}`)
    const { unit, label } = found
    const values = { value: figureIn(report, group, key), before: figureIn(before, group, key) }
    return [{ group, key, unit, label, ...values }]
  })

const qualityOf = (
  all: readonly Columns[],
  { from, to, before }: ReportPeriod,
  zone: string,
): LeadQuality => {
  const [first, second, third] = [before, from, to].map((day) => startOf(Temporal.PlainDate.from(day), zone))
  const scopes = {
    now: scopeOf(all, { from: second ?? 0, to: third ?? 0 }),
    earlier: scopeOf(all, { from: first ?? 0, to: second ?? 0 }),
  }
  const count = (when: keyof typeof scopes, select: Select): number => countRows(scopes[when], select)[0] ?? 0
  const reasons = keysIn(all, 'rejected').map((reason) => {
    const select: Select = { kind: 'rejected', keys: [reason] }
    return { reason, count: count('now', select), before: count('earlier', select) }
  })
  return {
    accepted: count('now', { kind: 'accepted' }),
    rejected: count('now', { kind: 'rejected' }),
    reasons: reasons
      .filter((one) => one.count + one.before > 0)
      .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
  }
}

/**
 * The same figures for both teams, and what changed against the period before.
 * @param all as of a report. @param now RFC 3339 UTC.
 */
export const teamReport = (
  all: readonly Columns[],
  period: ReportPeriod,
  { zone, now }: { readonly zone: string; readonly now: string },
): TeamReport => {
  const { from, to, before } = period
  const report = kpiReport(all, { from, to, zone, now })
  const earlier = kpiReport(all, { from: before, to: from, zone, now })
  return {
    period,
    figures: compared(report, earlier),
    quality: qualityOf(all, period, zone),
    sources: report.sources,
  }
}
