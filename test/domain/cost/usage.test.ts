import { expect, test } from 'vitest'
import { counted } from '../../../domain/cost/counted.ts'
import { costWithin } from '../../../domain/cost/usage.ts'
import { columnsOf, rowsInColumns } from '../../../domain/kpi/columns.ts'
import type { Row, RowKind } from '../../../domain/kpi/row.ts'

const at = (day: string): number => Date.parse(`2026-03-${day}T12:00:00.000Z`)
const row = (kind: RowKind, day: string, key: string | null = null, lead = 'l1'): Row => ({
  ...{ lead, source: 'direct', campaign: null, kind, happenedAt: at(day), until: null, next: null },
  ...{ first: null, value: null, key, n: 1, amount: null, currency: null },
})
const rows = [
  row('known', '02'),
  row('activity', '02', 'page.viewed'),
  row('activity', '03', 'demo.requested'),
  row('activity', '03', 'email.opened'),
  row('sent', '03', 'welcome/hello'),
  row('handoff', '04'),
  row('known', '20', null, 'l2'),
]
const all = [columnsOf(rowsInColumns(rows))]
const march = { from: Date.parse('2026-03-01T00:00:00Z'), to: Date.parse('2026-03-11T00:00:00Z') }

test('counts what a period brought, and each costs what was measured', () => {
  const cost = costWithin(all, march, Date.parse('2026-04-01T00:00:00Z'))
  expect(cost.counted).toEqual({ leads: 1, activities: 2, emails: 1, handoffs: 1 })
  const { parts, total } = cost
  expect(parts.activities + parts.emails + parts.handoffs + parts.atRest).toBeCloseTo(total, 3)
  // Ten days of some 17 dollars a month.
  expect(parts.atRest).toBeGreaterThan(5)
  expect(parts.atRest).toBeLessThan(6.5)
  expect(cost.perLead).toBe(total)
  // $0.13 to $0.15 a thousand, of which SES takes $0.10.
  expect(cost.lines.find(({ item }) => item === 'emails')).toEqual({
    item: 'emails',
    quantity: 1,
    dollars: 0.0001,
  })
})

test('a thousand leads of the kind that docs/operations/costs.md reckons with cost what it says', () => {
  const many = (kind: RowKind, key: string | null, each: number): readonly Row[] =>
    Array.from({ length: 1_000 * each }, (_, index) => row(kind, '02', key, `l${index % 1_000}`))
  const thousand = [
    columnsOf(
      rowsInColumns([
        ...many('known', null, 1),
        ...many('activity', 'page.viewed', 20),
        ...many('sent', 'welcome/hello', 7),
        ...many('handoff', null, 1),
      ]),
    ),
  ]
  const { total, parts } = costWithin(thousand, march, march.to)
  expect(total - parts.atRest).toBeGreaterThan(1.1)
  expect(total - parts.atRest).toBeLessThan(1.7)
})

test('what each takes is what was counted: a lead more than an activity, a handoff besides its email and its activities', () => {
  const taken = (only: readonly Row[]) => {
    const { lines } = costWithin([columnsOf(rowsInColumns(only))], march, march.from)
    return new Map(lines.map(({ item, quantity }) => [item, quantity]))
  }
  const [ofActivity, ofLead, ofHandoff] = [
    taken([row('activity', '02', 'page.viewed')]),
    taken([row('known', '02')]),
    taken([row('handoff', '02')]),
  ]
  expect(ofActivity.get('events')).toBe(counted.activity.events)
  expect(ofActivity.get('queueRequests')).toBe(4)
  expect(ofLead.get('events')).toBe(counted.newLead.events - counted.activity.events)
  expect(ofHandoff.get('events')).toBe(
    counted.handoff.events - 2 * counted.activity.events - counted.email.events,
  )
  expect(ofHandoff.get('httpRequests')).toBeUndefined()
})

test('what has not come yet costs nothing, and of nobody nothing is told', () => {
  const cost = costWithin([], march, march.from + 86_400_000)
  expect(cost).toMatchObject({ perLead: null, perEmail: null, counted: { leads: 0 } })
  expect(cost.total).toBeCloseTo(costWithin([], march, march.to).total / 10, 2)
})
