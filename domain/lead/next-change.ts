import type { Rules } from '../playbook/rules.ts'
import { farAhead, nextExpiry, onlyFades } from '../scoring/engagement.ts'
import { bandOf, gradeOf } from '../scoring/grade.ts'
import { type Draft, openDraft } from './draft.ts'
import type { LeadState } from './lead-state.ts'
import { LeadView } from './lead-view.ts'

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

const differs = (a: Pick<Standing, 'band' | 'grade'>, b: Pick<Standing, 'band' | 'grade'>): boolean =>
  a.band !== b.band || a.grade !== b.grade

/** The first millisecond after `from` with another standing, given that there is one at `to` and only one change between. */
const bisect = (isOther: (at: number) => boolean, from: number, to: number): number => {
  let [before, after] = [from, to]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (isOther(middle)) after = middle
    else before = middle
  }
  return after
}

/** Whether the score can only fall by itself: no negative points that fade, no fit that asks for the time. */
const onlyFalls = (draft: Draft, rules: Rules): boolean => !rules.fitAsksMore && onlyFades(draft)

/**
 * The moments at which the standing may be looked at so that no change is missed. A score that only falls needs but the
 * end; one that may rise again is looked at day by day, the same days whenever it is asked: ups and downs within one
 * day count as none.
 */
const lookAt = function* (draft: Draft, rules: Rules, from: number, end: number): Generator<number> {
  if (onlyFalls(draft, rules)) {
    yield end
    return
  }
  for (let at = from; at < end; ) {
    const nextDay = (Math.floor(at / day) + 1) * day
    at = Math.min(nextDay, nextExpiry(draft, rules, at) ?? nextDay)
    yield at
  }
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
  const now = { band: current.id, grade: current.grade }
  const isOther = (at: number): boolean => differs(standingAt(view, rules, at), now)
  for (const at of lookAt(draft, rules, from, until)) {
    if (!isOther(at)) continue
    const changed = bisect(isOther, from, at)
    return changed <= until ? { at: changed, standing: standingAt(view, rules, changed) } : undefined
  }
  return undefined
}

/** How far day-by-day looking goes (ms): beyond it the lead is looked at again. */
const horizon = 400 * day

/**
 * When a lead whose state was cooled down to `now` (RFC 3339 UTC) has to be looked at again, since band or grade may
 * change then by themselves; undefined when they never will.
 */
export const nextWake = (state: LeadState, rules: Rules, now: string): string | undefined => {
  const draft = openDraft(state, rules)
  const from = Math.max(Date.parse(now), draft.now)
  const end = farAhead(draft, rules, from)
  const until = onlyFalls(draft, rules) ? end : Math.min(end, from + horizon)
  const next = nextChange(draft, new LeadView(draft, rules, 'lead'), rules, from, until)
  const at = next?.at ?? (until < end ? until : undefined)
  return at === undefined ? undefined : new Date(at).toISOString()
}
