import type { Rules } from '../playbook/rules.ts'
import { farAhead, nextExpiry, onlyFades } from '../scoring/engagement.ts'
import { bandOf, gradeOf } from '../scoring/grade.ts'
import { type Draft, openDraft } from './draft.ts'
import type { BandEntry, LeadState } from './lead-state.ts'
import { LeadView } from './lead-view.ts'
import { qualifiesAfterPause } from './pass-pause.ts'

const day = 86_400_000

/** Band, grade and score at one moment. */
export interface Standing {
  readonly band: string
  readonly grade: string
  readonly score: number
}

/** @param view is moved to `at` (ms). */
export const standingAt = (view: LeadView, rules: Rules, at: number): Standing => {
  view.moveTo(at)
  const fit = view.fit() ?? 0
  const engagement = view.engagement() ?? 0
  const score = Math.max(0, fit + engagement)
  return {
    band: bandOf(score, rules.playbook.scoring.bands),
    grade: gradeOf(fit, engagement, rules),
    score,
  }
}

/** Whether band or grade are others at `at` than `current`. Asked for every fact that is folded: it makes nothing. */
const isOther = (current: BandEntry, view: LeadView, rules: Rules, at: number): boolean => {
  view.moveTo(at)
  const fit = view.fit() ?? 0
  const engagement = view.engagement() ?? 0
  return (
    bandOf(Math.max(0, fit + engagement), rules.playbook.scoring.bands) !== current.id ||
    gradeOf(fit, engagement, rules) !== current.grade
  )
}

/** The first millisecond after `from` with another standing, given that there is one at `to` and only one change between. */
const bisect = (other: (at: number) => boolean, from: number, to: number): number => {
  let [before, after] = [from, to]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (other(middle)) after = middle
    else before = middle
  }
  return after
}

/** Whether the score can only fall by itself: no negative points that fade, no fit that asks for the time. */
const onlyFalls = (draft: Draft, rules: Rules): boolean => !rules.fitAsksMore && onlyFades(draft)

/**
 * The first of the moments looked at with another standing. A score that only falls needs to be looked at but once, at
 * the end; one that may rise again is looked at day by day, the same days whenever it is asked: ups and downs within
 * one day count as none.
 */
const firstOther = (
  draft: Draft,
  rules: Rules,
  other: (at: number) => boolean,
  from: number,
  until: number,
): number | undefined => {
  if (onlyFalls(draft, rules)) return other(until) ? until : undefined
  for (let at = from; at < until; ) {
    const nextDay = (Math.floor(at / day) + 1) * day
    at = Math.min(nextDay, nextExpiry(draft, rules, at) ?? nextDay)
    if (other(at)) return at
  }
  return undefined
}

/**
 * When band or grade change next though nothing happens: points fade and expire.
 * @param from ms, not before the last fact taken. @param until ms: changes after it are not looked for.
 */
export const nextChange = (
  draft: Draft,
  view: LeadView,
  rules: Rules,
  from: number,
  until: number,
): { readonly at: number; readonly standing: Standing } | undefined => {
  const { band: current } = draft
  if (!current) return undefined
  const other = (at: number): boolean => isOther(current, view, rules, at)
  const at = firstOther(draft, rules, other, from, until)
  if (at === undefined) return undefined
  const changed = bisect(other, from, at)
  return changed <= until ? { at: changed, standing: standingAt(view, rules, changed) } : undefined
}

/** How far day-by-day looking goes (ms): beyond it the lead is looked at again. */
const horizon = 400 * day

/**
 * When a lead whose state was cooled down to `now` (RFC 3339 UTC) has to be looked at again, since band or grade may
 * change then by themselves, or a pause ends and it goes to sales; undefined when none of that ever will be.
 */
export const nextWake = (state: LeadState, rules: Rules, now: string): string | undefined => {
  const draft = openDraft(state, rules)
  const from = Math.max(Date.parse(now), draft.now)
  const end = farAhead(draft, rules, from)
  const until = onlyFalls(draft, rules) ? end : Math.min(end, from + horizon)
  const view = new LeadView(draft, rules, 'lead')
  const next = nextChange(draft, view, rules, from, until)
  const moments = [next?.at ?? (until < end ? until : undefined), qualifiesAfterPause(draft, view, rules)]
  const ahead = moments.filter((at) => at !== undefined)
  return ahead.length === 0 ? undefined : new Date(Math.min(...ahead)).toISOString()
}
