import type { SalesPhase, StageId } from '../model/deal.ts'
import type { Select } from './count.ts'
import {
  delay,
  leads,
  type Measure,
  mean,
  money,
  moneyBySource,
  rate,
  rows,
  stay,
  sum,
  total,
} from './measure.ts'
import type { RowKind } from './row.ts'

/** What a figure is given in; `rate`: from 0 to 1. */
export type MetricUnit =
  | 'count'
  | 'leads'
  | 'rate'
  | 'ratio'
  | 'days'
  | 'hours'
  | 'seconds'
  | 'money'
  | 'points'
  | 'stars'

export interface Metric {
  readonly unit: MetricUnit
  readonly measure: Measure
}

const did = (...keys: readonly string[]): Select => ({ kind: 'activity', keys })

const activities = (...types: readonly string[]): Metric => ({ unit: 'count', measure: rows(did(...types)) })

const rating = (type: string): Metric => ({ unit: 'stars', measure: mean(did(type)) })

const deals = ['deal', 'negotiated']
const negotiated = ['negotiated']

/** Purchases of the period, as they stand at its end. */
const bought: Select = { kind: 'purchase', stands: true }
const boughtBefore: Select = { ...bought, when: 'before' }
const boughtEver: Select = { ...bought, when: 'ever' }
const won: Select = { ...bought, keys: deals }
const lost: Select = { kind: 'loss', stands: true }

const closeRate = (keys: readonly string[]): Measure =>
  rate(rows({ ...won, keys }), total([rows({ ...won, keys }), rows({ ...lost, keys })]))

/** Leads that bought for the first time. */
export const newCustomers = total([leads(bought)], [leads(bought, boughtBefore)])
export const newLeads = leads({ kind: 'known' })
export const qualifiedLeads = leads({ kind: 'qualified' })
/** Of orders and won deals. */
export const allRevenue = bought

/** What became of runs of a sequence. */
export const sequenceMeasures = (id: string) => {
  const [run, keys] = [{ kind: 'run', keys: [id] } as const, [id]]
  return {
    entered: rows(run),
    active: total([rows({ ...run, when: 'ever' })], [rows({ ...run, when: 'ended' })]),
    completed: rows({ kind: 'completed', keys }),
    goal: rows({ kind: 'goal', keys }),
  }
}

/** What became of emails that were sent within the period. @param keys of the rows. */
export const emailMeasures = (keys: readonly string[]) => {
  const became = (kind: RowKind): Measure => rows({ kind, keys, when: 'first' })
  return {
    sent: rows({ kind: 'sent', keys }),
    delivered: became('delivered'),
    opened: became('opened'),
    clicked: became('clicked'),
    unsubscribed: became('unsubscribed'),
  }
}

/** What became of a form. */
export const formMeasures = (id: string) => ({
  submissions: rows({ kind: 'submitted', keys: [id] }),
  confirmations: rows({ kind: 'confirmed', keys: [id] }),
})

const wins: Metric = { unit: 'rate', measure: closeRate(deals) }

/** The metrics of each stage of the funnel. A further one is a line here and its words in `domain/texts`. */
export const stageMetrics = {
  awareness: {
    visits: activities('page.viewed'),
    impressions: activities('ad.impression'),
    reach: { unit: 'leads', measure: leads(did('ad.impression', 'ad.clicked', 'page.viewed')) },
  },
  interest: {
    clicks: activities('ad.clicked', 'email.clicked'),
    dwellSeconds: { unit: 'seconds', measure: sum('value', did('page.engaged')) },
    newsletterSignups: activities('newsletter.subscribed'),
  },
  consideration: {
    demoRequests: activities('demo.requested'),
    downloads: activities('content.downloaded'),
    webinarAttendance: activities('webinar.attended'),
  },
  intent: {
    quoteRequests: activities('quote.requested'),
    cartActions: activities('cart.updated'),
    priceComparisons: activities('prices.compared'),
  },
  evaluation: {
    salesEngagements: activities('sales.engaged'),
    offerRating: rating('offer.rated'),
  },
  purchase: {
    purchases: activities('order.completed'),
    revenue: { unit: 'money', measure: money({ ...bought, keys: ['order'] }) },
    conversionRate: {
      unit: 'rate',
      measure: rate(
        leads({ kind: 'lead' }, { kind: 'stage', keys: ['purchase'], when: 'ever' }),
        leads({ kind: 'lead' }),
      ),
    },
  },
} as const satisfies Readonly<Record<StageId, Readonly<Record<string, Metric>>>>

/** The metrics of each phase of sales. */
export const phaseMetrics = {
  lead_generation: {
    leads: { unit: 'leads', measure: newLeads },
    contactRequests: activities('contact.requested'),
  },
  lead_qualification: {
    qualifiedLeads: { unit: 'leads', measure: qualifiedLeads },
    averageScore: { unit: 'points', measure: mean({ kind: 'qualified' }) },
  },
  needs_analysis: {
    needsAnalysed: { unit: 'leads', measure: leads(did('needs.recorded')) },
    needsPerLead: {
      unit: 'count',
      measure: rate(sum('n', did('needs.recorded')), leads(did('needs.recorded'))),
    },
  },
  proposal: {
    proposals: activities('proposal.sent'),
    acceptanceRate: {
      unit: 'rate',
      measure: rate(rows(did('proposal.accepted')), rows(did('proposal.accepted', 'proposal.declined'))),
    },
  },
  negotiation: {
    medianNegotiationDays: { unit: 'days', measure: stay(0.5, { kind: 'negotiation', when: 'until' }) },
    successRate: { unit: 'rate', measure: closeRate(negotiated) },
  },
  closing: { closeRate: wins, revenue: { unit: 'money', measure: money(won) } },
  post_sale: {
    retentionRate: { unit: 'rate', measure: rate(leads(boughtBefore, bought), leads(boughtBefore)) },
    satisfaction: rating('customer.rated'),
    // Every purchase but the first of each lead.
    repeatPurchases: {
      unit: 'count',
      measure: total([rows(bought), leads(bought, boughtBefore)], [leads(bought)]),
    },
  },
} as const satisfies Readonly<Record<SalesPhase, Readonly<Record<string, Metric>>>>

/** The metrics that marketing and sales look at together. */
export const sharedMetrics = {
  handoffAcceptanceRate: {
    unit: 'rate',
    measure: rate(
      rows({ kind: 'accepted' }),
      total([rows({ kind: 'accepted' }), rows({ kind: 'rejected' })]),
    ),
  },
  medianHoursToAccept: { unit: 'hours', measure: delay('hours', { kind: 'accepted' }) },
  handoffsOverdue: { unit: 'count', measure: rows({ kind: 'overdue' }) },
  leadToCustomerRate: { unit: 'rate', measure: rate(leads({ kind: 'known' }, boughtEver), newLeads) },
  medianDaysToCustomer: { unit: 'days', measure: delay('days', boughtEver, true) },
  revenueBySource: { unit: 'money', measure: moneyBySource(allRevenue) },
} as const satisfies Readonly<Record<string, Metric>>
