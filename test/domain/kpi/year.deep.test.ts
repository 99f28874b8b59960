import { TrinoSQL } from 'dt-sql-parser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Columns, columnsOf, rowsInColumns } from '../../../domain/kpi/columns.ts'
import { emailClicks } from '../../../domain/kpi/email-clicks.ts'
import type { Figures } from '../../../domain/kpi/figures.ts'
import { kpiReport } from '../../../domain/kpi/report.ts'
import type { Asked, Row } from '../../../domain/kpi/row.ts'
import { compareRows, costRow, rowsOf } from '../../../domain/kpi/rows-of.ts'
import { sumMoney } from '../../../domain/model/deal.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { readRows, writeRows } from '../../../functions/adapters/row-files.ts'
import { makePlaybook } from '../support/make-playbook.ts'
import { makePerson } from './made-up-year.ts'
import {
  clickQueries,
  cohortQueries,
  figureQueries,
  listQueries,
  makeRecount,
  type Window,
  wholly,
} from './recount.ts'
import { addPerson, makeTally, tallied, talliedLists } from './tally.ts'

/** Enough for each kind of row in `npm run test:deep`; `npm run story:year` makes a year of 55,000. */
const people = Number(process.env.LEADS ?? 15_000)
const shards = 64
const zone = 'Europe/Berlin'
const now = '2027-01-10T12:00:00.000Z'
const rules = compileRules(
  makePlaybook({
    handoff: { ...makePlaybook().handoff, qualify: 'did("quote.requested")', require: [] },
  }),
)

const costs: readonly Row[] = ['google', 'linkedin', 'nobody-came'].flatMap((source) =>
  ['01', '06', '11'].map((month) =>
    costRow({
      ...{ id: `${source}${month}`, occurredAt: `2026-${month}-05T10:00:00.000Z` },
      ...{ source, campaign: month === '06' ? 'spring' : null, amount: '1234.56', currency: 'EUR' },
    }),
  ),
)

/** With the offsets of Berlin. */
const periods = {
  year: {
    asked: { from: '2026-01-01', to: '2027-01-01' },
    at: ['2026-01-01T00:00+01:00', '2027-01-01T00:00+01:00'],
  },
  month: {
    asked: { from: '2026-03-01', to: '2026-04-01' },
    at: ['2026-03-01T00:00+01:00', '2026-04-01T00:00+02:00'],
  },
  odd: {
    asked: { from: '2026-05-13', to: '2026-06-23' },
    at: ['2026-05-13T00:00+02:00', '2026-06-23T00:00+02:00'],
  },
  unfinished: {
    asked: { from: '2026-12-01', to: '2027-03-01' },
    at: ['2026-12-01T00:00+01:00', '2027-03-01T00:00+01:00'],
  },
} as const
type Period = keyof typeof periods
const names: readonly Period[] = ['year', 'month', 'odd', 'unfinished']
const over = ['year', 'month', 'odd'] as const

const tallies = new Map(
  over.map((period) => {
    const [from = '', to = ''] = periods[period].at.map((at) => new Date(at).toISOString())
    return [period, makeTally({ from, to }, rules)] as const
  }),
)

/** People by what they followed, counted person by person. */
const followed = new Map<string, number>()

const addClicks = ({ facts }: ReturnType<typeof makePerson>): void => {
  const own = facts.flatMap(({ type, occurredAt, properties: { via, link, email } }) =>
    type === 'email.clicked' && via === 'signed-link' && occurredAt <= now
      ? [`${email} ${String(link).replace(/\?utm_.*$/, '')}`]
      : [],
  )
  for (const name of new Set(own)) followed.set(name, (followed.get(name) ?? 0) + 1)
}

let columns: readonly Columns[] = []
let recount: Awaited<ReturnType<typeof makeRecount>>
let facts = 0
let rows = 0

