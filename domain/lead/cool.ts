import type { Rules } from '../playbook/rules.ts'
import type { ScoringWatcher } from '../scoring/take-engagement.ts'
import type { Draft } from './draft.ts'
import type { LeadView } from './lead-view.ts'
import { nextChange } from './next-change.ts'

/** Lets time pass until `now` (ms): band and grade change at the moments at which the points had faded enough. */
export const coolTo = (
  draft: Draft,
  view: LeadView,
  rules: Rules,
  now: number,
  watcher?: ScoringWatcher,
): void => {
  let from = draft.band?.faded ? Math.max(draft.now, Date.parse(draft.band.at)) : draft.now
  while (draft.band && from < now) {
    const next = nextChange(draft, view, rules, from, now)
    if (!next) return
    const { id, factId } = draft.band
    const { band, grade, score } = next.standing
    const at = new Date(next.at).toISOString()
    draft.band = { id: band, grade, score, from: id, at, factId, faded: true }
    watcher?.banded?.(draft.band)
    from = next.at
  }
}
