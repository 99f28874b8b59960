import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { stageIds } from '../../../domain/model/deal.ts'

/** Milliseconds since the epoch, as a report counts them. */
export interface Window {
  readonly from: number
  readonly to: number
  readonly end: number
}

/** What is counted apart: an expression over the rows. */
export const wholly = "'all'"

const instant = (at: number): string =>
  `timestamp '${new Date(at).toISOString().replace('T', ' ').replace('Z', '')}'`

const quoted = (keys: readonly string[]): string => keys.map((key) => `'${key}'`).join(', ')

/** Words of a period in SQL that DuckDB and Athena both read. */
const wordsOf = ({ from, to, end }: Window) => ({
  within: `"happenedAt" >= ${instant(from)} and "happenedAt" < ${instant(Math.min(to, end))}`,
  before: `"happenedAt" < ${instant(Math.min(from, end))}`,
  ever: `"happenedAt" < ${instant(end)}`,
  ended: `"until" >= ${instant(from)} and "until" < ${instant(Math.min(to, end))}`,
  stands: `("until" is null or "until" >= ${instant(end)})`,
  goesOn: `"next" < ${instant(end)}`,
  firstWithin: `"first" >= ${instant(from)} and "first" < ${instant(to)} and "happenedAt" < ${instant(end)}`,
})

/** Every query answers with columns `g`, `v` and, of money, `c`. */
const queriesFor = (window: Window, group: string) => {
  const { within, before, ever, ended, stands, goesOn } = wordsOf(window)
  const count = (where: string, what = 'count(*)'): string =>
    `select ${group} as g, ${what} as v from figures where ${where} group by 1`
  const leads = (where: string): string => count(where, 'count(distinct "lead")')
  const over = (where: string, part: string, whole: string): string =>
    count(where, `cast(${part} as double) / nullif(${whole}, 0)`)
  const has = (where: string): string => `"lead" in (select "lead" from figures where ${where})`
  const kind = (name: string, ...keys: readonly string[]): string =>
    `"kind" = '${name}'${keys.length > 0 ? ` and "key" in (${quoted(keys)})` : ''}`
  const did = (...types: readonly string[]): string => `${kind('activity', ...types)} and ${within}`
  const money = (where: string): string =>
    `select ${group} as g, "currency" as c, cast(sum("amount") as varchar) as v from figures where ${where} and "amount" is not null group by 1, 2`
  const mean = (where: string): string => over(where, 'sum("value")', 'count("value")')
  /** Between two places of the sorted values, in proportion: Trino has no exact quantile. */
  const quantile = (rows: string, share: number, unit: number): string =>
    `select g, (cast(min(span) as double) + (max(span) - min(span)) * (max(place) - floor(max(place)))) / ${unit} as v from (select g, span, nth, ${share} * (times - 1) as place from (select g, span, row_number() over (partition by g order by span) as nth, count(*) over (partition by g) as times from (${rows}) as spans) as ranked) as placed where nth - 1 in (floor(place), ceiling(place)) group by 1`
  const spans = (where: string, start: string, stop: string): string =>
    `select ${group} as g, date_diff('millisecond', ${start}, ${stop}) as span from figures where ${where}`
  return {
    count,
    leads,
    over,
    has,
    kind,
    did,
    money,
    mean,
    quantile,
    spans,
    within,
    before,
    ever,
    ended,
    stands,
    goesOn,
  }
}

type Queries = ReturnType<typeof queriesFor>

const day = 86_400_000

