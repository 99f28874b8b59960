import type { Fact } from '../activity/activity.ts'
import { stageIds, stageRank } from '../funnel/funnel-rules.ts'
import type { Rules } from '../playbook/rules.ts'
import { endCycle } from '../scoring/meter.ts'
import type { Draft } from './draft.ts'

/** The cycle that a handoff's id (`leadId.cycle`) ends in. */
const cycleOf = (handoffId: string): number => Number(handoffId.slice(handoffId.lastIndexOf('.') + 1))

/**
 * Sales sends a qualified lead back: as `handoff.yaml` says for the reason, a new cycle begins at a lower stage, or
 * the lead is closed. An answer to the handoff of an earlier cycle changes nothing.
 * @returns whether a new cycle began.
 */
export const takeRejection = (draft: Draft, fact: Fact, now: number, rules: Rules): boolean => {
  if (fact.type !== 'handoff.rejected') return false
  const { reason, handoffId } = fact.properties
  // The handoff of a lead that was merged into this one counts that lead's cycles.
  const isOwn = fact.member === undefined
  const { reject } = rules.playbook.handoff
  if (typeof reason !== 'string' || !Object.hasOwn(reject, reason)) return false
  if (draft.qualifications.at(-1)?.cycle !== draft.cycle) return false
  if (isOwn && typeof handoffId === 'string' && cycleOf(handoffId) !== draft.cycle) return false
  const disposition = reject[reason]
  switch (disposition?.type) {
    case undefined:
      return false
    case 'close':
      draft.paused = { factId: fact.id }
      return false
    case 'recycle':
      beginCycle(draft, fact, disposition.stage, reason)
      draft.paused =
        disposition.pause === undefined
          ? undefined
          : { until: new Date(now + disposition.pause).toISOString(), factId: fact.id }
      return true
    default: {
      const never: never = disposition
      throw new Error(`no such disposition: ${JSON.stringify(never)}`)
    }
  }
}

const beginCycle = (draft: Draft, fact: Fact, target: (typeof stageIds)[number], reason: string): void => {
  const from = draft.stages.at(-1)?.stage ?? stageIds[0]
  const stage = stageRank(target) < stageRank(from) ? target : from
  draft.cycle += 1
  draft.cycleBegan = fact.occurredAt
  draft.stages.push({ stage, from, at: fact.occurredAt, factId: fact.id, cycle: draft.cycle })
  draft.recycles.push({ cycle: draft.cycle, at: fact.occurredAt, factId: fact.id, reason })
  for (const seen of draft.seen.values()) seen.earlier = seen.count
  for (const [index, meter] of draft.meters.entries()) {
    if (meter) draft.meters[index] = endCycle(meter)
  }
}
