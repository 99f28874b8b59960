import { Temporal } from 'temporal-polyfill'
import { minorDigits, type StageId, stageIds } from '../model/deal.ts'
import { type Columns, withNames } from './columns.ts'
import {
  type Amounts,
  byBeginning,
  countLeads,
  countRows,
  inPeriod,
  keysIn,
  originsIn,
  type Scope,
  type Select,
  scopeOf,
  sumMoney,
  sumMoneyBySource,
} from './count.ts'
import { type Figures, figuresOf } from './figures.ts'
import { evaluate, type Measure, type Money, moneyText } from './measure.ts'
import {
  allRevenue,
  emailMeasures,
  newCustomers,
  newLeads,
  qualifiedLeads,
  sequenceMeasures,
} from './metrics.ts'
import type { Asked, Grouping } from './row.ts'
import type { sharingModels } from './touch.ts'

/** What became of the emails that were sent within the period, up to its end. */
export interface EmailFigures {
  readonly email: string
  readonly sent: number
  readonly delivered: number
  /** By people, without robots. */
  readonly opened: number
  readonly clicked: number
  readonly unsubscribed: number
}

export interface SequenceFigures {
  readonly id: string
  /** Runs that began within the period. */
  readonly entered: number
  /** Runs that had not ended at its end. */
  readonly active: number
  /** Runs that ended within the period at the last step. */
  readonly completed: number
  /** Runs that ended within the period by reaching the goal. */
  readonly goal: number
  readonly emails: readonly EmailFigures[]
}

export interface SourceFigures {
  readonly source: string
  readonly campaign: string | null
  readonly leads: number
  readonly qualified: number
  /** Leads that bought for the first time. */
  readonly customers: number
  readonly revenue: Money
  readonly cost: Money
  /** By currency; nothing where there was nobody. */
  readonly costPerLead: Money
  readonly costPerCustomer: Money
  /** What came back beyond the cost, as a share of it, by currency: 1 is twice the cost. */
  readonly return: Readonly<Record<string, number>>
}

/** Leads that were seen first in a week, and how many of them came into each stage by the end of the period. */
export interface Cohort {
  /** ISO 8601: `2026-W10`. */
  readonly week: string
  readonly leads: number
  readonly reached: Readonly<Record<StageId, number>>
}

type Credits = readonly { readonly source: string; readonly revenue: Money }[]

export interface KpiReport extends Omit<Figures, 'funnel'> {
  readonly from: string
  readonly to: string
  /** RFC 3339 UTC. */
  readonly asOf: string
  readonly funnel: Figures['funnel'] & { readonly cohorts: readonly Cohort[] }
  readonly sequences: readonly SequenceFigures[]
  readonly sources: readonly SourceFigures[]
  readonly attribution: Readonly<Record<'first' | (typeof sharingModels)[number], Credits>>
  /** A week or a month is a period of its own, cut at the ends of the whole one. */
  readonly groups?: readonly ({ readonly key: string | null } & Figures)[]
}

/** Midnight in a zone, in milliseconds. */
export const startOf = (day: Temporal.PlainDate, timeZone: string): number =>
  day.toZonedDateTime({ timeZone }).epochMilliseconds

const isoWeek = (day: Temporal.PlainDate): string =>
  `${day.yearOfWeek}-W${String(day.weekOfYear).padStart(2, '0')}`

/** @throws RangeError for a day or a zone that there is not. */
export const periodOf = ({ from, to, zone, now }: Omit<Asked, 'by'>): Pick<Scope, 'from' | 'to' | 'end'> => {
  const [start = 0, stop = 0] = [from, to].map((day) => startOf(Temporal.PlainDate.from(day), zone))
  return { from: start, to: stop, end: Math.min(stop, Date.parse(now) + 1) }
}

interface Span {
  readonly key: string
  readonly from: number
  readonly to: number
}

/** The weeks or months of a period, those at its ends cut. */
const spansOf = ({ from, to, zone }: Asked, by: 'week' | 'month'): readonly Span[] => {
  const end = Temporal.PlainDate.from(to)
  const spans: Span[] = []
  let day = Temporal.PlainDate.from(from)
  while (Temporal.PlainDate.compare(day, end) < 0) {
    const next =
      by === 'week' ? day.add({ days: 8 - day.dayOfWeek }) : day.with({ day: 1 }).add({ months: 1 })
    const last = Temporal.PlainDate.compare(next, end) < 0 ? next : end
    const key = by === 'week' ? isoWeek(day) : day.toString().slice(0, 7)
    spans.push({ key, from: startOf(day, zone), to: startOf(last, zone) })
    day = last
  }
  return spans
}