beforeAll(async () => {
  const parts: Row[][] = Array.from({ length: shards }, () => [])
  const add = (part: number, own: readonly Row[]): void => {
    rows += own.length
    parts[part % shards]?.push(...own)
  }
  add(0, costs)
  for (let number = 0; number < people; number += 1) {
    const person = makePerson(number)
    for (const tally of tallies.values()) addPerson(tally, person)
    addClicks(person)
    facts += person.history.log.length
    add(number, rowsOf(person.history, rules, now))
  }
  const files = parts.map((own) => writeRows(rowsInColumns(own.toSorted(compareRows))))
  columns = await Promise.all(files.map(async (file) => columnsOf(await readRows(file))))
  recount = await makeRecount(files)
}, 600_000)
afterAll(() => recount.close())

type Values = ReadonlyMap<string, unknown>

const money = (value: unknown): unknown =>
  typeof value !== 'object' || value === null
    ? value
    : Object.fromEntries(
        Object.entries(value).map(([currency, amount]) => {
          const [whole = '', fraction = ''] = String(amount).split('.')
          return [currency, `${whole}.${fraction.padEnd(4, '0')}`]
        }),
      )

/** Every figure by its name in the queries. */
const flat = ({ funnel, sales, shared }: Figures): Values => {
  const { revenueBySource: _listed, ...others } = shared
  const stages = funnel.stages.flatMap(({ id, metrics, ...stage }) => {
    const { conversionFromStart, conversionFromPrevious, daysInStage, medianDaysInStage, ...own } = stage
    expect(medianDaysInStage).toBe(daysInStage.median)
    return Object.entries({
      ...own,
      ...daysInStage,
      ...{ fromStart: conversionFromStart.anyOrder, fromStartStrict: conversionFromStart.strict },
      ...{ fromPrevious: conversionFromPrevious.anyOrder, fromPreviousStrict: conversionFromPrevious.strict },
      ...metrics,
    }).map(([key, value]) => [`${id}.${key}`, money(value)] as const)
  })
  const phases = sales.phases.flatMap(({ id, metrics }) =>
    Object.entries(metrics).map(([key, value]) => [`${id}.${key}`, money(value)] as const),
  )
  const both = Object.entries(others).map(([key, value]) => [`shared.${key}`, value] as const)
  const { openDeals, averageDays } = sales.velocity
  return new Map<string, unknown>([
    ...[...stages, ...phases, ...both],
    ...([
      ['velocity.openDeals', openDeals],
      ['velocity.averageDays', averageDays],
    ] as const),
  ])
}

const asNumber = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value)

/** Answers of a query by what it lists: numbers, or amounts by currency. */
const answersTo = async (sql: string): Promise<ReadonlyMap<string, unknown>> => {
  const found = new Map<string, unknown>()
  for (const { g, c, v } of await recount.ask(sql)) {
    const key = String(g)
    found.set(key, c === undefined ? asNumber(v) : { ...Object(found.get(key)), [String(c)]: v })
  }
  return found
}

const isEmpty = (value: unknown): boolean =>
  value === 0 || value === null || (typeof value === 'object' && Object.keys(Object(value)).length === 0)

let compared = 0

/** What SQL does not list is nothing. */
const compare = (name: string, found: unknown, expected: unknown): void => {
  compared += 1
  if (expected === undefined || expected === null) expect([name, isEmpty(found)]).toEqual([name, true])
  else expect([name, found]).toEqual([name, expected])
}

const compareGroups = async (groups: ReadonlyMap<string, Figures>, window: Window, by: string) => {
  const flattened = [...groups].map(([key, figures]) => [key, flat(figures)] as const)
  const queries = figureQueries(window, by)
  for (const [key, values] of flattened)
    expect([key, [...values.keys()].toSorted()]).toEqual([key, [...queries.keys()].toSorted()])
  for (const [name, sql] of queries) {
    const answers = await answersTo(sql)
    for (const [key, values] of flattened) compare(`${key} ${name}`, values.get(name), answers.get(key))
    expect([name, [...answers.keys()].filter((key) => !groups.has(key))]).toEqual([name, []])
  }
}

const windowOf = ([from, to]: readonly [string, string]): Window => ({
  from: Date.parse(from),
  to: Date.parse(to),
  end: Math.min(Date.parse(to), Date.parse(now) + 1),
})

const report = (period: Period, by?: Asked['by']) =>
  kpiReport(columns, { ...periods[period].asked, zone, now, ...(by && { by }) })

