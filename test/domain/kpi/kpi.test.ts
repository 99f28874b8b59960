import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { sampleActivities } from '../../../bin/sample-leads.ts'
import { columnsOf, rowsInColumns } from '../../../domain/kpi/columns.ts'
import { phaseMetrics, sharedMetrics, stageMetrics } from '../../../domain/kpi/metrics.ts'
import { kpiReport } from '../../../domain/kpi/report.ts'
import type { Asked, History, Row } from '../../../domain/kpi/row.ts'
import { costRow, rowsOf } from '../../../domain/kpi/rows-of.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { runs } from '../../support/runs.ts'
import { anyLog, anyRules } from '../support/arbitrary.ts'
import { fact, leadIdOf } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(
  makePlaybook({
    handoff: { ...makePlaybook().handoff, qualify: 'did("quote.requested")', require: [] },
  }),
)
const later = '2026-06-01T00:00:00.000Z'
/** March; all that follows is of 2026. */
const march: Asked = {
  ...{ from: '2026-03-01', to: '2026-04-01', zone: 'UTC' },
  now: later,
}

interface Person {
  readonly facts: readonly Fact[]
  readonly handoffs?: History['handoffs']
}

const rowsOfPeople = (people: readonly Person[], now = march.now): readonly Row[] =>
  people.flatMap(({ facts, handoffs = [] }, index) =>
    rowsOf(
      { leadId: leadIdOf(`lead-${index}-of-all`), log: facts, handoffs, runs: [], sends: [] },
      rules,
      now,
    ),
  )
const report = (people: readonly Person[], asked = march) =>
  kpiReport([columnsOf(rowsInColumns(rowsOfPeople(people, asked.now)))], asked)

const known = (id: string, at: string): Fact => ({ ...fact(id, 'custom.known', at), email: 'a@b.example' })
const eur = (amount: string | number) => ({ amount, currency: 'EUR' })

/**
 * A bought in January and again in March. B goes from the first page to a deal of 1,000.10 EUR within March. C loses a
 * deal. D is a visitor. E came in February and rejected nothing but a proposal.
 */
