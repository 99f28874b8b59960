import type { Fact } from '../activity/activity.ts'
import { cycleOfHandoff } from '../handoff/handoff-ids.ts'
import type { Rules } from '../playbook/rules.ts'
import type { Draft } from './draft.ts'
import { sendBack } from './send-back.ts'
import { isClosed, qualificationNow } from './with-sales.ts'

/**
 * Sales sends a qualified lead back: as `handoff.yaml` says for the reason, a new cycle begins at a lower stage, or
 * the lead is closed. An answer to the handoff of an earlier cycle changes nothing, nor does one after it was closed.
 * @returns whether a new cycle began.
 */
export const takeRejection = (draft: Draft, fact: Fact, now: number, rules: Rules): boolean => {
  if (fact.type !== 'handoff.rejected') return false
  const { reason, handoffId } = fact.properties
  // The handoff of a lead that was merged into this one counts that lead's cycles.
  const isOwn = fact.member === undefined
  const { reject } = rules.playbook.handoff
  if (typeof reason !== 'string' || !Object.hasOwn(reject, reason)) return false
  if (qualificationNow(draft) === undefined || isClosed(draft)) return false
  if (isOwn && typeof handoffId === 'string' && cycleOfHandoff(handoffId) !== draft.cycle) return false
  const disposition = reject[reason]
  return disposition !== undefined && sendBack(draft, fact, now, { disposition, reason })
}