const groupsOf = (period: Period, by: NonNullable<Asked['by']>) =>
  new Map((report(period, by).groups ?? []).map(({ key, ...figures }) => [key ?? '', figures] as const))

describe('a year of leads', () => {
  it('holds as many rows as theirs usually does: of 55,000 leads a million', () => {
    expect(facts).toBeGreaterThan(16.5 * people)
    expect(rows).toBeGreaterThan(18.2 * people)
  })

  it.each(names)('%s: every figure is what SQL counts', async (period) => {
    await compareGroups(new Map([['all', report(period)]]), windowOf(periods[period].at), wholly)
  })

  it.each([
    ['year', 'source', '"source"'],
    ['month', 'source', '"source"'],
    ['odd', 'campaign', `coalesce("campaign", '')`],
  ] as const)('%s by %s: every figure is what SQL counts', async (period, by, group) => {
    await compareGroups(groupsOf(period, by), windowOf(periods[period].at), group)
  })

  it('month by month: every figure is what SQL counts in a period of its own', async () => {
    // Clocks change within March and October.
    const starts = Array.from({ length: 12 }, (_none, index) => String(index + 1).padStart(2, '0')).map(
      (month) => [`2026-${month}`, month > '03' && month < '11' ? '+02:00' : '+01:00'] as const,
    )
    const months = groupsOf('year', 'month')
    expect([...months.keys()]).toEqual(starts.map(([month]) => month))
    for (const [index, [month, offset]] of starts.entries()) {
      const [next, after] = starts[index + 1] ?? ['2027-01', '+01:00']
      const window = windowOf([`${month}-01T00:00${offset}`, `${next}-01T00:00${after}`])
      await compareGroups(new Map([['all', months.get(month) ?? report('month')]]), window, wholly)
    }
  })

  it('week by week: every figure is what SQL counts in a period of its own', async () => {
    const days = ['05-13', '05-18', '05-25', '06-01', '06-08', '06-15', '06-22', '06-23']
    const weeks = [...groupsOf('odd', 'week')]
    expect(weeks.map(([week]) => week)).toEqual([20, 21, 22, 23, 24, 25, 26].map((week) => `2026-W${week}`))
    for (const [index, [, figures]] of weeks.entries()) {
      const window = windowOf([`2026-${days[index]}T00:00+02:00`, `2026-${days[index + 1]}T00:00+02:00`])
      await compareGroups(new Map([['all', figures]]), window, wholly)
    }
  })

  it.each(names)('%s: everything that is listed is what SQL counts', async (period) => {
    const { sequences, sources, attribution, shared } = report(period)
    const listed = new Map<string, ReadonlyMap<string, unknown>>()
    const list = <Item extends object>(
      name: string,
      items: readonly Item[],
      key: (item: Item) => string,
    ): void => {
      for (const field of Object.keys(items[0] ?? {}))
        listed.set(
          `${name}.${field}`,
          new Map(items.map((item) => [key(item), money(Reflect.get(item, field))])),
        )
    }
    list('sequence', sequences, ({ id }) => id)
    list(
      'email',
      sequences.flatMap(({ id, emails }) => emails.map((email) => ({ ...email, id }))),
      ({ id, email }) => `${id}/${email}`,
    )
    list('source', sources, ({ source, campaign }) => `${source}|${campaign ?? ''}`)
    for (const [model, credits] of Object.entries(attribution))
      listed.set(
        `attribution.${model}`,
        new Map(credits.map(({ source, revenue }) => [source, money(revenue)])),
      )
    for (const [name, sql] of listQueries(windowOf(periods[period].at))) {
      const [answers, found] = [await answersTo(sql), listed.get(name) ?? new Map()]
      for (const key of new Set([...answers.keys(), ...found.keys()]))
        compare(`${key} ${name}`, found.get(key), answers.get(key))
    }
    expect(shared.revenueBySource).toEqual(
      Object.fromEntries(attribution.first.map(({ source, revenue }) => [source, revenue])),
    )
  })

  it.each(['month', 'odd'] as const)('%s: every cohort is what SQL counts', async (period) => {
    const { cohorts } = report(period).funnel
    const { end, ...whole } = windowOf(periods[period].at)
    let from = whole.from
    expect(cohorts.length).toBeGreaterThan(4)
    for (const { week, leads, reached } of cohorts) {
      // Mondays at midnight in Berlin, across the change of clocks.
      const days = (8 - (new Date(from + 3 * 3_600_000).getUTCDay() || 7)) * 86_400_000
      const shift =
        from < Date.parse('2026-03-29T01:00Z') && from + days > Date.parse('2026-03-29T01:00Z')
          ? 3_600_000
          : 0
      const to = Math.min(whole.to, from + days - shift)
      for (const [key, sql] of cohortQueries({ from, to, end })) {
        const found = key === 'leads' ? leads : Object.entries(reached).find(([stage]) => stage === key)?.[1]
        compare(`${week} ${key}`, found, (await answersTo(sql)).get('all'))
      }
      from = to
    }
    expect(from).toBe(whole.to)
  })

  it.each(over)('%s: what was counted person by person is the same', (period) => {
    const tally = tallies.get(period)
    if (!tally) throw new Error(period)
    const found = report(period)
    const [values, counted] = [flat(found), tallied(tally)]
    expect(counted.size).toBeGreaterThan(60)
    for (const [name, value] of counted) compare(name, values.get(name), money(value))
    const lists = talliedLists(tally)
    const listed = new Map<string, unknown>([
      ...found.sources.flatMap(({ source, campaign, ...one }) =>
        ['leads', 'qualified', 'customers'].map(
          (key) => [`${key} ${source}|${campaign ?? ''}`, Reflect.get(one, key)] as const,
        ),
      ),
      ...found.sequences.flatMap(({ id, emails, ...one }) => [
        ...Object.entries(one).map(([key, value]) => [`sequence.${key} ${id}`, value] as const),
        ...emails.flatMap(({ email, ...own }) =>
          Object.entries(own).map(([key, value]) => [`email.${key} ${id}/${email}`, value] as const),
        ),
      ]),
    ])
    for (const [name, value] of lists.counts)
      if (!name.startsWith('sequence.exited')) compare(name, listed.get(name), value)
    const total = (all: readonly object[]) =>
      sumMoney(
        all.flatMap((one) =>
          Object.entries(one).map(([currency, amount]) => ({ currency, amount: String(amount) })),
        ),
      )
    const revenue = total([...lists.revenue.values()])
    expect(Object.fromEntries(lists.revenue)).toEqual(found.shared.revenueBySource)
    for (const credits of Object.values(found.attribution))
      expect(total(credits.map((one) => one.revenue))).toEqual(revenue)
  })

  it.each(['welcome', 'case-study', 'reminder'])(
    '%s: who did what with it, link by link, is what SQL counts',
    async (email) => {
      const { links, ...people } = emailClicks(columns, { email, sequence: 'nurture' }, now)
      const window = windowOf(['2020-01-01T00:00Z', '2030-01-01T00:00Z'])
      const queries = clickQueries(window, `nurture/${email}`)
      for (const [kind, sql] of queries)
        if (kind !== 'links') compare(kind, Reflect.get(people, kind), (await answersTo(sql)).get('all'))
      const byLink = await answersTo(queries.get('links') ?? '')
      expect(links.map(({ link }) => link).toSorted()).toEqual([...byLink.keys()].toSorted())
      expect(links).toHaveLength(2)
      for (const { link, people: found, share } of links) {
        compare(link, found, byLink.get(link))
        expect(share).toBe(found / people.clicked)
      }
      // Whatever sequence asked for it.
      for (const { link, people: found } of emailClicks(columns, { email }, now).links)
        compare(link, found, followed.get(`${email} ${link}`))
    },
  )

  it('compared more than five thousand figures', () => {
    expect(compared).toBeGreaterThan(5000)
  })

  it('is asked in SQL that Athena reads', () => {
    const trino = new TrinoSQL()
    const window = windowOf(periods.month.at)
    for (const queries of [
      figureQueries(window, '"source"'),
      listQueries(window),
      cohortQueries(window),
      clickQueries(window, 'nurture/welcome'),
    ])
      for (const [name, sql] of queries) expect([name, trino.validate(sql)]).toEqual([name, []])
    expect(trino.validate('select "a" as at from figures group 1')).not.toEqual([])
  })
})
