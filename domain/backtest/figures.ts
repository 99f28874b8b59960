import type { BacktestSummary, Judged } from './backtest-summary.ts'

const day = 86_400_000

/** Shares from 0 to 1; null where there is nothing to divide by. */
export interface Quality {
  /** Of the judged leads that the model hands over, the share that sales accepted or won. */
  readonly precision: number | null
  /** Of the leads that sales accepted or won, the share that the model hands over in time. */
  readonly recall: number | null
}

/** What is read from a summary once all pages are added up. */
export interface BacktestFigures {
  readonly live: Quality
  readonly draft: Quality
  /** Days by which the draft hands over earlier, over the leads accepted or won that both models hand over. */
  readonly daysGained: {
    readonly mean: number | null
    /** To the whole day. */
    readonly median: number | null
  }
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

const qualityOf = ({ right, wrong, missed }: Judged): Quality => ({
  precision: share(right, right + wrong),
  recall: share(right, right + missed),
})

/** The lower one of the two in the middle where there are two. */
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
