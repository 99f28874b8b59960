import type { Rules } from '../playbook/rules.ts'
import { isBlank } from './attribute.ts'
import type { Draft } from './draft.ts'
import type { LeadView } from './lead-view.ts'

/** Attributes that a lead must have to qualify, and lacks. */
export const lackedBy = (view: Pick<LeadView, 'attribute'>, { playbook }: Rules): readonly string[] =>
  playbook.handoff.require.filter((name) => isBlank(view.attribute(name)))

/** Whether a lead is ready for sales at the moment that `view` stands at. */
export const meetsQualification = (view: LeadView, rules: Rules): boolean =>
  lackedBy(view, rules).length === 0 && rules.qualify.test(view)

/** The end (ms) of a pause that was not judged yet. */
const endOf = ({ paused }: Draft): number | undefined =>
  paused === undefined || paused.until === undefined || paused.over ? undefined : Date.parse(paused.until)

const isQualified = ({ qualifications, cycle }: Draft): boolean => qualifications.at(-1)?.cycle === cycle

/**
 * Lets time pass until `now` (ms) for a lead that was sent back for a while: when the pause is over and it is ready for
 * sales, it qualifies at that moment, whether anything happens or not.
 * @param view is moved. @returns whether a pause ended.
 */
export const passPause = (draft: Draft, view: LeadView, rules: Rules, now: number): boolean => {
  const end = endOf(draft)
  const { paused, cycle } = draft
  if (end === undefined || end > now || paused?.until === undefined) return false
  draft.paused = { ...paused, over: true }
  view.moveTo(end)
  if (!isQualified(draft) && meetsQualification(view, rules)) {
    const { until: at, factId } = paused
    draft.qualifications.push({ cycle, at, factId, score: view.score() ?? 0, pauseOver: true })
  }
  return true
}

/** When (ms) a pause ends whose lead will be ready for sales then, if nothing happens before. @param view is moved. */
export const qualifiesAfterPause = (draft: Draft, view: LeadView, rules: Rules): number | undefined => {
  const end = endOf(draft)
  if (end === undefined || isQualified(draft)) return undefined
  view.moveTo(end)
  return meetsQualification(view, rules) ? end : undefined
}