const ofStages = (q: Queries): readonly (readonly [string, string])[] =>
  stageIds.flatMap((stage, rank) => {
    const entered = `${q.kind('stage', stage)} and ${q.within}`
    const began = `${q.kind('lead')} and ${q.within}`
    const came = (to: number): string => q.has(`${q.kind('stage', stageIds[to] ?? '')} and ${q.ever}`)
    const walked = (to: number): string =>
      stageIds
        .slice(0, to + 1)
        .map((one) => q.has(`${q.kind('stage', one)} and "n" <> 0 and ${q.ever}`))
        .join(' and ')
    const distinct = (when: string): string => `count(distinct case when ${when} then "lead" end)`
    const stays = q.spans(`${q.kind('stage', stage)} and "n" <> 0 and ${q.ended}`, '"happenedAt"', '"until"')
    const previous = (of: (to: number) => string): string => (rank === 0 ? 'true' : of(rank - 1))
    return [
      ['entered', q.leads(entered)],
      ['skipped', q.count(entered, `count(distinct "lead") - ${distinct('"n" <> 0')}`)],
      ['current', q.leads(`${q.kind('stage', stage)} and ${q.ever} and ${q.stands}`)],
      ['conversionToNext', q.over(entered, distinct(q.goesOn), 'count(distinct "lead")')],
      [
        'dropOff',
        q.over(entered, `count(distinct "lead") - ${distinct(q.goesOn)}`, 'count(distinct "lead")'),
      ],
      ['fromStart', q.over(began, distinct(came(rank)), 'count(distinct "lead")')],
      ['fromStartStrict', q.over(began, distinct(walked(rank)), 'count(distinct "lead")')],
      ['fromPrevious', q.over(began, distinct(came(rank)), distinct(previous(came)))],
      ['fromPreviousStrict', q.over(began, distinct(walked(rank)), distinct(previous(walked)))],
      ['q1', q.quantile(stays, 0.25, day)],
      ['median', q.quantile(stays, 0.5, day)],
      ['q3', q.quantile(stays, 0.75, day)],
    ].map(([key, sql]) => [`${stage}.${key}`, sql ?? ''] as const)
  })

const ofMetrics = (q: Queries): Readonly<Record<string, string>> => {
  const bought = `${q.kind('purchase')} and ${q.within} and ${q.stands}`
  const earlier = `${q.kind('purchase')} and ${q.before} and ${q.stands}`
  const closed = (...keys: readonly string[]): string =>
    `"kind" in ('purchase', 'loss') and "key" in (${quoted(keys)}) and ${q.within} and ${q.stands}`
  const won = `count(case when "kind" = 'purchase' then 1 end)`
  const answers = q.did('proposal.accepted', 'proposal.declined')
  return {
    'awareness.visits': q.count(q.did('page.viewed')),
    'awareness.impressions': q.count(q.did('ad.impression')),
    'awareness.reach': q.leads(q.did('ad.impression', 'ad.clicked', 'page.viewed')),
    'interest.clicks': q.count(q.did('ad.clicked', 'email.clicked')),
    'interest.dwellSeconds': q.count(q.did('page.engaged'), 'cast(sum("value") as double)'),
    'interest.newsletterSignups': q.count(q.did('newsletter.subscribed')),
    'consideration.demoRequests': q.count(q.did('demo.requested')),
    'consideration.downloads': q.count(q.did('content.downloaded')),
    'consideration.webinarAttendance': q.count(q.did('webinar.attended')),
    'intent.quoteRequests': q.count(q.did('quote.requested')),
    'intent.cartActions': q.count(q.did('cart.updated')),
    'intent.priceComparisons': q.count(q.did('prices.compared')),
    'evaluation.salesEngagements': q.count(q.did('sales.engaged')),
    'evaluation.offerRating': q.mean(q.did('offer.rated')),
    'purchase.purchases': q.count(q.did('order.completed')),
    'purchase.revenue': q.money(`${q.kind('purchase', 'order')} and ${q.within} and ${q.stands}`),
    'purchase.conversionRate': q.over(
      `${q.kind('lead')} and ${q.within}`,
      `count(distinct case when ${q.has(`${q.kind('stage', 'purchase')} and ${q.ever}`)} then "lead" end)`,
      'count(distinct "lead")',
    ),
    'lead_generation.leads': q.leads(`${q.kind('known')} and ${q.within}`),
    'lead_generation.contactRequests': q.count(q.did('contact.requested')),
    'lead_qualification.qualifiedLeads': q.leads(`${q.kind('qualified')} and ${q.within}`),
    'lead_qualification.averageScore': q.mean(`${q.kind('qualified')} and ${q.within}`),
    'needs_analysis.needsAnalysed': q.leads(q.did('needs.recorded')),
    'needs_analysis.needsPerLead': q.over(q.did('needs.recorded'), 'sum("n")', 'count(distinct "lead")'),
    'proposal.proposals': q.count(q.did('proposal.sent')),
    'proposal.acceptanceRate': q.over(
      answers,
      `count(case when "key" = 'proposal.accepted' then 1 end)`,
      'count(*)',
    ),
    'negotiation.medianNegotiationDays': q.quantile(
      q.spans(`${q.kind('negotiation')} and ${q.ended}`, '"happenedAt"', '"until"'),
      0.5,
      day,
    ),
    'negotiation.successRate': q.over(closed('negotiated'), won, 'count(*)'),
    'closing.closeRate': q.over(closed('deal', 'negotiated'), won, 'count(*)'),
    'closing.revenue': q.money(`${bought} and "key" <> 'order'`),
    'post_sale.retentionRate': q.over(
      earlier,
      `count(distinct case when ${q.has(bought)} then "lead" end)`,
      'count(distinct "lead")',
    ),
    'post_sale.satisfaction': q.mean(q.did('customer.rated')),
    'post_sale.repeatPurchases': q.count(
      bought,
      `count(*) - count(distinct case when not ${q.has(earlier)} then "lead" end)`,
    ),
  }
}