const a: Person = {
  facts: [
    known('a0', '01-10T00:00'),
    fact('a1', 'order.completed', '01-11T00:00', eur('50')),
    fact('a2', 'order.completed', '03-05T00:00', eur('0.10')),
    fact('a3', 'order.completed', '03-06T00:00', { amount: 700, currency: 'JPY' }),
    fact('a4', 'customer.rated', '03-07T00:00', { rating: 5 }),
    fact('a5', 'customer.rated', '03-08T00:00', { rating: 2 }),
  ],
}
const b: Person = {
  facts: [
    fact('b0', 'page.viewed', '03-02T00:00', { source: 'google', path: '/' }),
    fact('b1', 'page.viewed', '03-02T00:10', { source: 'bing', path: '/x' }),
    fact('b2', 'page.engaged', '03-02T00:11', { seconds: 40 }),
    fact('b3', 'page.engaged', '03-02T00:12', { seconds: 2.5 }),
    fact('b4', 'ad.clicked', '03-02T00:20'),
    known('b5', '03-02T01:00'),
    fact('b6', 'newsletter.subscribed', '03-02T01:00'),
    fact('b7', 'demo.requested', '03-04T01:00'),
    fact('b8', 'quote.requested', '03-05T00:00'),
    fact('b9', 'handoff.accepted', '03-05T06:00', { handoffId: 'lead-b.1' }),
    fact('b10', 'needs.recorded', '03-06T00:00', { needs: ['x', 'y', 'z'] }),
    fact('b11', 'proposal.sent', '03-07T00:00', eur('900')),
    fact('b12', 'proposal.declined', '03-08T00:00'),
    fact('b13', 'negotiation.started', '03-09T00:00'),
    fact('b14', 'negotiation.ended', '03-13T00:00'),
    fact('b15', 'proposal.accepted', '03-14T00:00'),
    fact('b16', 'deal.won', '03-16T00:00', eur(1000.1)),
    fact('b17', 'order.completed', '03-20T00:00', eur('0.20')),
  ],
  handoffs: [
    {
      handoffId: 'lead-b.1',
      requestedAt: '2026-03-05T02:00:00.000Z',
      dueAt: '2026-03-05T05:00:00.000Z',
      answer: {
        state: 'won',
        at: '2026-03-16T00:00:00.000Z',
        accepted: { at: '2026-03-05T06:00:00.000Z', by: 'x' },
      },
    },
  ],
}
const c: Person = {
  facts: [
    known('c0', '03-03T00:00'),
    fact('c1', 'form.submitted', '03-03T00:00', { form: 'quote', fields: { utm_source: 'fair' } }),
    fact('c2', 'contact.requested', '03-03T01:00'),
    fact('c3', 'quote.requested', '03-03T00:00'),
    fact('c4', 'cart.updated', '03-03T02:00'),
    fact('c5', 'prices.compared', '03-03T03:00'),
    fact('c6', 'handoff.accepted', '03-03T10:00', { handoffId: 'lead-c.1' }),
    fact('c7', 'handoff.accepted', '03-03T11:00', { handoffId: 'lead-c.1' }),
    fact('c8', 'sales.engaged', '03-04T00:00', { channel: 'phone' }),
    fact('c9', 'needs.recorded', '03-04T00:00'),
    fact('c10', 'needs.recorded', '03-05T00:00', { needs: ['x'] }),
    fact('c11', 'offer.rated', '03-05T00:00', { rating: 4 }),
    fact('c12', 'offer.rated', '03-06T00:00', { rating: 'good' }),
    fact('c13', 'deal.moved', '03-08T00:00', { phase: 'negotiation' }),
    fact('c14', 'deal.lost', '03-10T00:00', { reason: 'price' }),
  ],
  handoffs: [
    {
      handoffId: 'lead-c.1',
      requestedAt: '2026-03-03T00:00:00.000Z',
      dueAt: '2026-03-03T16:00:00.000Z',
      answer: {
        state: 'lost',
        at: '2026-03-10T00:00:00.000Z',
        accepted: { at: '2026-03-03T10:00:00.000Z', by: 'x' },
      },
    },
  ],
}
const d: Person = {
  facts: [
    fact('d0', 'ad.impression', '03-04T00:00'),
    fact('d1', 'ad.impression', '03-05T00:00'),
    fact('d2', 'content.downloaded', '03-06T00:00'),
    fact('d3', 'webinar.attended', '03-07T00:00'),
    // The first moment that is no more of March.
    fact('d4', 'page.viewed', '04-01T00:00'),
  ],
}
const e: Person = {
  facts: [
    known('e0', '02-01T00:00'),
    fact('e1', 'quote.requested', '02-02T00:00'),
    fact('e2', 'page.viewed', '03-01T00:00', { referrer: 'news.example' }),
    fact('e3', 'email.clicked', '03-02T00:00', { email: 'welcome' }),
    fact('e4', 'handoff.rejected', '03-03T00:00', { handoffId: 'lead-e.1', reason: 'not-now' }),
    fact('e5', 'proposal.sent', '03-04T00:00', eur('77')),
    fact('e6', 'activity.voided', '03-05T00:00', { activityId: 'e5' }),
  ],
  handoffs: [
    {
      handoffId: 'lead-e.1',
      requestedAt: '2026-02-02T00:00:00.000Z',
      dueAt: '2026-02-03T00:00:00.000Z',
      answer: { state: 'rejected', at: '2026-03-03T00:00:00.000Z', by: 'x', reason: 'not-now' },
    },
  ],
}
const everybody = [a, b, c, d, e]

/** Copied from CONTRACT section 8. */
const contract = {
  awareness: ['visits', 'impressions', 'reach'],
  interest: ['clicks', 'dwellSeconds', 'newsletterSignups'],
  consideration: ['demoRequests', 'downloads', 'webinarAttendance'],
  intent: ['quoteRequests', 'cartActions', 'priceComparisons'],
  // biome-ignore format: a line each
  evaluation: [
    'salesEngagements',
    'offerRating',
  ],
  purchase: ['purchases', 'revenue', 'conversionRate'],
  lead_generation: ['leads', 'contactRequests'],
  lead_qualification: ['qualifiedLeads', 'averageScore'],
  needs_analysis: ['needsAnalysed', 'needsPerLead'],
  proposal: ['proposals', 'acceptanceRate'],
  negotiation: ['medianNegotiationDays', 'successRate'],
  closing: ['closeRate', 'revenue'],
  post_sale: ['retentionRate', 'satisfaction', 'repeatPurchases'],
}
const contractShared = [
  ...['handoffAcceptanceRate', 'medianHoursToAccept', 'handoffsOverdue', 'leadToCustomerRate'],
  ...['medianDaysToCustomer', 'revenueBySource'],
]

