import { type SalesPhase, type StageId, salesPhases, stageIds } from '../model/deal.ts'
import {
  counted,
  type KpiWindow,
  median,
  type phaseMetrics,
  rate,
  revenue,
  type sharedMetrics,
  type Tally,
} from './count-lead.ts'

/** Decimals as text, by currency. */
type Revenue = Readonly<Record<string, string>>
/** Rates are from 0 to 1; null without data. */
type Metric = number | null | Revenue
type Metrics<Key extends string> = Readonly<Record<Key, Metric>>

interface KpiReport extends KpiWindow {
  readonly funnel: {
    readonly stages: readonly {
      readonly id: StageId
      /** Leads that entered within the window. */
      readonly entered: number
      /** Leads in the stage at its end. */
      readonly current: number
      /** Share of entered leads that advanced. */
      readonly conversionToNext: number | null
      /** Over stays that ended within the window. */
      readonly medianDaysInStage: number | null
      readonly metrics: Metrics<string>
    }[]
  }
  readonly sales: {
    readonly phases: readonly { readonly id: SalesPhase; readonly metrics: Metrics<string> }[]
  }
  readonly shared: Readonly<
    Record<(typeof sharedMetrics)[number], Metric | Readonly<Record<string, Revenue>>>
  >
  readonly sources: readonly {
    readonly source: string
    readonly leads: number
    readonly customers: number
    readonly revenue: Revenue
  }[]
}

const mean = ({ samples }: Tally, key: string): number | null => {
  const values = samples[key] ?? []
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

const stageFigures = (tally: Tally): Readonly<Record<StageId, Metrics<string>>> => {
  const number = (key: string): number => counted(tally, key)
  return {
    awareness: {
      visits: number('visits'),
      impressions: number('impressions'),
      reach: number('reach'),
    },
    interest: {
      clicks: number('clicks'),
      dwellSeconds: number('dwellSeconds'),
      newsletterSignups: number('newsletterSignups'),
    },
    consideration: {
      demoRequests: number('demoRequests'),
      downloads: number('downloads'),
      webinarAttendance: number('webinarAttendance'),
    },
    intent: {
      quoteRequests: number('quoteRequests'),
      cartActions: number('cartActions'),
      priceComparisons: number('priceComparisons'),
    },
    evaluation: { salesEngagements: number('salesEngagements'), offerRating: mean(tally, 'offerRatings') },
    purchase: {
      purchases: number('purchases'),
      revenue: revenue(tally, 'orderRevenue'),
      conversionRate: rate(tally, 'newAndBought', 'new'),
    },
  }
}

type PhaseFigures = { readonly [Phase in SalesPhase]: Metrics<(typeof phaseMetrics)[Phase][number]> }

const phaseFigures = (tally: Tally): PhaseFigures => ({
  lead_generation: {
    leads: counted(tally, 'leads'),
    contactRequests: counted(tally, 'contactRequests'),
  },
  lead_qualification: {
    qualifiedLeads: counted(tally, 'qualifiedLeads'),
    averageScore: mean(tally, 'scores'),
  },
  needs_analysis: {
    needsAnalysed: counted(tally, 'needsAnalysed'),
    needsPerLead: rate(tally, 'needs', 'needsAnalysed'),
  },
  proposal: {
    proposals: counted(tally, 'proposals'),
    acceptanceRate: rate(tally, 'proposalsAccepted', 'proposalsAnswered'),
  },
  negotiation: {
    medianNegotiationDays: median(tally, 'negotiationDays'),
    successRate: rate(tally, 'negotiationsWon', 'negotiationsClosed'),
  },
  closing: { closeRate: rate(tally, 'dealsWon', 'dealsClosed'), revenue: revenue(tally, 'dealRevenue') },
  post_sale: {
    retentionRate: rate(tally, 'customersRetained', 'customersBefore'),
    satisfaction: mean(tally, 'customerRatings'),
    repeatPurchases: counted(tally, 'repeatPurchases'),
  },
})

/** Sources with counts or amounts for `prefix`. */
const sourcesIn = ({ counts, money }: Tally): readonly string[] => {
  const names = [...Object.keys(counts), ...Object.keys(money)].flatMap(
    (key) => /^(?:leads|customers|revenue)From:(.*)$/s.exec(key)?.[1] ?? [],
  )
  return [...new Set(names)].toSorted()
}

/** Every metric from what was counted of all leads. */
export const kpiReport = (tally: Tally, { from, to }: KpiWindow): KpiReport => {
  const metrics = stageFigures(tally)
  const ofPhases = phaseFigures(tally)
  const sources = sourcesIn(tally).map((source) => ({
    source,
    leads: counted(tally, `leadsFrom:${source}`),
    customers: counted(tally, `customersFrom:${source}`),
    revenue: revenue(tally, `revenueFrom:${source}`),
  }))
  return {
    from,
    to,
    funnel: {
      stages: stageIds.map((id) => ({
        id,
        entered: counted(tally, `entered:${id}`),
        current: counted(tally, `current:${id}`),
        conversionToNext: rate(tally, `advanced:${id}`, `entered:${id}`),
        medianDaysInStage: median(tally, `daysIn:${id}`),
        metrics: metrics[id],
      })),
    },
    sales: { phases: salesPhases.map((id) => ({ id, metrics: ofPhases[id] })) },
    shared: {
      handoffAcceptanceRate: rate(tally, 'handoffsAccepted', 'handoffsAnswered'),
      medianHoursToAccept: median(tally, 'hoursToAccept'),
      handoffsOverdue: counted(tally, 'handoffsOverdue'),
      leadToCustomerRate: rate(tally, 'leadsBought', 'leads'),
      medianDaysToCustomer: median(tally, 'daysToCustomer'),
      revenueBySource: Object.fromEntries(
        sources.filter((one) => Object.keys(one.revenue).length > 0).map((one) => [one.source, one.revenue]),
      ),
    },
    sources,
  }
}