const ofShared = (q: Queries, group: string): Readonly<Record<string, string>> => {
  const bought = `${q.kind('purchase')} and ${q.ever} and ${q.stands}`
  const first = `select "lead", min("source") as "source", min("campaign") as "campaign", min("happenedAt") as "happenedAt", min("first") as "first" from figures where ${bought} group by 1`
  const days = `select ${group} as g, date_diff('millisecond', "first", "happenedAt") as span from (${first}) as firsts where ${q.within}`
  return {
    handoffAcceptanceRate: q.over(
      `"kind" in ('accepted', 'rejected') and ${q.within}`,
      `count(case when "kind" = 'accepted' then 1 end)`,
      'count(*)',
    ),
    medianHoursToAccept: q.quantile(
      q.spans(`${q.kind('accepted')} and "first" is not null and ${q.within}`, '"first"', '"happenedAt"'),
      0.5,
      3_600_000,
    ),
    handoffsOverdue: q.count(`${q.kind('overdue')} and ${q.within}`),
    leadToCustomerRate: q.over(
      `${q.kind('known')} and ${q.within}`,
      `count(distinct case when ${q.has(bought)} then "lead" end)`,
      'count(distinct "lead")',
    ),
    medianDaysToCustomer: q.quantile(days, 0.5, day),
  }
}

/** SQL of each figure of a period, by its name. */
export const figureQueries = (window: Window, group: string): ReadonlyMap<string, string> => {
  const q = queriesFor(window, group)
  const won = `${q.kind('purchase', 'deal', 'negotiated')} and ${q.within} and ${q.stands}`
  return new Map([
    ...ofStages(q),
    ...Object.entries(ofMetrics(q)),
    ...Object.entries(ofShared(q, group)).map(([key, sql]) => [`shared.${key}`, sql] as const),
    ['velocity.openDeals', q.count(`${q.kind('deal')} and ${q.ever} and ${q.stands}`)],
    ['velocity.averageDays', q.mean(won)],
  ])
}