describe('the keys', () => {
  const { funnel, sales, shared } = report(everybody)
  it('are those of the contract, in its order', () => {
    const found = [...funnel.stages, ...sales.phases].map(({ id, metrics }) => [id, Object.keys(metrics)])
    expect(Object.fromEntries(found)).toEqual(contract)
    expect(found.map(([id]) => id)).toEqual(Object.keys(contract))
    expect(Object.keys(shared)).toEqual(contractShared)
    const keys = Object.entries({ ...stageMetrics, ...phaseMetrics }).map(([id, of]) => [id, Object.keys(of)])
    expect(Object.fromEntries(keys)).toEqual(contract)
    expect(Object.keys(sharedMetrics)).toEqual(contractShared)
  })

  it('are there when nobody is, and say that nothing is known', () => {
    const nobody = report([])
    for (const stage of nobody.funnel.stages)
      expect(stage).toMatchObject({ entered: 0, current: 0, conversionToNext: null, medianDaysInStage: null })
    expect(nobody.shared).toEqual({
      handoffAcceptanceRate: null,
      medianHoursToAccept: null,
      handoffsOverdue: 0,
      leadToCustomerRate: null,
      medianDaysToCustomer: null,
      revenueBySource: {},
    })
  })
})

describe('metrics, worked out by hand', () => {
  const { funnel, sales, shared, sources } = report(everybody)
  const metrics = new Map<string, unknown>(
    [...funnel.stages, ...sales.phases].flatMap(({ id, metrics }) =>
      Object.entries(metrics).map(([key, value]) => [`${id}.${key}`, value] as const),
    ),
  )
  it.each<[string, unknown, string]>([
    ['awareness.visits', 3, 'two of B, one of E; that of D is of April'],
    ['awareness.impressions', 2, 'of D'],
    ['awareness.reach', 3, 'B, D and E'],
    ['interest.clicks', 2, 'an ad by B, a link in an email by E'],
    ['interest.dwellSeconds', 42.5, 'of B'],
    ['interest.newsletterSignups', 1, 'B'],
    ['consideration.demoRequests', 1, 'B'],
    ['consideration.downloads', 1, 'D'],
    ['consideration.webinarAttendance', 1, 'D'],
    ['intent.quoteRequests', 2, 'B and C; that of E is of February'],
    ['intent.cartActions', 1, 'C'],
    ['intent.priceComparisons', 1, 'C'],
    ['evaluation.salesEngagements', 1, 'C'],
    ['evaluation.offerRating', 4, 'C; what is no number does not count'],
    ['purchase.purchases', 3, 'two of A, one of B'],
    ['purchase.revenue', { EUR: '0.30', JPY: '700' }, '0.10 of A, 0.20 of B, 700 yen of A'],
    ['purchase.conversionRate', 1 / 3, 'B, C and D began, B bought'],
    ['lead_generation.leads', 2, 'B and C; D left no address'],
    ['lead_generation.contactRequests', 1, 'C'],
    ['lead_qualification.qualifiedLeads', 2, 'B and C'],
    // B: sign-up 10, demo of 23 hours before 30 × 2^(−23/24/30), quote 40, to six places; C: quote 40.
    ['lead_qualification.averageScore', (79.343034 + 40) / 2, 'of B and C'],
    ['needs_analysis.needsAnalysed', 2, 'B and C'],
    ['needs_analysis.needsPerLead', 2, 'three of B, one of C'],
    ['proposal.proposals', 1, 'B; that of E was taken back'],
    ['proposal.acceptanceRate', 1 / 2, 'declined once and accepted once by B'],
    ['negotiation.medianNegotiationDays', 3, 'four days of B until it ended, two of C until the loss'],
    ['negotiation.successRate', 1 / 2, 'B won, C lost'],
    ['closing.closeRate', 1 / 2, 'B won, C lost'],
    ['closing.revenue', { EUR: '1000.10' }, 'B'],
    ['post_sale.retentionRate', 1, 'A was a customer before March, and bought'],
    ['post_sale.satisfaction', 3.5, '5 and 2 of A'],
    ['post_sale.repeatPurchases', 3, 'two orders of A, that of B after the win'],
  ])('%s is %j: %s', (key, value) => {
    if (typeof value === 'number') expect(metrics.get(key)).toBeCloseTo(value, 10)
    else expect(metrics.get(key)).toEqual(value)
  })

  it('of both teams', () => {
    expect(shared).toEqual({
      // Accepted: B, C (told twice). Rejected: E.
      handoffAcceptanceRate: 2 / 3,
      // B: 02:00 to 06:00. C: 00:00 to 10:00.
      medianHoursToAccept: 7,
      // B an hour late; that of E was overdue in February already.
      handoffsOverdue: 1,
      // B and C became leads in March, B bought.
      leadToCustomerRate: 1 / 2,
      // B, from 2 to 16 March; A has been a customer before.
      medianDaysToCustomer: 14,
      revenueBySource: { direct: { EUR: '0.10', JPY: '700' }, google: { EUR: '1000.30' } },
    })
    const nothing = { cost: {}, costPerLead: {}, costPerCustomer: {}, return: {}, campaign: null }
    expect(sources).toEqual([
      {
        ...nothing,
        ...{ source: 'direct', leads: 0, qualified: 0, customers: 0 },
        revenue: { EUR: '0.10', JPY: '700' },
      },
      { ...nothing, source: 'fair', leads: 1, qualified: 1, customers: 0, revenue: {} },
      { ...nothing, source: 'google', leads: 1, qualified: 1, customers: 1, revenue: { EUR: '1000.30' } },
    ])
  })

  it('of the stages', () => {
    expect(
      funnel.stages.map(({ id, entered, current, conversionToNext, medianDaysInStage }) => [
        ...[id, entered, current, conversionToNext, medianDaysInStage],
      ]),
    ).toEqual([
      // B, C and D began in March; B stayed for an hour, C for no time.
      ['awareness', 3, 1, 2 / 3, 1 / 48],
      // B stayed for two days, C passed through; E was sent back here by the rejection.
      ['interest', 3, 1, 2 / 3, 2],
      ['consideration', 2, 0, 1, 23 / 24],
      // C stayed for a day, B for 15, and E from 2 February to 3 March.
      ['intent', 2, 0, 1, 15],
      ['evaluation', 2, 1, 1 / 2, null],
      // A came there in January.
      ['purchase', 1, 2, 0, null],
    ])
  })
})

