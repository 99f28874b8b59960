import type { StageId } from '../funnel/funnel-rules.ts'
import type { LeadState } from './lead-state.ts'

const day = 86_400_000

/** How long a lead stood in one stage, and why it got there. */
export interface TimeInStage {
  readonly stage: StageId
  readonly from: StageId | null
  readonly at: string
  /** When it left; null for the present stage. */
  readonly until: string | null
  /** A decimal; of the present stage up to now. */
  readonly days: number
  /** Passed through on the way to a later stage. */
  readonly implied: boolean
  readonly cycle: number
  readonly because: { readonly activityId: string; readonly condition: string | null }
}

/** Oldest first. @param now RFC 3339 UTC */
export const timeInStages = ({ stages }: LeadState, now: string): readonly TimeInStage[] =>
  stages.map(({ stage, from, at, implied, cycle, factId, condition }, index) => {
    const until = stages[index + 1]?.at ?? null
    const end = until ?? (now < at ? at : now)
    return {
      stage,
      from: from ?? null,
      at,
      until,
      days: (Date.parse(end) - Date.parse(at)) / day,
      implied: implied ?? false,
      cycle,
      because: { activityId: factId, condition: condition ?? null },
    }
  })
