import type { Fact } from '../activity/activity.ts'
import { type StageId, stageIds, stageRank } from '../funnel/funnel-rules.ts'
import type { Disposition } from '../handoff/handoff-rules.ts'
import { endCycle } from '../scoring/meter.ts'
import type { Draft } from './draft.ts'
import type { Recycle } from './lead-state.ts'

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
  for (const seen of draft.seen.values()) seen.earlier = seen.count
  for (const [index, meter] of draft.meters.entries()) {
    if (meter) draft.meters[index] = endCycle(meter)
  }
}