describe('the funnel in depth, worked out by hand', () => {
  const { funnel, sales } = report(everybody)
  const stage = (id: string) => funnel.stages.find((one) => one.id === id)

  it('counts from the start and from the stage before, with and without skipped stages', () => {
    // B, C and D began in March; B walked through every stage but evaluation, C skipped two.
    expect(stage('interest')).toMatchObject({
      skipped: 1,
      conversionFromStart: { anyOrder: 2 / 3, strict: 1 / 3 },
      conversionFromPrevious: { anyOrder: 2 / 3, strict: 1 / 3 },
    })
    expect(stage('intent')).toMatchObject({
      skipped: 0,
      conversionFromStart: { anyOrder: 2 / 3, strict: 1 / 3 },
      conversionFromPrevious: { anyOrder: 1, strict: 1 },
      dropOff: 0,
    })
    expect(stage('evaluation')).toMatchObject({
      skipped: 1,
      conversionFromStart: { anyOrder: 2 / 3, strict: 0 },
      dropOff: 1 / 2,
    })
    expect(stage('purchase')).toMatchObject({ conversionFromStart: { anyOrder: 1 / 3, strict: 0 } })
  })

  it('gives the quartiles of the days in a stage', () => {
    // C a day, B 15, E from 2 February to 3 March.
    expect(stage('intent')?.daysInStage).toEqual({ q1: 8, median: 15, q3: 22 })
  })

  it('follows the leads of each week', () => {
    expect(funnel.cohorts).toEqual(
      ['2026-W09', '2026-W10', '2026-W11', '2026-W12', '2026-W13', '2026-W14'].map((week) => {
        const isTheirs = week === '2026-W10'
        const of = (count: number): number => (isTheirs ? count : 0)
        return {
          ...{ week, leads: of(3) },
          reached: {
            ...{ awareness: of(3), interest: of(2), consideration: of(2) },
            ...{ intent: of(2), evaluation: of(2), purchase: of(1) },
          },
        }
      }),
    )
  })

  it('tells how fast sales goes', () => {
    // B was won after ten and three quarters of a day, C lost; nothing is open.
    expect(sales.velocity).toEqual({
      openDeals: 0,
      closeRate: 1 / 2,
      averageDays: 10.75,
      perDay: { EUR: 0 },
    })
    const open = { facts: [fact('f', 'deal.opened', '03-20T00:00')] }
    expect(report([...everybody, open]).sales.velocity).toMatchObject({
      openDeals: 1,
      perDay: { EUR: (1 * (1 / 2) * 1000.1) / 10.75 },
    })
  })
})

