import { useQuery } from '@tanstack/preact-query'
import { type BacktestSummary, emptySummary, mergeSummaries } from '../../../domain/backtest/summary.ts'
import type { ProposalView } from '../../../domain/calibration/calibration-run.ts'
import type { RuleEvidence, ScoringCalibration } from '../../../domain/calibration/scoring-proposal.ts'
import { change, queries, read } from '../../lib/api.ts'

export type { RuleEvidence }

const path = '/api/scoring/calibration'

interface About {
  readonly proposal: ProposalView
  readonly running?: { readonly startedAt: string; readonly judged: number }
}

type Judged = Extract<ScoringCalibration, { readonly status: 'ok' }>

/** Before the first run there is no time. */
export type Scoring = About &
  (
    | Judged
    | {
        readonly status: 'not-enough-data'
        readonly judged: number
        readonly rarer: number
        readonly asOf: string | null
      }
  )

export const useScoring = () =>
  useQuery({ queryKey: ['scoring'], queryFn: ({ signal }) => read<Scoring>(path, signal) })

/** The rules as they are written. */
export const useRules = () =>
  useQuery({
    queryKey: ['scoring', 'rules'],
    queryFn: ({ signal }) =>
      read<{ readonly files: Readonly<Record<string, string>> }>('/api/playbook', signal),
    select: ({ files }) => files['scoring.yaml'],
    refetchInterval: 60_000,
  })

const again = <Answer>(answer: Answer): Promise<Answer> =>
  queries.invalidateQueries({ queryKey: ['scoring'] }).then(() => answer)

/** @param handoffsPerWeek that sales wants; undefined: as many as it accepts. */
export const calibrate = (handoffsPerWeek: number | undefined): Promise<unknown> =>
  change('POST', path, handoffsPerWeek === undefined ? {} : { handoffsPerWeek }).then(again)

/** Writes what is proposed into the draft. */
export const draftProposal = (): Promise<unknown> => change('POST', `${path}/draft`).then(again)

export const declineProposal = (reason: string): Promise<unknown> =>
  change('POST', `${path}/decline`, { reason }).then(again)

interface ReplayedPage {
  readonly summary: BacktestSummary
  readonly next?: string
  readonly total?: number
}

/** How far a backtest has come, and what it says so far. */
export interface Replayed {
  readonly summary: BacktestSummary
  readonly total: number
}

/** Few enough that the bar moves. */
const replayedAtOnce = 100

/** Replays all leads under the saved draft, page by page. @param tell is called after each; returns whether to go on. */
export const replayLeads = async (tell: (replayed: Replayed) => boolean): Promise<void> => {
  let [summary, total] = [emptySummary, 0]
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page: ReplayedPage = await change('POST', '/api/playbook/backtest', {
      limit: replayedAtOnce,
      ...(cursor !== undefined && { cursor }),
    })
    summary = mergeSummaries(summary, page.summary)
    total = Math.max(page.total ?? total, summary.leads)
    cursor = page.next
    if (!tell({ summary, total })) return
  }
}
