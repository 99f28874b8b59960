import type { BacktestSummary, Example, Judged } from './backtest-summary.ts'
import { emptySummary } from './backtest-summary.ts'
import type { Outcome } from './outcome.ts'
import type { LeadReplay, Standing } from './replay-lead.ts'

const day = 86_400_000

/** A handoff that comes after sales has judged the lead helps nobody: it does not count. */
const judge = ({ qualifiedAt: [first] }: Standing, outcome: Outcome | undefined): Judged => {
  const inTime = outcome !== undefined && first !== undefined && first <= outcome.since
  const one = (holds: boolean) => (holds ? 1 : 0)
  return {
    right: one(outcome?.type === 'good' && inTime),
    wrong: one(outcome?.type === 'bad' && inTime),
    missed: one(outcome?.type === 'good' && !inTime),
    spared: one(outcome?.type === 'bad' && !inTime),
  }
}

const handedOff = (live: string | undefined, draft: string | undefined): BacktestSummary['handedOff'] => {
  const nowhere = emptySummary.handedOff
  if (live === undefined) return draft === undefined ? nowhere : { ...nowhere, newly: 1 }
  if (draft === undefined) return { ...nowhere, noLonger: 1 }
  return { ...nowhere, both: 1, earlier: draft < live ? 1 : 0, later: draft > live ? 1 : 0 }
}

const gained = (
  live: string | undefined,
  draft: string | undefined,
  outcome: Outcome | undefined,
): BacktestSummary['gained'] => {
  if (live === undefined || draft === undefined || outcome?.type !== 'good') return emptySummary.gained
  const milliseconds = Date.parse(live) - Date.parse(draft)
  return { leads: 1, milliseconds, days: { [Math.round(milliseconds / day)]: 1 } }
}

/** One lead's part in the sum: add all up with `mergeSummaries`. */
export const summariseReplay = ({ leadId, live, draft, outcome }: LeadReplay): BacktestSummary => {
  const [first, drafted] = [live.qualifiedAt[0], draft.qualifiedAt[0]]
  const moved = live.stage !== draft.stage
  const graded = live.band !== draft.band || live.grade !== draft.grade
  const example: Example = {
    leadId,
    score: [live.score, draft.score],
    band: [live.band, draft.band],
    stage: [live.stage, draft.stage],
    qualifiedAt: [first ?? null, drafted ?? null],
  }
  return {
    leads: 1,
    scoredDifferently: graded ? 1 : 0,
    stagedDifferently: moved ? 1 : 0,
    stages: moved ? { [live.stage]: { [draft.stage]: 1 } } : {},
    handedOff: handedOff(first, drafted),
    live: judge(live, outcome),
    draft: judge(draft, outcome),
    gained: gained(first, drafted, outcome),
    examples: graded || moved || first !== drafted || live.score !== draft.score ? [example] : [],
  }
}
