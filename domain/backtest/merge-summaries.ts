import { stageRank } from '../funnel/funnel-rules.ts'
import type { BacktestSummary, Example } from './backtest-summary.ts'

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

/** By the change in score, then in stage. Ids decide between equals, so that the order of pages does not. */
const byChange = (a: Example, b: Example): number =>
  scoreChange(b) - scoreChange(a) || stageChange(b) - stageChange(a) || (a.leadId < b.leadId ? -1 : 1)

/** Both together. In whichever order pages are added up, the sum is the same. */
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
  examples: [...a.examples, ...b.examples].toSorted(byChange).slice(0, mostExamples),
})
