import type { Fact } from '../activity/activity.ts'
import { type StageId, stageIds, stageRank } from '../funnel/funnel-rules.ts'
import type { Disposition } from '../handoff/handoff-rules.ts'
import { endCycle } from '../scoring/meter.ts'
import type { Draft } from './draft.ts'
import type { Recycle, StageEntry } from './lead-state.ts'
import { stateLimits } from './state-limits.ts'

/** Why sales gives a lead back, and what `handoff.yaml` says follows. */
export interface Return {
  readonly disposition: Disposition
  readonly reason: string
  /** Its last deal was lost; absent: its handoff was rejected. */
  readonly lost?: true
}

/** A lead goes back from sales to marketing, or is closed for good. @returns whether a new cycle began. */
export const sendBack = (
  draft: Draft,
  { id: factId, occurredAt: at }: Fact,
  now: number,
  { disposition, reason, lost }: Return,
): boolean => {
  switch (disposition.type) {
    case 'close':
      draft.paused = { at, factId, reason }
      return false
    case 'recycle': {
      const { stage, pause, sequence } = disposition
      const until = pause === undefined ? undefined : new Date(now + pause).toISOString()
      beginCycle(draft, stage, {
        cycle: draft.cycle + 1,
        at,
        factId,
        reason,
        ...(lost && { lost }),
        ...(until !== undefined && { pausedUntil: until }),
        ...(sequence !== undefined && { sequence }),
      })
      draft.paused = until === undefined ? undefined : { until, at, factId, reason }
      return true
    }
    default:
      return disposition satisfies never
  }
}

const beginCycle = (draft: Draft, target: StageId, recycle: Recycle): void => {
  const { cycle, at, factId } = recycle
  const from = draft.stages.at(-1)?.stage ?? stageIds[0]
  const stage = stageRank(target) < stageRank(from) ? target : from
  draft.cycle = cycle
  draft.cycleBegan = at
  draft.stages.push({ stage, from, at, factId, cycle })
  draft.recycles.push(recycle)
  forgetCycles(draft)
  for (const seen of draft.seen.values()) seen.earlier = seen.count
  for (const [index, meter] of draft.meters.entries()) {
    if (meter) draft.meters[index] = endCycle(meter)
  }
}

/** The earliest cycle that is kept when `cycle` is the present one. */
export const oldestCycle = (cycle: number): number => Math.max(1, cycle - stateLimits.cycles + 1)

/** What came of cycles long ago stays in the log, but for the very beginning; of those before the last one, conditions need not be told any more. */
const forgetCycles = (draft: Draft): void => {
  const oldest = oldestCycle(draft.cycle)
  const isKept = ({ cycle }: { readonly cycle: number }): boolean => cycle >= oldest
  const stages = draft.stages
    .filter((entry, index) => index === 0 || isKept(entry))
    .map(withoutCondition(draft))
  draft.stages.splice(0, draft.stages.length, ...stages)
  draft.qualifications.splice(0, draft.qualifications.length, ...draft.qualifications.filter(isKept))
  draft.recycles.splice(0, draft.recycles.length, ...draft.recycles.filter(isKept))
}

const withoutCondition =
  ({ cycle }: Draft) =>
  (entry: StageEntry): StageEntry =>
    entry.cycle < cycle - 1 && entry.condition !== undefined ? { ...entry, condition: '' } : entry