/** SQL of what a report lists, by its name; `g` is what is listed. */
export const listQueries = (window: Window): ReadonlyMap<string, string> => {
  const { within, before, ever, stands, firstWithin } = wordsOf(window)
  const by = (g: string, what: string, where: string): string =>
    `select ${g} as g, ${what} as v from figures where ${where} group by 1`
  const paid = (g: string, where: string): string =>
    `select ${g} as g, "currency" as c, cast(sum("amount") as varchar) as v from figures where ${where} and "amount" is not null group by 1, 2`
  const origin = `concat("source", '|', coalesce("campaign", ''))`
  const bought = `"kind" = 'purchase' and ${stands}`
  const emails = ['delivered', 'opened', 'clicked', 'unsubscribed'].map(
    (kind) => [`email.${kind}`, by('"key"', 'count(*)', `"kind" = '${kind}' and ${firstWithin}`)] as const,
  )
  const models = ['last', 'linear', 'position', 'decay'].map(
    (model) =>
      [
        `attribution.${model}`,
        paid('"source"', `"kind" = 'credit' and "key" = '${model}' and ${within} and ${stands}`),
      ] as const,
  )
  return new Map([
    ['sequence.entered', by('"key"', 'count(*)', `"kind" = 'run' and ${within}`)],
    ['sequence.active', by('"key"', 'count(*)', `"kind" = 'run' and ${ever} and ${stands}`)],
    ['sequence.completed', by('"key"', 'count(*)', `"kind" = 'completed' and ${within}`)],
    ['sequence.goal', by('"key"', 'count(*)', `"kind" = 'goal' and ${within}`)],
    ['email.sent', by('"key"', 'count(*)', `"kind" = 'sent' and ${within}`)],
    ...emails,
    ['source.leads', by(origin, 'count(distinct "lead")', `"kind" = 'known' and ${within}`)],
    ['source.qualified', by(origin, 'count(distinct "lead")', `"kind" = 'qualified' and ${within}`)],
    [
      'source.customers',
      by(
        origin,
        'count(distinct "lead")',
        `${bought} and ${within} and "lead" not in (select "lead" from figures where ${bought} and ${before})`,
      ),
    ],
    ['source.revenue', paid(origin, `${bought} and ${within}`)],
    ['source.cost', paid(origin, `"kind" = 'cost' and ${within}`)],
    ['attribution.first', paid('"source"', `${bought} and ${within}`)],
    ...models,
  ])
}

/** SQL of what people did with an email by the end of the window; `g` is a link where it asks for those. */
export const clickQueries = (window: Window, email: string): ReadonlyMap<string, string> => {
  const { ever } = wordsOf(window)
  const count = (kind: string, g: string, key: string): string =>
    `select ${g} as g, count(distinct "lead") as v from figures where "kind" = '${kind}' and "key" ${key} and ${ever} group by 1`
  return new Map([
    ...['sent', 'delivered', 'opened', 'clicked', 'unsubscribed'].map(
      (kind) => [kind, count(kind, `'all'`, `= '${email}'`)] as const,
    ),
    ['links', count('link', `substr("key", ${email.length + 2})`, `like '${email} %'`)],
  ])
}

/** SQL of a cohort: leads first seen in the window, and those of them in a stage by its end. */
export const cohortQueries = (window: Window): ReadonlyMap<string, string> => {
  const { within, ever } = wordsOf(window)
  const began = `"kind" = 'lead' and ${within}`
  const of = (where: string): string =>
    `select 'all' as g, count(distinct "lead") as v from figures where ${where}`
  return new Map([
    ['leads', of(began)],
    ...stageIds.map(
      (stage) =>
        [
          stage,
          of(
            `${began} and "lead" in (select "lead" from figures where "kind" = 'stage' and "key" = '${stage}' and ${ever})`,
          ),
        ] as const,
    ),
  ])
}

/** Answers in SQL over the stored rows. */
export const makeRecount = async (files: readonly Uint8Array[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'trichter-rows-'))
  for (const [part, bytes] of files.entries()) writeFileSync(join(folder, `${part}.parquet`), bytes)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(
    `create table figures as select * from read_parquet('${folder}/*.parquet') order by "kind", "key", "happenedAt"`,
  )
  rmSync(folder, { recursive: true })
  return {
    ask: async (sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
      (await connection.runAndReadAll(sql)).getRowObjects(),
    close: (): void => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