describe('groups', () => {
  const groups = (by: Asked['by'], asked: Partial<Asked> = {}) =>
    (report(everybody, { ...march, ...asked, ...(by && { by }) }).groups ?? []).map(
      ({ key, funnel, sales }) => [key, funnel.stages[0]?.metrics.visits, sales.phases[0]?.metrics.leads],
    )

  it('are by the first touch', () => {
    expect(groups('source')).toEqual([
      ['direct', 0, 0],
      ['fair', 0, 1],
      ['google', 2, 1],
      ['news.example', 1, 0],
    ])
    expect(groups('campaign')).toEqual([[null, 3, 2]])
  })

  it('are weeks and months, cut where the period begins and ends', () => {
    expect(groups('week', { to: '2026-03-10' })).toEqual([
      ['2026-W09', 1, 0],
      ['2026-W10', 2, 2],
      ['2026-W11', 0, 0],
    ])
    expect(groups('month', { from: '2026-02-15', to: '2026-04-02' })).toEqual([
      ['2026-02', 0, 0],
      ['2026-03', 3, 2],
      ['2026-04', 1, 0],
    ])
    expect(groups(undefined)).toEqual([])
  })
})

describe('sequences', () => {
  it('count runs of the period, and what became of the emails that went out in it', () => {
    const at = (day: string) => `2026-${day}T00:00:00.000Z`
    const send = (sendId: string, sentAt: string) => ({
      sendId,
      email: 'welcome',
      sequence: 'nurture',
      sentAt,
    })
    const hit = (id: string, type: string, day: string, sendId: string) =>
      fact(id, type, `${day}T00:00`, { sendId, email: 'welcome', link: 'https://a.example' })
    const rows = rowsOf(
      {
        leadId: leadIdOf('lead-0001'),
        log: [
          fact('p', 'page.viewed', '02-01T00:00'),
          hit('d1', 'email.delivered', '02-21', 'early'),
          hit('c1', 'email.clicked', '03-02', 'early'),
          hit('d2', 'email.delivered', '03-10', 'one'),
          hit('o2', 'email.opened', '03-11', 'one'),
          hit('c2', 'email.clicked', '04-02', 'one'),
        ],
        handoffs: [],
        runs: [
          { sequence: 'nurture', enteredAt: at('02-20'), status: { type: 'goal', at: at('03-20') } },
          { sequence: 'nurture', enteredAt: at('03-20'), status: { type: 'completed', at: at('04-20') } },
        ],
        sends: [
          send('early', at('02-20')),
          send('one', at('03-09')),
          // A broadcast is no sequence.
          { ...send('cast', at('03-12')), sequence: 'broadcast.b1' },
        ],
      },
      rules,
      march.now,
    )
    expect(kpiReport([columnsOf(rowsInColumns(rows))], march).sequences).toEqual([
      {
        ...{ id: 'nurture', entered: 1, active: 1, completed: 0, goal: 1 },
        emails: [{ email: 'welcome', sent: 1, delivered: 1, opened: 1, clicked: 0, unsubscribed: 0 }],
      },
    ])
  })
})