/** The most sources, and campaigns, that a report names: whoever opens a page can name one. */
const mostNames = 100
/** All the others together. */
const other = '(other)'

/** Of too many names, those with the most purchases within the period, then with the most leads, then visitors. */
const namesToKeep = (
  all: readonly Columns[],
  period: Pick<Scope, 'from' | 'to' | 'end'>,
  of: 'source' | 'campaign',
): ReadonlySet<string | null> | undefined => {
  const names = [...new Set(all.flatMap(({ origins }) => [...origins.names[of]]))].filter(
    (name) => name !== null,
  )
  if (names.length <= mostNames) return undefined
  const places = new Map(names.map((name, place) => [name, place]))
  const scope = scopeOf(all, period, {
    count: names.length,
    of: (source, campaign) => places.get((of === 'source' ? source : campaign) ?? '') ?? -1,
  })
  const counts = (['purchase', 'known', 'lead'] as const).map((kind) => countRows(scope, { kind }))
  const compare = (a: number, b: number): number =>
    counts.map((count) => (count[b] ?? 0) - (count[a] ?? 0)).find((difference) => difference !== 0) ??
    ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1)
  return new Set(
    [...names.keys()]
      .toSorted(compare)
      .slice(0, mostNames)
      .map((place) => names[place] ?? null),
  )
}

export const withFewNames = (
  all: readonly Columns[],
  period: Pick<Scope, 'from' | 'to' | 'end'>,
): readonly Columns[] => {
  const [source, campaign] = [namesToKeep(all, period, 'source'), namesToKeep(all, period, 'campaign')]
  return source || campaign ? all.map((columns) => withNames(columns, { source, campaign }, other)) : all
}

const groupsOf = (
  all: readonly Columns[],
  scope: Scope,
  by: 'source' | 'campaign',
): NonNullable<KpiReport['groups']> => {
  const keys = [...new Set(originsIn(all, ['lead']).map((origin) => origin[by]))].toSorted((a, b) =>
    (a ?? '') < (b ?? '') ? -1 : 1,
  )
  const places = new Map(keys.map((key, place) => [key, place]))
  const grouped = scopeOf(all, scope, {
    count: keys.length,
    of: (source, campaign) => places.get(by === 'source' ? source : campaign) ?? -1,
  })
  return figuresOf(grouped).map((figures, group) => ({ key: keys[group] ?? null, ...figures }))
}

const periodsOf = (scope: Scope, spans: readonly Span[]): NonNullable<KpiReport['groups']> =>
  spans.flatMap(({ key, from, to }) =>
    figuresOf(inPeriod(scope, { from, to, end: Math.min(to, scope.end) })).map((figures) => ({
      key,
      ...figures,
    })),
  )

const groupedBy = (all: readonly Columns[], scope: Scope, asked: Asked, by: Grouping) => {
  switch (by) {
    case 'source':
    case 'campaign':
      return groupsOf(all, scope, by)
    case 'week':
    case 'month':
      return periodsOf(scope, spansOf(asked, by))
    default:
      return by satisfies never
  }
}

const cohortsOf = (scope: Scope, asked: Asked): readonly Cohort[] => {
  const weeks = spansOf(asked, 'week')
  const cohorts = byBeginning(
    scope,
    'lead',
    Float64Array.from(weeks, ({ from }) => from),
  )
  const leads = countLeads(cohorts, [{ kind: 'lead' }])
  const reached = stageIds.map((stage) =>
    countLeads(cohorts, [{ kind: 'lead' }, { kind: 'stage', keys: [stage], when: 'ever' }]),
  )
  return weeks.map(({ key: week }, index) => ({
    week,
    leads: leads[index] ?? 0,
    reached: Object.fromEntries(
      reached.map((counts, rank) => [stageIds[rank], counts[index]]),
    ) as Cohort['reached'],
  }))
}

const counted = <Key extends string>(
  scope: Scope,
  measures: Readonly<Record<Key, Measure>>,
): Readonly<Record<Key, number>> => {
  const figures = Object.entries<Measure>(measures).map(([key, measure]) => [
    key,
    Number(evaluate(measure, scope)[0]),
  ])
  return Object.fromEntries(figures) as Record<Key, number>
}

