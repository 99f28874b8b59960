import type { Fact } from '../activity/activity.ts'
import type { Draft } from '../lead/draft.ts'
import type { LeadView } from '../lead/lead-view.ts'
import type { Rules } from '../playbook/rules.ts'
import { award } from './meter.ts'

/** Told of every award, in the order in which they are made; `rule` is an index. */
export type AwardListener = (rule: number, points: number, fact: Fact) => void

/** @returns whether some rule awarded points. */
export const takeEngagement = (
  draft: Draft,
  fact: Fact,
  now: number,
  rules: Rules,
  view: LeadView,
  onAward: AwardListener | undefined,
): boolean => {
  const indexes = rules.engagementOn.get(fact.type)
  if (!indexes) return false
  view.activity = fact
  const matching: number[] = []
  for (const index of indexes) {
    if (rules.engagement[index]?.condition?.test(view) ?? true) matching.push(index)
  }
  view.activity = undefined
  let awarded = false
  for (const index of matching) {
    const rule = rules.engagement[index]
    if (!rule) continue
    const { points, meter } = award(draft.meters[index], rule, now)
    if (points === 0) continue
    draft.meters[index] = meter
    onAward?.(index, points, fact)
    awarded = true
  }
  return awarded
}
