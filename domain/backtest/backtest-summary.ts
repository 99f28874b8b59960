import type { StageId } from '../funnel/funnel-rules.ts'
import type { LeadId } from '../lead/lead-id.ts'

/** Leads that sales has judged, by whether a model handed them over before sales judged them. */
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

/** One lead on which the two models differ. */
export interface Example {
  readonly leadId: LeadId
  readonly score: readonly [live: number, draft: number]
  readonly band: readonly [live: string, draft: string]
  readonly stage: readonly [live: StageId, draft: StageId]
  readonly qualifiedAt: readonly [live: string | null, draft: string | null]
}

/**
 * What a draft changes for some leads: plain JSON that adds up, so that a long run can go page by page in any order.
 * A draft's handoff is compared by the first time that each model would have made it.
 */
export interface BacktestSummary {
  readonly leads: number
  /** Of those, how many have another band or grade. */
  readonly scoredDifferently: number
  readonly stagedDifferently: number
  /** Stage under the live rules → stage under the draft → how many leads; those that stay are left out. */
  readonly stages: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly handedOff: {
    /** Under both. */
    readonly both: number
    /** Under the draft alone. */
    readonly newly: number
    /** Under the live rules alone. */
    readonly noLonger: number
    /** Of `both`: when the draft would have made it. */
    readonly earlier: number
    readonly later: number
  }
  readonly live: Judged
  readonly draft: Judged
  /** Leads accepted or won that both models hand over. */
  readonly gained: {
    readonly leads: number
    /** Milliseconds by which the draft is earlier, all together; negative where it is later. */
    readonly milliseconds: number
    /** Whole days earlier, rounded → how many leads: what the median is read from. */
    readonly days: Readonly<Record<string, number>>
  }
  /** Those with the largest change, at most 20. */
  readonly examples: readonly Example[]
}

const nobody: Judged = { right: 0, wrong: 0, missed: 0, spared: 0 }

/** No leads: added to any other summary, it changes nothing. */
export const emptySummary: BacktestSummary = {
  leads: 0,
  scoredDifferently: 0,
  stagedDifferently: 0,
  stages: {},
  handedOff: { both: 0, newly: 0, noLonger: 0, earlier: 0, later: 0 },
  live: nobody,
  draft: nobody,
  gained: { leads: 0, milliseconds: 0, days: {} },
  examples: [],
}