describe('sources', () => {
  const cost = (source: string, campaign: string | null, amount: string, currency = 'EUR') =>
    costRow({ id: 'c', occurredAt: '2026-03-10T00:00:00.000Z', source, campaign, amount, currency })

  it('cost what their channels cost, for each lead and each customer', () => {
    const rows = [
      ...rowsOfPeople(everybody),
      ...[cost('google', null, '400.05'), cost('google', null, '100.00'), cost('google', null, '3', 'JPY')],
      ...[cost('fair', 'autumn', '10.00'), cost('free', null, '0.00')],
      costRow({
        ...{ id: 'd', occurredAt: '2026-04-01T00:00:00.000Z' },
        ...{ source: 'google', campaign: null },
        amount: '9.00',
        currency: 'EUR',
      }),
    ]
    const { sources } = kpiReport([columnsOf(rowsInColumns(rows))], march)
    const spent = Object.fromEntries(
      sources.map((one) => [
        `${one.source} ${one.campaign}`,
        [one.cost, one.costPerLead, one.costPerCustomer, one.return],
      ]),
    )
    expect(spent).toEqual({
      'direct null': [{}, {}, {}, {}],
      'fair null': [{}, {}, {}, {}],
      'fair autumn': [{ EUR: '10.00' }, {}, {}, { EUR: -1 }],
      'free null': [{ EUR: '0.00' }, {}, {}, {}],
      'google null': [
        { EUR: '500.05', JPY: '3' },
        { EUR: '500.05', JPY: '3' },
        { EUR: '500.05', JPY: '3' },
        // 1000.30 EUR came of it, and no yen.
        { EUR: 500.25 / 500.05, JPY: -1 },
      ],
    })
  })

  it('are those that the sample leads came from', () => {
    const people = Map.groupBy(sampleActivities(Date.parse(march.now)), ({ subject }) => subject.email)
    const rows = rowsOfPeople(
      [...people].map(([email, activities]) => ({
        facts: activities.map(({ id, type, occurredAt, properties }) => ({
          ...{ id, type, occurredAt, email },
          properties: JSON.parse(JSON.stringify(properties)),
        })),
      })),
    )
    const { sources } = kpiReport([columnsOf(rowsInColumns(rows))], { ...march, to: '2026-06-02' })
    expect(sources.map(({ source, leads, revenue }) => [source, leads, Object.keys(revenue).length])).toEqual(
      [
        ['fair', 10, 1],
        ['google', 10, 0],
        ['linkedin', 10, 0],
        ['trade-press', 10, 1],
      ],
    )
  })

  it('are a hundred at most, and campaigns too: the least are counted together', () => {
    const visitors = Array.from({ length: 120 }, (_none, index) => ({
      facts: [
        fact(`v${index}`, 'page.viewed', '03-02T00:00', {
          source: `site-${index}`,
          ...(index < 105 && { campaign: `c-${index}` }),
        }),
        ...(index % 2 === 0 ? [known(`k${index}`, '03-02T01:00')] : []),
        ...(index === 119 ? [fact('o', 'order.completed', '03-03T00:00', eur('7.00'))] : []),
      ],
    }))
    const { sources, shared, attribution } = report(visitors)
    const named = new Set(sources.map(({ source }) => source))
    expect(shared.revenueBySource).toEqual({ 'site-119': { EUR: '7.00' } })
    expect(attribution.last).toEqual([{ source: 'site-119', revenue: { EUR: '7.00' } }])
    expect(sources.reduce((sum, { leads }) => sum + leads, 0)).toBe(60)
    expect(named.has('site-118')).toBe(true)
    const groups = report(visitors, { ...march, by: 'source' }).groups ?? []
    expect(groups.length).toBe(101)
    const visits = groups.map(({ key, funnel }) => [key, funnel.stages[0]?.metrics.visits])
    expect(visits.filter(([, count]) => count !== 1)).toEqual([['(other)', 20]])
    expect(report(visitors, { ...march, by: 'campaign' }).groups?.length).toBe(102)
  })

  it('share their costs by halves rounded up', () => {
    const four = [1, 2, 3, 4].map((id) => ({ facts: [known(`k${id}`, '03-02T00:00')] }))
    const rows = [...rowsOfPeople(four), cost('direct', null, '0.10')]
    const [direct] = kpiReport([columnsOf(rowsInColumns(rows))], march).sources
    expect(direct).toMatchObject({ leads: 4, costPerLead: { EUR: '0.03' }, costPerCustomer: {} })
  })
})

