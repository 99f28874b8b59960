import { type Columns, noKey } from '../kpi/columns.ts'
import type { RowKind } from '../kpi/row.ts'
import { assumed, counted } from './counted.ts'
import { atRest, type Billed, costOf, pricedAt, type Usage } from './prices.ts'
import { type ScenarioName, usageOfOne } from './scale.ts'

/** What is counted to the unit, from the rows of the figures. */
interface Counted {
  /** Became known by an address. */
  readonly leads: number
  /** Recorded, but those that emails cause. */
  readonly activities: number
  /** Handed to SES. */
  readonly emails: number
  readonly handoffs: number
}

const sumOf = (parts: readonly (readonly [times: number, usage: Usage])[]): Usage => {
  const sums: Partial<Record<Billed, number>> = {}
  for (const [times, usage] of parts)
    for (const [item, quantity] of Object.entries(usage) as readonly [Billed, number][])
      sums[item] = (sums[item] ?? 0) + times * quantity
  return sums
}

const taken = (name: ScenarioName, httpRequests = 0): Usage =>
  usageOfOne(counted[name], { spread: { ROWS: 'by minute' }, assumed, httpRequests })

/** Requests and units of one, of which the others are counted by themselves; what those share is taken off once alone. */
const besides = (usage: Usage, ...others: readonly Usage[]): Usage =>
  Object.fromEntries(
    Object.entries(sumOf([[1, usage], ...others.map((one) => [-1, one] as const)])).map(
      ([item, quantity]) => [item, Math.max(0, quantity)],
    ),
  )

/** Its share of the figures: a lead and a shard are read and written at most once a minute (`docs/operations/costs.md`). */
const figuresOfActivity: Usage = { readUnits: 2.8, writeUnits: 0.4, objectsPut: 0.8, objectsRead: 0.4 }

const activity = taken('activity', 1)
const email = taken('email')
const perActivity = sumOf([
  [1, activity],
  [1, figuresOfActivity],
])
/** Its places among all people. */
const perLead = besides(taken('newLead', 1), activity)
const perEmail: Usage = { ...email, emails: 1 }
/** Besides its email, and the activities that led to it. */
const perHandoff = besides(taken('handoff', 2), activity, activity, email)
const daysOfMonth = 365 / 12
const day = 86_400_000

interface Period {
  /** Milliseconds; the moment after the last. */
  readonly from: number
  readonly to: number
}

const rowsWithin = (
  all: readonly Columns[],
  kind: RowKind,
  { from, to }: Period,
  isMeant = (_key: string) => true,
) => {
  let count = 0
  for (const { tables } of all)
    for (const [key, { happenedAt }] of tables.get(kind) ?? [])
      if (isMeant(key)) for (const at of happenedAt) if (at >= from && at < to) count += 1
  return count
}

const countIn = (all: readonly Columns[], period: Period): Counted => ({
  leads: rowsWithin(all, 'known', period),
  activities: rowsWithin(all, 'activity', period, (key) => key !== noKey && !key.startsWith('email.')),
  emails: rowsWithin(all, 'sent', period),
  handoffs: rowsWithin(all, 'handoff', period),
})

/** To the cent of a cent: what is estimated is not known better. */
const rounded = (dollars: number): number => Math.round(dollars * 10_000) / 10_000

/** What a period has cost by the list prices: leads, activities, emails and handoffs are counted, what each takes was measured. */
export const costWithin = (all: readonly Columns[], period: Period, now: number) => {
  const counted = countIn(all, period)
  const { leads, activities, emails, handoffs } = counted
  // The days that are over, and today as far as it has come.
  const months = Math.max(0, Math.min(period.to, now) - period.from) / (daysOfMonth * day)
  const parts = {
    activities: costOf(
      sumOf([
        [activities, perActivity],
        [leads, perLead],
      ]),
    ).dollars,
    emails: costOf(sumOf([[emails, perEmail]])).dollars,
    handoffs: costOf(sumOf([[handoffs, perHandoff]])).dollars,
    atRest: costOf(sumOf([[months, atRest]])).dollars,
  }
  const { lines, dollars } = costOf(
    sumOf([
      [activities, perActivity],
      [leads, perLead],
      [emails, perEmail],
      [handoffs, perHandoff],
      [months, atRest],
    ]),
  )
  return {
    ...{ currency: 'USD', prices: pricedAt, counted },
    total: rounded(dollars),
    perLead: leads === 0 ? null : rounded(dollars / leads),
    perEmail: emails === 0 ? null : rounded(parts.emails / emails),
    parts: {
      activities: rounded(parts.activities),
      emails: rounded(parts.emails),
      handoffs: rounded(parts.handoffs),
      atRest: rounded(parts.atRest),
    },
    lines: lines.map(({ item, quantity, dollars: cost }) => ({
      item,
      quantity: Math.round(quantity * 1_000) / 1_000,
      dollars: rounded(cost),
    })),
    /** What is not counted, but reckoned from what was measured for one of each; and what is left out. */
    estimated: ['requests', 'units', 'logs'] as const,
    leftOut: ['storage', 'imports', 'api'] as const,
  }
}

export type Cost = ReturnType<typeof costWithin>