const emailFigures = (scope: Scope, key: string): EmailFigures => ({
  email: key.slice(key.indexOf('/') + 1),
  ...counted(scope, emailMeasures([key])),
})

const sequencesOf = (all: readonly Columns[], scope: Scope): readonly SequenceFigures[] => {
  const emails = keysIn(all, 'sent')
  return keysIn(all, 'run').map((id) => ({
    id,
    ...counted(scope, sequenceMeasures(id)),
    emails: emails.filter((key) => key.startsWith(`${id}/`)).map((key) => emailFigures(scope, key)),
  }))
}

/** Halves are rounded up, in the smallest unit of the currency. */
const perHead = (amounts: Amounts, heads: number): Money => {
  if (heads === 0) return {}
  const shares = [...amounts].map(([currency, amount]) => {
    const unit = 10n ** BigInt(4 - (minorDigits(currency) ?? 4))
    const divisor = 2n * unit * BigInt(heads)
    return [currency, ((2n * amount + unit * BigInt(heads)) / divisor) * unit] as const
  })
  return moneyText(new Map(shares))
}

const returnOf = (revenue: Amounts, cost: Amounts): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...cost]
      .filter(([, spent]) => spent > 0n)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, spent]) => [currency, Number((revenue.get(currency) ?? 0n) - spent) / Number(spent)]),
  )

const sourcesOf = (all: readonly Columns[], period: Scope): readonly SourceFigures[] => {
  const origins = originsIn(all, ['lead', 'cost'])
  const places = new Map(
    origins.map(({ source, campaign }, place) => [JSON.stringify([source, campaign]), place]),
  )
  const scope = scopeOf(all, period, {
    count: origins.length,
    of: (source, campaign) => places.get(JSON.stringify([source, campaign])) ?? -1,
  })
  const [leads, qualified, customers] = [newLeads, qualifiedLeads, newCustomers].map((measure) =>
    evaluate(measure, scope).map(Number),
  )
  const [revenue, cost] = [sumMoney(scope, allRevenue), sumMoney(scope, { kind: 'cost' })]
  return origins
    .map((origin, place) => {
      const [paid, spent] = [revenue[place] ?? new Map(), cost[place] ?? new Map()]
      const [known, bought] = [leads?.[place] ?? 0, customers?.[place] ?? 0]
      return {
        ...origin,
        leads: known,
        qualified: qualified?.[place] ?? 0,
        customers: bought,
        revenue: moneyText(paid),
        cost: moneyText(spent),
        costPerLead: perHead(spent, known),
        costPerCustomer: perHead(spent, bought),
        return: returnOf(paid, spent),
      }
    })
    .filter(
      (one) =>
        one.leads + one.qualified + one.customers > 0 ||
        Object.keys({ ...one.revenue, ...one.cost }).length > 0,
    )
}

const credits = (scope: Scope, select: Select): Credits =>
  [...(sumMoneyBySource(scope, select)[0] ?? new Map<string, Amounts>())]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, amounts]) => ({ source, revenue: moneyText(amounts) }))

const attributionOf = (scope: Scope): KpiReport['attribution'] => {
  const shared = (model: (typeof sharingModels)[number]): Credits =>
    credits(scope, { kind: 'credit', keys: [model], stands: true })
  return {
    first: credits(scope, allRevenue),
    last: shared('last'),
    linear: shared('linear'),
    position: shared('position'),
    decay: shared('decay'),
  }
}

/**
 * Every figure of both teams, from the rows of all leads. Of more than a hundred sources or campaigns, the least are counted
 * together as `(other)`.
 * @param stored each lead in one of them.
 * @throws RangeError for a day or a zone that there is not.
 */
export const kpiReport = (stored: readonly Columns[], asked: Asked): KpiReport => {
  const { from, to, by, now } = asked
  const period = periodOf(asked)
  const all = withFewNames(stored, period)
  const scope = scopeOf(all, period)
  const [whole] = figuresOf(scope)
  if (!whole) throw new Error('all leads are one group')
  const { funnel, sales, shared } = whole
  return {
    ...{ from, to, asOf: now },
    funnel: { ...funnel, cohorts: cohortsOf(scope, asked) },
    sales,
    shared,
    sequences: sequencesOf(all, scope),
    sources: sourcesOf(all, scope),
    attribution: attributionOf(scope),
    ...(by && { groups: groupedBy(all, scope, asked, by) }),
  }
}