describe('the window', () => {
  it('without a request that is kept, hours count from the qualification', () => {
    expect(report([{ facts: b.facts }]).shared.medianHoursToAccept).toBe(6)
  })

  it('holds those of its first moment, not those of its last', () => {
    const at = (occurredAt: string) =>
      report([{ facts: [{ ...fact('x', 'page.viewed', '01-01T00:00'), occurredAt }] }])
    const visits = (occurredAt: string) => at(occurredAt).funnel.stages[0]?.metrics.visits
    expect(
      ['2026-03-01T00:00:00.000Z', '2026-03-31T23:59:59.999Z', '2026-04-01T00:00:00.000Z'].map(visits),
    ).toEqual([1, 1, 0])
  })

  it('is whole days of the company, also where clocks change', () => {
    const visits = (occurredAt: string, asked: Partial<Asked>) =>
      report([{ facts: [{ ...fact('x', 'page.viewed', '01-01T00:00'), occurredAt }] }], {
        ...march,
        zone: 'Europe/Berlin',
        ...asked,
      }).funnel.stages[0]?.metrics.visits
    const moments = ['2026-02-28T22:59:59.999Z', '2026-02-28T23:00:00.000Z', '2026-03-31T21:59:59.999Z']
    expect([...moments, '2026-03-31T22:00:00.000Z'].map((at) => visits(at, {}))).toEqual([0, 1, 1, 0])
    expect(visits('2026-03-31T23:00:00.000Z', { zone: 'UTC' })).toBe(1)
  })

  it('that is not over counts what has happened', () => {
    const person = {
      facts: [fact('x', 'page.viewed', '03-02T00:00'), fact('y', 'page.viewed', '03-03T00:00')],
    }
    const until = (now: string) => report([person], { ...march, now }).funnel.stages[0]?.metrics.visits
    expect(['2026-03-01T23:59:59.999Z', '2026-03-02T00:00:00.000Z', later].map(until)).toEqual([0, 1, 2])
  })

  it('that is over is not changed by what comes later, but by what is taken back', () => {
    const won = [
      fact('h', 'handoff.accepted', '03-02T00:00', { handoffId: 'lead-x.1' }),
      fact('w', 'deal.won', '03-03T00:00', eur('10')),
    ]
    const revenue = (...more: readonly Fact[]) =>
      report([{ facts: [...won, ...more] }]).sales.phases[5]?.metrics.revenue
    expect(revenue()).toEqual({ EUR: '10.00' })
    expect(revenue(fact('m', 'deal.moved', '04-02T00:00', { phase: 'proposal', reason: 'again' }))).toEqual({
      EUR: '10.00',
    })
    expect(revenue(fact('v', 'activity.voided', '04-02T00:00', { activityId: 'w' }))).toEqual({})
  })

  test('any split of the leads into parts, in any order, gives the same figures', () => {
    fc.assert(
      fc.property(
        fc.array(anyLog(10), { maxLength: 6 }),
        anyRules,
        fc.infiniteStream(fc.nat(2)),
        fc.constantFrom('source', 'week', undefined),
        (logs, anyOf, parts, by) => {
          const rows = logs.map((log, index) =>
            rowsOf(
              { leadId: leadIdOf(`lead-000${index}`), log, handoffs: [], runs: [], sends: [] },
              anyOf,
              march.now,
            ),
          )
          const several: Row[][] = [[], [], []]
          for (const own of rows.toReversed()) several[Number(parts.next().value)]?.push(...own.toReversed())
          const asked: Asked = { ...march, from: '2026-02-25', to: '2026-03-05', ...(by && { by }) }
          const whole = kpiReport([columnsOf(rowsInColumns(rows.flat()))], asked)
          expect(
            kpiReport(
              several.map((own) => columnsOf(rowsInColumns(own))),
              asked,
            ),
          ).toEqual(whole)
        },
      ),
      { numRuns: runs(200) },
    )
  })
})
