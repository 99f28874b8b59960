import type { LeadState } from '../lead/lead-state.ts'
import type { Run } from './run.ts'
import { recycleOf, standingEntry, triggerOf } from './standing-entry.ts'

/** What a run began with. */
export type Begun = Pick<Run, 'leadId' | 'entryId' | 'enteredAt'>

/** When the run began as the lead's log has it: with the fact that it rests on, where that is still known. */
const beganAt = ({ leadId, entryId, enteredAt }: Begun, state: LeadState): string => {
  const recycle = recycleOf(leadId, entryId, state)
  if (recycle !== undefined && recycle !== 'none') return recycle.at
  const trigger = triggerOf(leadId, entryId)
  const known = trigger && state.triggers?.[trigger.key]
  return known && known.factId === trigger?.factId ? known.at : enteredAt
}

/**
 * When the lead's cycle began that a run belongs to, RFC 3339 UTC: deeds before it are no reason to end the run. A run that
 * begins with the very fact that sent the lead back belongs to the cycle after it.
 * @returns undefined for the first cycle: all that the lead ever did counts.
 */
export const runCycleBegan = (run: Begun, state: LeadState): string | undefined => {
  const entry = standingEntry(run.leadId, run.entryId, state)
  if (entry !== undefined && entry !== 'other')
    return state.recycles.find(({ cycle }) => cycle === entry.cycle)?.at
  const at = beganAt(run, state)
  return state.recycles.findLast((recycle) => recycle.at <= at)?.at
}
