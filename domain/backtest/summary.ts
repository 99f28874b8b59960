import type { LeadId } from '../model/activity.ts'
import { type StageId, stageRank } from '../model/deal.ts'

/** Leads judged by sales, by whether a model had handed them over before. */
export interface Judged {
  /** Handed over, and accepted or won. */
  readonly right: number
  /** Handed over, and rejected or lost. */
  readonly wrong: number
  /** Accepted or won, and not handed over in time. */
  readonly missed: number
  /** Rejected or lost, and not handed over. */
  readonly spared: number
}

/** A lead on which the two models differ. */
export interface Example {
  readonly leadId: LeadId
  readonly score: readonly [live: number, draft: number]
  readonly band: readonly [live: string, draft: string]
  readonly stage: readonly [live: StageId, draft: StageId]
  readonly qualifiedAt: readonly [live: string | null, draft: string | null]
}

/**
 * The effect of a draft on some leads: plain JSON that can be added up, so that a long backtest can run page by page in any
 * order. Handoffs are compared by the first time that each model would have made them.
 */
export interface BacktestSummary {
  readonly leads: number
  /** Leads with another band or grade. */
  readonly scoredDifferently: number
  readonly stagedDifferently: number
  /** Stage under the live rules → stage under the draft → number of leads; unchanged ones are left out. */
  readonly stages: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly handedOff: {
    /** Under both. */
    readonly both: number
    /** Under the draft alone. */
    readonly newly: number
    /** Under the live rules alone. */
    readonly noLonger: number
    /** Leads of `both`, by when the draft hands them over. */
    readonly earlier: number
    readonly later: number
  }
  readonly live: Judged
  readonly draft: Judged
  /** Accepted or won leads that both models hand over. */
  readonly gained: {
    readonly leads: number
    /** Total milliseconds by which the draft is earlier; negative if later. */
    readonly milliseconds: number
    /** Rounded days earlier → number of leads, for the median. */
    readonly days: Readonly<Record<string, number>>
  }
  /** Band → number of leads: all as they stand now; those sales took (`good`) or did not (`bad`) as they stood before it judged them. */
  readonly bands: Readonly<Record<BandGroup, Bands>>
  /** The largest changes, at most 20. */
  readonly examples: readonly Example[]
}

export type BandGroup = 'all' | 'good' | 'bad'

/** Band → number of leads, under each model. */
export interface Bands {
  readonly live: Readonly<Record<string, number>>
  readonly draft: Readonly<Record<string, number>>
}

const noBands: Bands = { live: {}, draft: {} }

const noLeads: Judged = { right: 0, wrong: 0, missed: 0, spared: 0 }

/** The neutral element of `mergeSummaries`. */
export const emptySummary: BacktestSummary = {
  leads: 0,
  scoredDifferently: 0,
  stagedDifferently: 0,
  stages: {},
  handedOff: { both: 0, newly: 0, noLonger: 0, earlier: 0, later: 0 },
  live: noLeads,
  draft: noLeads,
  gained: { leads: 0, milliseconds: 0, days: {} },
  bands: { all: noBands, good: noBands, bad: noBands },
  examples: [],
}

const day = 86_400_000

const mostExamples = 20

type Counts<Key extends string> = Readonly<Record<Key, number>>

const add = <Key extends string>(a: Counts<Key>, b: Counts<Key>): Counts<Key> => {
  const sums: Record<Key, number> = { ...a }
  for (const key of Object.keys(b) as Key[]) sums[key] = (sums[key] ?? 0) + b[key]
  return sums
}

const addTables = (a: BacktestSummary['stages'], b: BacktestSummary['stages']): BacktestSummary['stages'] => {
  const sums = { ...a }
  for (const [from, counts] of Object.entries(b)) sums[from] = add(sums[from] ?? {}, counts)
  return sums
}

const scoreChange = ({ score: [live, draft] }: Example): number => Math.abs(draft - live)
const stageChange = ({ stage: [live, draft] }: Example): number =>
  Math.abs(stageRank(draft) - stageRank(live))

/** By change in score, then in stage; ids break ties, so that the order of pages does not matter. */
const byChange = (a: Example, b: Example): number =>
  scoreChange(b) - scoreChange(a) || stageChange(b) - stageChange(a) || (a.leadId < b.leadId ? -1 : 1)

const addBands = (a: Bands, b: Bands): Bands => ({ live: add(a.live, b.live), draft: add(a.draft, b.draft) })

/** Adds two summaries. Commutative and associative. */
export const mergeSummaries = (a: BacktestSummary, b: BacktestSummary): BacktestSummary => ({
  leads: a.leads + b.leads,
  scoredDifferently: a.scoredDifferently + b.scoredDifferently,
  stagedDifferently: a.stagedDifferently + b.stagedDifferently,
  stages: addTables(a.stages, b.stages),
  handedOff: add(a.handedOff, b.handedOff),
  live: add(a.live, b.live),
  draft: add(a.draft, b.draft),
  gained: {
    leads: a.gained.leads + b.gained.leads,
    milliseconds: a.gained.milliseconds + b.gained.milliseconds,
    days: add(a.gained.days, b.gained.days),
  },
  bands: {
    all: addBands(a.bands.all, b.bands.all),
    good: addBands(a.bands.good, b.bands.good),
    bad: addBands(a.bands.bad, b.bands.bad),
  },
  examples: [...a.examples, ...b.examples].toSorted(byChange).slice(0, mostExamples),
})

/** Shares from 0 to 1; null if the denominator is 0. */
interface Quality {
  /** Share of leads handed over that sales accepted or won. */
  readonly precision: number | null
  /** Share of leads accepted or won that the model hands over in time. */
  readonly recall: number | null
  /** How much more often sales takes whom the model hands over than anybody that it has judged. */
  readonly lift: number | null
}

/** Figures computed from the complete summary. */
export interface BacktestFigures {
  readonly live: Quality
  readonly draft: Quality
  /** Days gained by the draft on accepted or won leads that both models hand over. */
  readonly daysGained: {
    readonly mean: number | null
    /** In whole days. */
    readonly median: number | null
  }
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

const qualityOf = ({ right, wrong, missed, spared }: Judged): Quality => {
  const good = right + missed
  return {
    precision: share(right, right + wrong),
    recall: share(right, good),
    lift: share(right * (good + wrong + spared), (right + wrong) * good),
  }
}

/** The lower median. */
const medianOf = (days: Readonly<Record<string, number>>, leads: number): number | null => {
  let passed = 0
  for (const value of Object.keys(days)
    .map(Number)
    .sort((a, b) => a - b)) {
    passed += days[value] ?? 0
    if (passed * 2 >= leads) return value
  }
  return null
}

export const figuresOf = ({ live, draft, gained }: BacktestSummary): BacktestFigures => ({
  live: qualityOf(live),
  draft: qualityOf(draft),
  daysGained: {
    mean: share(gained.milliseconds / day, gained.leads),
    median: medianOf(gained.days, gained.leads),
  },
})
